"""Asking, voting and replying, each once however often it is pressed."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from recognition.jobs.models import Job
from recognition.questions import jobs, queries, services
from recognition.questions.models import Question, QuestionVote
from recognition.questions.rules import A_DAY, Asked, NotAsked, TooLate
from tests.activities.test_record import in_threads
from tests.dumps import differing, dump
from tests.factories.identity import make_member
from tests.factories.questions import ASKED, make_question

NOW = ASKED + timedelta(days=1, hours=3, minutes=25)


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    made = {name: make_member(name) for name in ("ada", "bob", "eve")}
    made["cleo"] = make_member("cleo", roles=("council",))
    db.session.commit()
    return made


def notices(db: Any) -> list[tuple[int, str, str]]:
    return [tuple(row) for row in db.session.execute(
        sa.select(Notice.member_id, Notice.kind, Notice.path).order_by(Notice.kind, Notice.member_id))]  # fmt: skip


def test_a_question_sent_twice_is_one(db: Any, people: dict[str, Any]) -> None:
    asked = Asked("question", "Who pays for snacks?", "", False)
    first, again = (services.ask(asked, people["ada"], NOW) for _time in range(2))
    other = services.ask(asked, people["bob"], NOW)
    assert first.id == again.id != other.id


def test_one_without_a_name_leads_to_nobody(db: Any, people: dict[str, Any]) -> None:
    one = services.ask(Asked("question", "Is it true?", "I heard so.", True), people["ada"], NOW)
    row = db.session.execute(sa.select(Question.__table__)).mappings().one()
    assert (one.author_id, one.is_anonymous, one.asked_at) == (None, True, NOW.replace(hour=0, minute=0))
    numbers = [row[name] for name in row if name != "id" and type(row[name]) is int]
    assert numbers == [0]  # the votes
    services.reply(one.id, people["cleo"].id, "answered", "It is.", NOW)
    assert notices(db) == []
    assert services.ask(Asked("question", "Is it true?", "I heard so.", True), people["bob"], NOW).id != one.id


def test_there_is_an_end_to_a_day(db: Any, people: dict[str, Any]) -> None:
    for number in range(A_DAY):
        services.ask(Asked("idea", f"Idea {number}", "", False), people["ada"], NOW)
    with pytest.raises(NotAsked):
        services.ask(Asked("idea", "One more", "", False), people["ada"], NOW)
    services.ask(Asked("idea", "One more", "", False), people["ada"], NOW + timedelta(days=1))


def test_a_vote_counts_once_and_can_be_taken_back(db: Any, people: dict[str, Any]) -> None:
    one = make_question(people["ada"].id)
    answers = [services.vote(one.id, people["bob"].id, wants) for wants in (True, True, False, False, True)]
    assert answers == [True, False, True, False, True]
    assert db.session.get_one(Question, one.id, populate_existing=True).votes == 1
    with pytest.raises(TooLate):
        services.vote(one.id, people["ada"].id, True)
    services.reply(one.id, people["cleo"].id, "answered", "On Friday.", NOW)
    with pytest.raises(TooLate):
        services.vote(one.id, people["eve"].id, True)


def test_votes_at_the_same_moment_are_all_counted(db: Any, people: dict[str, Any], app: Any) -> None:
    one = make_question(None, is_anonymous=True)
    voters = [make_member(f"voter-{number}").id for number in range(6)]
    question_id = one.id
    db.session.commit()

    def cast(place: int) -> None:
        services.vote(question_id, voters[place // 2], True)
        db.session.commit()

    in_threads(app, 12, cast)
    db.session.rollback()
    assert db.session.get_one(Question, question_id, populate_existing=True).votes == 6
    assert db.session.scalar(sa.select(sa.func.count()).select_from(QuestionVote)) == 6


def test_the_asker_and_the_voters_hear_of_a_reply_once(db: Any, people: dict[str, Any]) -> None:
    one = make_question(people["ada"].id, votes=(people["bob"].id, people["eve"].id))
    for _time in range(2):
        services.reply(one.id, people["cleo"].id, "declined", "We do not know it ourselves.", NOW)
    job = db.session.scalars(sa.select(Job)).one()
    assert (job.name, job.args) == ("questions.tell_voters", {"question_id": one.id, "after": 0})
    for _time in range(2):
        jobs.tell_voters(**job.args)
    path = f"/questions/{one.id}"
    assert notices(db) == [(people["ada"].id, "question.declined", path), (people["bob"].id, "question.replied", path),
                           (people["eve"].id, "question.replied", path)]  # fmt: skip
    done = db.session.scalars(sa.select(AuditEntry)).one()
    assert (done.action, done.actor_id, done.after) == (
        "question.declined", people["cleo"].id, {"state": "declined", "reply": "We do not know it ourselves."}
    )  # fmt: skip


def test_a_slice_goes_on_where_the_last_one_ended(db: Any, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    one = make_question(people["ada"].id, votes=(people["bob"].id, people["eve"].id, people["cleo"].id), state="answered")
    monkeypatch.setattr(services, "SLICE_MEMBERS", 2)
    first = services.tell_voters(one.id, 0, NOW)
    assert first == people["eve"].id
    assert services.tell_voters(one.id, first, NOW) is None
    assert [row[0] for row in notices(db)] == [people["bob"].id, people["eve"].id, people["cleo"].id]


def test_nobody_on_the_council_replies_to_their_own(db: Any, people: dict[str, Any]) -> None:
    one = make_question(people["cleo"].id)
    for act in (lambda: services.reply(one.id, people["cleo"].id, "answered", "Yes.", NOW),
                lambda: services.hide(one.id, people["cleo"].id, "No.", NOW)):  # fmt: skip
        with pytest.raises(TooLate):
            act()


def test_what_was_replied_to_is_not_taken_back(db: Any, people: dict[str, Any]) -> None:
    one, other = make_question(people["ada"].id), make_question(people["ada"].id, "Another?")
    assert [services.withdraw(one.id, people["ada"].id) for _time in range(2)] == [True, False]
    services.reply(other.id, people["cleo"].id, "answered", "So.", NOW)
    with pytest.raises(TooLate):
        services.withdraw(other.id, people["ada"].id)
    with pytest.raises(TooLate):
        services.withdraw(one.id, people["bob"].id)


def test_an_idea_becomes_a_campaign_and_keeps_its_author(db: Any, people: dict[str, Any]) -> None:
    one = make_question(people["ada"].id, "Draw it", sort="idea")
    assert [services.take_up(one.id, "draw-it", people["cleo"].id, NOW) for _time in range(2)] == [True, True]
    line = queries.idea_of("draw-it", people["bob"])
    assert line is not None
    assert line.who is not None
    assert (line.who.handle, line.state, line.campaign) == ("ada", "answered", "draw-it")
    assert notices(db) == [(people["ada"].id, "idea.taken_up", f"/questions/{one.id}")]
    assert services.take_up(make_question(people["ada"].id).id, "draw-it", people["cleo"].id, NOW) is False
    assert queries.idea_of("other", None) is None


def test_two_rows_of_one_person_voted_once_and_are_two_again(db: Any, people: dict[str, Any]) -> None:
    ada, bob, eve = (people[name] for name in ("ada", "bob", "eve"))
    both = make_question(eve.id, "Both?", votes=(ada.id, bob.id))
    own = make_question(ada.id, "Own?", votes=(eve.id,))
    left = make_question(bob.id, "Left?", votes=(ada.id,))
    both_own = make_question(ada.id, "Both, of ada's?", votes=(ada.id, bob.id, eve.id))
    db.session.commit()
    before = dump()
    done = merge(ada, bob, None, "One person", NOW)
    db.session.commit()
    db.session.expire_all()
    votes = {one.title: (one.votes, one.author_id) for one in db.session.scalars(sa.select(Question))}
    assert votes == {"Both?": (1, eve.id), "Own?": (1, bob.id), "Left?": (1, bob.id), "Both, of ada's?": (2, bob.id)}
    unmerge(done.id, None, "Two people", NOW)
    db.session.commit()
    assert differing(before, dump()) == {}
    assert {both.id, own.id, left.id, both_own.id} == set(db.session.scalars(sa.select(Question.id)))
