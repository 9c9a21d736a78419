"""What holders say to their awards, and what follows from it."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.activities import changes, drain
from recognition.activities.models import Activity
from recognition.badges import rebuild
from recognition.badges.models import Award, Badge
from recognition.badges.nearest import nearest_for
from recognition.badges.services import answering, considering
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.jobs.models import Job
from tests.activities.test_record import in_threads
from tests.factories.activities import make_deeds
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TALKS = {"count": {"kind": "talk"}, "at_least": 2}


@pytest.fixture
def talker(db: Any) -> Badge:
    return make_badge("talker", {"count": {"kind": "talk"}}, levels=[1, 5])


@pytest.fixture
def ada(talker: Badge) -> Member:
    """Has level 1 waiting."""
    member = make_member("ada", wears_at_once=False)
    make_deeds(member.id, 1)
    database.session.commit()
    drain.drain()
    return member


def awards() -> list[tuple[Any, ...]]:
    columns = (Award.occasion, Award.answer, Award.shown)
    return [tuple(row) for row in database.session.execute(sa.select(*columns).order_by(Award.id))]


def key() -> str:
    return database.session.scalars(sa.select(Award.key).order_by(Award.id)).first() or ""


def facts() -> list[tuple[str, bool]]:
    """What the log says of awards, and whether it counts."""
    rows = sa.select(Activity.object, Activity.withdrawn_at).where(Activity.kind == "badge.awarded").order_by(Activity.id)
    return [(row.object, row.withdrawn_at is None) for row in database.session.execute(rows)]


def holders(badge: Badge) -> int:
    return database.session.scalar(sa.select(Badge.holders_count).where(Badge.id == badge.id))


def test_a_new_award_waits_and_is_nobodys_business(ada: Member, talker: Badge) -> None:
    assert awards() == [("1", "waiting", False)]
    assert holders(talker) == 0
    assert list(rebuild.check()) == []


def test_what_is_accepted_shows(ada: Member, talker: Badge) -> None:
    assert [answering.accept(ada.id, [key(), "another"], NOW) for _turn in range(2)] == [1, 0]
    assert awards() == [("1", "accepted", True)]
    assert (holders(talker), ada.wears_at_once) == (1, False)


def test_from_now_on_without_being_asked(ada: Member, talker: Badge) -> None:
    make_badge("writer", {"count": {"kind": "writing"}, "at_least": 1})
    answering.accept(ada.id, [key()], NOW, at_once=True)
    make_deeds(ada.id, 1, kind="writing")
    database.session.commit()
    drain.drain()
    assert awards() == [("1", "accepted", True), ("", "accepted", True)]


def test_nobody_answers_for_another(ada: Member, talker: Badge) -> None:
    bea = make_member("bea")
    assert answering.accept(bea.id, [key()], NOW) == 0
    assert answering.decline(bea.id, key(), NOW) is False
    assert awards() == [("1", "waiting", False)]


def test_what_is_declined_counts_for_nothing_and_does_not_come_again(ada: Member, talker: Badge) -> None:
    make_badge("built-on-it", {"all": [{"holds": "talker"}, {"count": {"kind": "writing"}, "at_least": 1}]})
    assert [answering.decline(ada.id, key(), NOW) for _turn in range(2)] == [True, False]
    make_deeds(ada.id, 4)
    make_deeds(ada.id, 1, kind="writing")
    database.session.commit()
    assert drain.drain().awarded == 0
    assert awards() == [("1", "declined", False)]
    assert facts() == [("badge:talker", False)]
    assert list(rebuild.check()) == []


def test_a_change_of_mind_brings_all_that_was_missed(ada: Member, talker: Badge) -> None:
    answering.decline(ada.id, key(), NOW)
    make_deeds(ada.id, 4)
    database.session.commit()
    drain.drain()
    assert answering.accept(ada.id, [key()], NOW) == 1
    jobs = database.session.scalars(sa.select(Job).where(Job.name == "badges.look_at_member")).all()
    assert [job.args for job in jobs] == [{"member_id": ada.id}]
    database.session.execute(sa.delete(Job))
    assert considering.look_at_member(ada.id, NOW) == 1
    database.session.commit()
    drain.drain()
    assert awards() == [("1", "accepted", True), ("5", "accepted", True)]
    assert facts() == [("badge:talker", False), ("badge:talker", True), ("badge:talker/5", True)]
    assert holders(talker) == 1
    assert list(rebuild.check()) == []


def test_declined_after_it_was_shown_it_is_counted_off(ada: Member, talker: Badge) -> None:
    answering.accept(ada.id, [key()], NOW)
    answering.decline(ada.id, key(), NOW)
    assert holders(talker) == 0
    answering.arrange(ada.id, [key()], hidden=[])
    assert awards() == [("1", "declined", False)]


def test_arranging_shows_nothing_that_waits(ada: Member, talker: Badge) -> None:
    answering.arrange(ada.id, [key()], hidden=[])
    assert (awards(), holders(talker)) == ([("1", "waiting", False)], 0)


def test_accepted_twice_at_the_same_moment_it_is_counted_once(app: Flask, ada: Member, talker: Badge) -> None:
    member_id, badge_id, asked = ada.id, talker.id, key()
    database.session.rollback()
    answers: list[int] = []

    def accept(_thread: int) -> None:
        answers.append(answering.accept(member_id, [asked], NOW))
        database.session.commit()

    in_threads(app, 4, accept)
    assert sorted(answers) == [0, 0, 0, 1]
    assert database.session.scalar(sa.select(Badge.holders_count).where(Badge.id == badge_id)) == 1


def test_a_further_level_of_a_hidden_badge_stays_hidden(db: Any) -> None:
    ada, badge = make_member("ada"), make_badge("helper", {"count": {"kind": "talk"}}, levels=[1, 5])
    make_deeds(ada.id, 1)
    db.session.commit()
    drain.drain()
    key = db.session.scalars(sa.select(Award.key)).one()
    answering.arrange(ada.id, [], [key])
    make_deeds(ada.id, 4)
    db.session.commit()
    drain.drain()
    assert db.session.execute(sa.select(Award.occasion, Award.shown).order_by(Award.id)).all() == [
        ("1", False),
        ("5", False),
    ]
    assert db.session.get_one(Badge, badge.id, populate_existing=True).holders_count == 0


def test_a_badge_hidden_twice_at_the_same_moment_is_counted_off_once(app: Flask, db: Any) -> None:
    ada, badge = make_member("ada"), make_badge("talker", TALKS)
    make_deeds(ada.id, 2)
    db.session.commit()
    drain.drain()
    member_id, key = ada.id, db.session.scalars(sa.select(Award.key)).one()
    db.session.rollback()
    start = threading.Barrier(2)

    def hide(_thread: int) -> None:
        start.wait(10)
        answering.arrange(member_id, [], [key])
        db.session.commit()

    in_threads(app, 2, hide)
    assert db.session.get_one(Badge, badge.id, populate_existing=True).holders_count == 0


def test_what_lost_its_deed_while_it_was_declined_is_in_question_once_it_is_worn(ada: Member, talker: Badge) -> None:
    assert answering.decline(ada.id, key(), NOW)
    deed = database.session.scalar(sa.select(Activity.id).where(Activity.kind == "talk"))
    changes.withdraw([deed], ada.id, "", NOW)
    database.session.commit()
    assert answering.accept(ada.id, [key()], NOW) == 1
    considering.look_at_member(ada.id, NOW)
    database.session.commit()
    drain.drain()
    assert list(rebuild.check()) == []
    assert database.session.scalars(sa.select(Award.unsupported_at.is_not(None))).all() == [True]


def test_nobody_is_drawn_to_what_they_declined(ada: Member, talker: Badge) -> None:
    assert [badge.slug for badge, _part in nearest_for(ada.id, 3)] == ["talker"]
    answering.decline(ada.id, key(), NOW)
    database.session.commit()
    assert nearest_for(ada.id, 3) == []
