"""Who is reminded to vote, when, and how often."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.announcements.models import Notice
from recognition.contests import jobs
from recognition.contests.models.contest import Round
from recognition.contests.models.vote import Voter
from recognition.contests.services import reminding
from recognition.contests.services.reminding import remind_due, reminders
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs.models import Job
from tests.factories.contests import NOW, days, make_contest, open_round
from tests.factories.identity import make_member


@pytest.fixture(autouse=True)
def today(app: Flask) -> Any:
    with clock.as_of(NOW):
        yield


def an_open_round() -> tuple[Round, list[Member]]:
    one = make_contest().rounds[0]
    people = [make_member(name) for name in ("ada", "ben", "cy", "dee")]
    open_round(one, [], people)
    db.session.get_one(Voter, (one.id, people[1].id)).voted = True
    people[3].state = "suspended"
    db.session.commit()
    return one, people


def at(moment: Any) -> None:
    """What the timetable and the worker do then."""
    with clock.as_of(moment):
        jobs.remind_due()
        for job in db.session.scalars(sa.select(Job).where(Job.name == "contests.remind")).all():
            jobs.remind(**job.args)
            db.session.delete(job)
        db.session.commit()


def told() -> list[int]:
    return sorted(db.session.scalars(sa.select(Notice.member_id).where(Notice.kind == "contest.reminder")))


def test_reminders_are_due_halfway_and_a_day_before_the_end() -> None:
    assert reminders(days(0), days(8)) == [days(4), days(7)]
    assert reminders(days(0), days(2)) == [days(1)]
    assert reminders(days(0), days(0.5)) == [days(0.25)]


def test_the_silent_are_reminded_twice_and_nobody_else() -> None:
    one, (ada, ben, cy, _dee) = an_open_round()
    at(days(3.4))
    assert told() == []
    at(days(3.5))
    at(days(3.6))
    assert told() == [ada.id, cy.id]
    db.session.get_one(Voter, (one.id, ada.id)).voted = True
    at(days(6))
    at(days(6.9))
    assert told() == [ada.id, cy.id, cy.id]
    notice = db.session.scalars(sa.select(Notice).where(Notice.member_id == cy.id)).first()
    assert notice is not None
    assert (notice.path, notice.data) == ("/contests/draw-mdm/vote", {"contest": "Draw mdm"})
    assert ben.id not in told()


def test_late_workers_send_one_reminder_and_none_after_the_end() -> None:
    _one, (ada, _ben, cy, _dee) = an_open_round()
    at(days(6.5))
    assert told() == [ada.id, cy.id]
    db.session.execute(sa.delete(Notice))
    at(days(7))
    assert told() == []


def test_an_extended_round_has_another_last_day() -> None:
    one, (ada, _ben, cy, _dee) = an_open_round()
    at(days(6))
    one.ends_at += timedelta(days=7)
    db.session.commit()
    at(days(8))
    assert told() == [ada.id, ada.id, cy.id, cy.id]


def test_a_long_roll_is_told_by_slices_and_a_repeat_tells_nobody_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminding, "SLICE_MEMBERS", 1)
    one, (ada, _ben, cy, _dee) = an_open_round()
    due = days(3.5).isoformat()
    assert reminding.remind_slice(one.id, due, 0, days(4)) == ada.id
    jobs.remind(one.id, due)
    jobs.remind(one.id, due)
    assert told() == [ada.id, cy.id]
    assert remind_due(days(4)) == 1
    assert remind_due(days(4)) == 0


def test_a_round_that_was_called_off_reminds_nobody() -> None:
    one, _people = an_open_round()
    one.contest.state = "called_off"
    db.session.commit()
    at(days(3.6))
    assert told() == []
    assert reminding.remind_slice(one.id, "x", 0, days(4)) is None


@pytest.mark.parametrize("silent", ["", "ada", "dee", "ada ben cy dee"])
def test_where_a_reminder_goes_on_tells_nothing_of_who_is_silent(monkeypatch: pytest.MonkeyPatch, silent: str) -> None:
    """The number of a member stands among the arguments of the next job, which admins can read."""
    monkeypatch.setattr(reminding, "SLICE_MEMBERS", 2)
    one, people = an_open_round()
    for member in people:
        member.state = "active"
        db.session.get_one(Voter, (one.id, member.id)).voted = member.handle not in silent.split()
    db.session.commit()
    places, place = [], reminding.remind_slice(one.id, "x", 0, days(4))
    while place is not None:
        places.append(place)
        place = reminding.remind_slice(one.id, "x", place, days(4))
    assert places == [people[1].id, people[3].id]
    assert told() == [member.id for member in people if member.handle in silent.split()]
