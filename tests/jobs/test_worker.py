"""Running a job: claimed by one, done with all its effects or none, tried again later, freed when lost."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from recognition import clock
from recognition.audit.models import AuditEntry
from recognition.audit.services import record
from recognition.extensions import db as database
from recognition.jobs import ledger, scheduler, worker
from recognition.jobs.models import DONE, FAILED, QUEUED, RUNNING, Job
from recognition.jobs.sweep import sweep
from recognition.refs import Ref
from tests.activities.test_record import in_threads

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def jobs(app, monkeypatch):
    """`jobs["name"] = function` makes a job known; no bell reaches a queue."""
    known: dict[str, object] = {}
    monkeypatch.setitem(app.extensions, "jobs", known)
    monkeypatch.setattr(ledger, "push", lambda bell: True)
    return known


def ask(name: str = "note", **args) -> int:
    job_id = ledger.defer(name, **args)
    database.session.commit()
    return job_id


def note(word: str = "done") -> None:
    record(word, Ref("test", 1), None)


def notes() -> list[str]:
    database.session.rollback()
    return list(database.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def state(job_id: int) -> tuple:
    job = database.session.get(Job, job_id, populate_existing=True)
    return job.state, job.attempts


def test_a_job_runs_once(db, jobs):
    jobs["note"] = note
    job_id = ask(word="hello")
    assert [worker.run(job_id), worker.run(job_id)] == [True, False]
    assert notes() == ["hello"]
    job = db.session.get(Job, job_id)
    assert (job.state, job.attempts, job.error, job.lease_until) == (DONE, 1, None, None)
    assert job.finished_at is not None


def test_a_job_that_does_not_exist(db, jobs):
    assert worker.run(4711) is False


def test_two_workers_at_the_same_moment(app, db, jobs):
    start = threading.Barrier(2)
    jobs["note"] = note
    ids = [ask(word=f"n{n}") for n in range(5)]

    def run(_thread: int) -> list[bool]:
        done = []
        for job_id in ids:
            start.wait(10)
            done.append(worker.run(job_id))
        return done

    first, second = in_threads(app, 2, run)
    assert [a + b for a, b in zip(first, second, strict=True)] == [1] * 5
    assert notes() == [f"n{n}" for n in range(5)]


def test_a_failed_job_keeps_nothing_but_its_error_and_tries_again_later(db, jobs):
    def stumbles() -> None:
        note("half done")
        database.session.flush()
        raise ValueError("seven legs")

    jobs["note"] = stumbles
    with time_machine.travel(NOON, tick=False):
        job_id = ask()
    pauses, moment = [], NOON
    for attempt in range(1, worker.MAX_ATTEMPTS + 1):
        with time_machine.travel(moment, tick=False):
            assert worker.run(job_id) is True
            job = db.session.get(Job, job_id, populate_existing=True)
            assert job.attempts == attempt
            assert job.error.endswith("ValueError: seven legs\n")
            assert worker.run(job_id) is False
            pauses.append((job.run_after - moment).total_seconds())
            moment = job.run_after
    assert pauses == [20, 80, 320, 1280, 3600]
    assert state(job_id) == (FAILED, 5)
    assert notes() == []
    with time_machine.travel(moment + timedelta(days=9), tick=False):
        assert (worker.run(job_id), sweep()) == (False, [])


def test_an_unknown_job_fails_in_its_row(db, jobs):
    job_id = ask("nobody.knows")
    assert worker.run(job_id) is True
    assert db.session.get(Job, job_id, populate_existing=True).error.strip().endswith("KeyError: 'nobody.knows'")


def test_a_job_that_waits_for_its_time_is_not_claimed(db, jobs):
    jobs["note"] = note
    job_id = ledger.defer("note", run_after=clock.utcnow() + timedelta(hours=1))
    db.session.commit()
    assert worker.run(job_id) is False


def lose(job_id: int, at: datetime) -> None:
    """A worker claims it and is never heard of again."""
    with time_machine.travel(at, tick=False):
        assert worker.claim(job_id) is not None
        database.session.rollback()


def test_a_lost_worker_holds_its_job_for_a_lease(db, jobs):
    jobs["note"] = note
    with time_machine.travel(NOON, tick=False):
        job_id = ask()
    lose(job_id, NOON)
    assert worker.LEASE + timedelta(seconds=scheduler.SWEEP_SECONDS) < timedelta(minutes=1)
    with time_machine.travel(NOON + worker.LEASE, tick=False):
        assert (sweep(), worker.run(job_id)) == ([], False)
    with time_machine.travel(NOON + worker.LEASE + timedelta(seconds=1), tick=False):
        assert sweep() == [f"job:{job_id}"]
        assert worker.run(job_id) is True
    assert notes() == ["done"]
    assert state(job_id) == (DONE, 2)


def test_a_job_that_kills_its_worker_is_not_tried_for_ever(db, jobs):
    with time_machine.travel(NOON, tick=False):
        job_id = ask()
    moment = NOON
    for _ in range(worker.MAX_ATTEMPTS):
        lose(job_id, moment)
        moment += worker.LEASE + timedelta(seconds=1)
    with time_machine.travel(moment, tick=False):
        assert sweep() == []
        assert worker.claim(job_id) is None
    job = db.session.get(Job, job_id, populate_existing=True)
    assert (job.state, job.attempts) == (FAILED, 5)
    assert "ended in the middle" in job.error


def test_whoever_lost_the_lease_takes_its_effects_back(db, jobs):
    def slow() -> None:
        note("too late")
        database.session.flush()
        # Meanwhile somebody else found the lease lapsed and did the job.
        taken = sa.update(Job).where(Job.id == job_id).values(attempts=Job.attempts + 1)
        database.session.execute(taken)

    jobs["note"] = slow
    job_id = ask()
    assert worker.run(job_id) is True
    assert notes() == []
    assert state(job_id) == (RUNNING, 1)


def test_a_lease_is_renewed_while_the_job_runs(app, db, jobs):
    leases = []

    def long() -> None:
        database.session.rollback()
        for _ in range(2):
            before = lease()
            deadline = threading.Event()
            for _ in range(500):
                if lease() > before or deadline.wait(0.01):
                    break
            leases.append(lease() - before)

    def lease() -> datetime:
        found = database.session.scalar(sa.select(Job.lease_until).where(Job.id == job_id))
        database.session.rollback()
        return found

    jobs["note"] = long
    job_id = ask()
    worker.run(job_id, renew_seconds=0.05)
    assert len(leases) == 2
    assert min(leases) > timedelta(0)
    assert state(job_id) == (DONE, 1)


def test_a_job_that_has_not_written_yet_keeps_nobody_from_writing(app, db, jobs):
    def others_write() -> None:
        def write(_thread: int) -> None:
            note("meanwhile")
            database.session.commit()

        in_threads(app, 1, write)

    jobs["note"] = others_write
    job_id = ask()
    worker.run(job_id)
    assert state(job_id) == (DONE, 1)
    assert notes() == ["meanwhile"]


def test_the_program_is_needed(monkeypatch):
    monkeypatch.setattr(worker, "_app", None)
    with pytest.raises(RuntimeError, match="start it with `recognition worker`"):
        worker.answer("job:1")


def test_queued_again_is_the_state_between_tries(db, jobs):
    jobs["note"] = lambda: 1 / 0
    job_id = ask()
    worker.run(job_id)
    assert state(job_id) == (QUEUED, 1)
