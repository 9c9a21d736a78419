"""After the last close: the log learns of places and votes, badges follow in the drain, people hear of it; each exactly once."""

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.drain import drain
from recognition.activities.models import Activity
from recognition.announcements.models import Notice
from recognition.badges.models import Award, Badge
from recognition.contests import jobs
from recognition.contests.models.contest import Prize
from recognition.contests.models.entry import ASKED, Author
from recognition.contests.services import entering
from recognition.contests.services.closing import close_round
from recognition.contests.services.telling import Place, tell_slice
from recognition.extensions import db as database
from tests.factories.badges import make_badge
from tests.factories.contests import NOW, days, make_contest, make_entry, open_round, put_ballot
from tests.factories.identity import make_member

OBJECT = "contest:draw-mdm"


@pytest.fixture(autouse=True)
def today(app):
    with clock.as_of(NOW):
        yield


def a_contest(takes: str = "picture"):
    """Ana's picture is liked by two, Bo's by one; Cy abstains and Dee stays silent. Eve helped Ana, Finn did not say so."""
    contest = make_contest(takes=takes, campaign="what-is-mdm")
    people = {handle: make_member(handle) for handle in ("ana", "bo", "cy", "dee", "eve", "finn")}
    picture, other = (make_entry(contest, people[handle], title=handle) for handle in ("ana", "bo"))
    database.session.add(Author(entry_id=picture.id, member_id=people["eve"].id, position=1, state="in"))
    database.session.add(Author(entry_id=picture.id, member_id=people["finn"].id, position=2, state=ASKED))
    one = open_round(contest.rounds[0], [picture, other], [people[handle] for handle in ("ana", "bo", "cy", "dee")])
    for handle, marks in (("ana", {other.id: 1}), ("bo", {picture.id: 1}), ("cy", {})):
        put_ballot(one, people[handle], marks)
    make_badge("winner", {"placed": "draw-mdm", "top": 1, "at_least": 1})
    make_badge("taker", {"count": {"kind": "contest.entered", "object": OBJECT}, "at_least": 1})
    make_badge("voter", {"count": {"kind": "contest.voted", "object": OBJECT}, "at_least": 1})
    database.session.add(Prize(contest_id=contest.id, badge="winner"))
    database.session.commit()
    return contest, people, picture, other


def finish(contest, times: int = 1):
    with clock.as_of(days(7)):
        close_round(contest.rounds[0].id, days(7))
        database.session.commit()
        for _time in range(times):
            jobs.tell_results(contest.id)
            database.session.commit()
            drain()
    database.session.remove()


def facts(kind):
    wanted = sa.select(Activity.source_key, Activity.visibility, Activity.data, Activity.occurred_at).where(
        Activity.kind == kind, Activity.withdrawn_at.is_(None)
    )
    return {row.source_key: (row.visibility, row.data, row.occurred_at) for row in database.session.execute(wanted)}


def holders(slug):
    wanted = sa.select(Award.member_id).join(Badge, Badge.id == Award.badge_id).where(Badge.slug == slug)
    return sorted(database.session.scalars(wanted))


@pytest.mark.parametrize("times", [1, 3])
def test_the_log_learns_who_voted_and_who_placed(db, times):
    contest, people, picture, other = a_contest()
    ids, round_id = {handle: member.id for handle, member in people.items()}, contest.rounds[0].id
    entries, contest_id = (picture.id, other.id), contest.id
    finish(contest, times)
    assert facts("contest.voted") == {f"voted:{round_id}:{ids[one]}": ("me", None, days(7)) for one in ("ana", "bo", "cy")}
    places = {f"placed:{entries[0]}:{ids['ana']}:1", f"placed:{entries[0]}:{ids['eve']}:1", f"placed:{entries[1]}:{ids['bo']}:1"}
    assert set(facts("contest.placed")) == places
    heard = sa.select(Notice.member_id).where(Notice.kind == "contest.results").order_by(Notice.member_id)
    assert list(db.session.scalars(heard)) == sorted(ids[one] for one in ("ana", "bo", "cy", "eve"))
    first = sa.select(Notice.key).where(Notice.kind == "contest.first").order_by(Notice.key)
    assert db.session.scalars(first).all() == [
        f"contest.first:{entries[0]}:{ids['ana']}",
        f"contest.first:{entries[0]}:{ids['eve']}",
        f"contest.first:{entries[1]}:{ids['bo']}",
    ]
    assert tell_slice(contest_id, Place(5, 0), days(7)) is None


def test_badges_come_once_through_the_drain(db):
    contest, people, picture, other = a_contest()
    ids = {handle: member.id for handle, member in people.items()}
    for entry in (picture, other):
        entering.put_back_facts(entry, NOW)
    db.session.commit()
    finish(contest, times=2)
    assert holders("winner") == sorted(ids[one] for one in ("ana", "bo", "eve"))
    assert holders("taker") == sorted(ids[one] for one in ("ana", "bo", "eve"))
    assert holders("voter") == sorted(ids[one] for one in ("ana", "bo", "cy"))


def test_a_clear_winner_alone_gets_the_first_place(db):
    contest, people, picture, _other = a_contest()
    put_ballot(contest.rounds[0], people["cy"], {picture.id: 1}, number=2)
    db.session.commit()
    ids = {handle: member.id for handle, member in people.items()}
    finish(contest)
    assert holders("winner") == sorted([ids["ana"], ids["eve"]])
    data = {key.split(":")[2]: told[1] for key, told in facts("contest.placed").items()}
    assert data == {str(ids["ana"]): {"place": 1}, str(ids["eve"]): {"place": 1}, str(ids["bo"]): {"place": 2}}


def test_of_persons_only_the_chosen_one_is_told_where_they_stand(db):
    contest, people, picture, other = a_contest(takes="person")
    for entry, nominee in ((picture, "eve"), (other, "finn")):
        entry.nominee_id, entry.nominee_agreed = people[nominee].id, True
    put_ballot(contest.rounds[0], people["cy"], {picture.id: 1}, number=2)
    db.session.commit()
    key = f"placed:{picture.id}:{people['eve'].id}:1"
    finish(contest)
    assert set(facts("contest.placed")) == {key}


def test_nothing_is_told_before_the_result_is_there(db):
    contest, *_rest = a_contest()
    assert tell_slice(contest.id, Place(), NOW) is None
    assert facts("contest.voted") == facts("contest.placed") == {}
