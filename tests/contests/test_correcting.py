"""A result is never rewritten: a correction stands beside it, and the log follows the newest."""

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.contests.models.contest import Result
from recognition.contests.rules import WrongPhase
from recognition.contests.services import correcting, entering, flags
from recognition.contests.services.closing import close_round
from recognition.contests.services.telling import Place, tell_slice
from recognition.identity.models import Member
from tests.contests.test_facts import a_contest, facts, finish, today  # noqa: F401
from tests.factories.contests import days
from tests.factories.identity import make_member


@pytest.fixture
def closed(db):
    """Ana's picture first, Bo's second."""
    from tests.factories.contests import put_ballot

    contest, people, picture, other = a_contest()
    put_ballot(contest.rounds[0], people["cy"], {picture.id: 1}, number=2)
    for entry in (picture, other):
        entering.put_back_facts(entry, days(0))
    db.session.commit()
    finish(contest)
    for one in (contest, picture, other, *people.values()):
        db.session.add(one)
        db.session.refresh(one)
    return contest, people, picture, other


def places(db, contest):
    wanted = sa.select(Result).where(Result.contest_id == contest.id).order_by(Result.number)
    return [(one.number, one.places, one.reason) for one in db.session.scalars(wanted)]


def test_a_disqualified_entry_leaves_the_order_and_all_votes_stay(db, closed):
    contest, people, picture, other = closed
    frozen = dict(contest.rounds[0].outcome)
    correcting.disqualify(picture, None, "It is somebody else's", days(8))
    db.session.commit()
    assert places(db, contest) == [(1, [[picture.id], [other.id]], ""), (2, [[other.id]], "It is somebody else's")]
    detail = db.session.get(Result, (contest.id, 2)).detail["rounds"]["1"]
    assert (detail["candidates"], detail["ballots"], detail["abstained"], detail["roll"]) == ([other.id], 3, 2, 4)
    assert contest.rounds[0].outcome == frozen
    assert set(facts("contest.placed")) == {f"placed:{other.id}:{people['bo'].id}:1"}
    assert set(facts("contest.entered")) == {f"entered:{other.id}:{people['bo'].id}"}
    told = sa.select(Notice.member_id).where(Notice.kind == "contest.corrected").order_by(Notice.member_id)
    assert set(db.session.scalars(told)) == {people[one].id for one in ("ana", "bo", "eve")}
    assert "contest.corrected" in db.session.scalars(sa.select(AuditEntry.action)).all()


def test_let_in_again_all_is_as_it_was(db, closed):
    contest, _people, picture, other = closed
    before = facts("contest.placed"), facts("contest.entered")
    correcting.disqualify(picture, None, "It is somebody else's", days(8))
    correcting.requalify(picture, None, "It was theirs after all", days(9))
    db.session.commit()
    assert [row[:2] for row in places(db, contest)] == [
        (1, [[picture.id], [other.id]]),
        (2, [[other.id]]),
        (3, [[picture.id], [other.id]]),
    ]
    assert (facts("contest.placed"), facts("contest.entered")) == before
    rows = sa.select(sa.func.count()).where(Activity.kind == "contest.placed")
    # Those of the corrected result stay in the log, withdrawn.
    assert db.session.scalar(rows) == 4
    assert contest.rounds[0].outcome == db.session.get(Result, (contest.id, 3)).detail["rounds"]["1"]


def test_the_council_corrects_through_the_same_door_as_before_the_close(db, closed):
    contest, _people, picture, other = closed
    judge: Member = make_member("judge", roles=("council",))
    flags.disqualify(picture, judge, "It is somebody else's", days(8))
    flags.disqualify(picture, judge, "It is somebody else's", days(8))
    db.session.commit()
    assert [row[1] for row in places(db, contest)] == [[[picture.id], [other.id]], [[other.id]]]
    flags.requalify(picture, judge, "It was theirs", days(8))
    db.session.commit()
    assert places(db, contest)[-1] == (3, [[picture.id], [other.id]], "It was theirs")


def test_there_is_nothing_to_correct_before_the_close(db):
    _contest, _people, picture, _other = a_contest()
    with pytest.raises(WrongPhase):
        correcting.disqualify(picture, None, "Too early", days(1))


def test_who_is_out_before_anybody_was_told_is_not_told_that_they_are_first(db):
    contest, people, picture, other = a_contest()
    with clock.as_of(days(7)):
        close_round(contest.rounds[0].id, days(7))
        correcting.disqualify(picture, None, "It is somebody else's", days(7))
        db.session.commit()
        tell_slice(contest.id, Place(), days(7))
        db.session.commit()
    first = sa.select(Notice.member_id).where(Notice.kind == "contest.first")
    assert db.session.scalars(first).all() == [people["bo"].id]
    assert set(facts("contest.placed")) == {f"placed:{other.id}:{people['bo'].id}:1"}
