"""Periodic work once a slot, whoever asks; the sweep rings for what is due only; old jobs are cleared."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import OperationalError

from recognition.activities.drain import drain
from recognition.extensions import db as database
from recognition.jobs import ledger, scheduler, worker
from recognition.jobs import sweep as sweeping
from recognition.jobs.models import DONE, FAILED, QUEUED, RUNNING, Job
from recognition.jobs.sweep import sweep, tidy
from recognition.wiring import work
from tests.activities.test_record import in_threads
from tests.factories.activities import make_activity
from tests.factories.identity import make_member

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TIMETABLE = [("hourly", 3600), ("daily", 86_400)]


@pytest.fixture
def rung(app, monkeypatch):
    heard: list[str] = []
    monkeypatch.setattr(ledger, "push", lambda bell: bool(heard.append(bell)) or True)
    return heard


def slots() -> list[tuple[str, str]]:
    return [tuple(row) for row in database.session.execute(sa.select(Job.name, Job.state).order_by(Job.id))]


def add(name: str = "one", **values) -> int:
    job = Job(**{"name": name, "args": {}, "state": QUEUED, "run_after": NOON, "created_at": NOON, **values})
    database.session.add(job)
    database.session.commit()
    return job.id


def test_a_slot_is_asked_for_once(db, rung):
    with time_machine.travel(NOON, tick=False) as traveller:
        scheduler.tick(TIMETABLE)
        scheduler.tick(TIMETABLE)
        assert slots() == [("hourly", QUEUED), ("daily", QUEUED)]
        db.session.execute(sa.update(Job).values(state=DONE, finished_at=NOON))
        db.session.commit()
        traveller.shift(timedelta(minutes=59))
        scheduler.tick(TIMETABLE)
        assert slots() == [("hourly", DONE), ("daily", DONE)]
        traveller.shift(timedelta(minutes=1))
        scheduler.tick(TIMETABLE)
    assert slots() == [("hourly", DONE), ("daily", DONE), ("hourly", QUEUED)]


def test_two_schedulers_at_the_same_moment(app, db, rung):
    start = threading.Barrier(2)

    def beat(_thread: int) -> None:
        start.wait(10)
        scheduler.tick(TIMETABLE)

    with time_machine.travel(NOON, tick=False):
        in_threads(app, 2, beat)
    assert sorted(slots()) == [("daily", QUEUED), ("hourly", QUEUED)]


def test_the_sweep_rings_for_what_is_due(db, rung):
    with time_machine.travel(NOON, tick=False):
        late = add(run_after=NOON - timedelta(hours=1))
        due = add()
        lapsed = add(state=RUNNING, attempts=1, run_after=NOON - timedelta(hours=2), lease_until=NOON - timedelta(seconds=1))
        add(run_after=NOON + timedelta(seconds=1))
        add(state=RUNNING, attempts=1, lease_until=NOON + timedelta(seconds=1))
        add(state=DONE, finished_at=NOON)
        add(state=FAILED, attempts=5)
        assert sweep() == rung == [f"job:{lapsed}", f"job:{late}", f"job:{due}"]


def test_the_sweep_sees_deeds_that_wait(db, rung):
    make_activity(make_member("ada").id)
    db.session.commit()
    rung.clear()
    assert sweep() == rung == ["activities.drain"]
    drain()
    assert sweep() == []


def test_the_sweep_rings_in_portions_and_stops_at_a_queue_that_is_away(db, monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 3)
    tries = []
    monkeypatch.setattr(ledger, "push", lambda bell: bool(tries.append(bell)))
    ids = [add(run_after=NOON + timedelta(seconds=n)) for n in range(5)]
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        assert sweep() == [f"job:{job_id}" for job_id in ids[:3]]
    assert tries == [f"job:{ids[0]}"]


def test_jobs_that_were_done_a_week_ago_are_cleared(db, rung):
    old, recent = NOON - timedelta(days=7, seconds=1), NOON - timedelta(days=7)
    add(state=DONE, finished_at=old)
    kept = [add(state=DONE, finished_at=recent), add(state=FAILED, created_at=old), add(run_after=old)]
    with time_machine.travel(NOON, tick=False):
        assert tidy() == 1
        job_id = ledger.defer("jobs.tidy")
        db.session.commit()
        assert worker.run(job_id) is True
    assert list(db.session.scalars(sa.select(Job.id).order_by(Job.id))) == [*kept, job_id]


def test_the_timetable_asks_for_jobs_that_exist():
    assert {name for name, _seconds in work.TIMETABLE} <= set(work.JOBS)
    assert ("jobs.tidy", 86_400) in work.TIMETABLE
    longest = max(seconds for _name, seconds in work.TIMETABLE)
    assert timedelta(seconds=longest) < sweeping.KEEP_DONE


def test_the_loop_waits_for_a_database_that_is_away(app, db, monkeypatch, caplog):
    stop, beats = threading.Event(), []

    def tick(timetable):
        beats.append(timetable)
        if len(beats) == 1:
            raise OperationalError("SELECT 1", {}, Exception("away"))
        stop.set()

    monkeypatch.setattr(scheduler, "tick", tick)
    monkeypatch.setattr(scheduler, "SWEEP_SECONDS", 0)
    scheduler.main(app, stop)
    assert beats == [work.TIMETABLE] * 2
    assert "The database did not answer" in caplog.text
