"""Runs what the bells ask for: claim, do, settle. Safe to run twice and to be killed anywhere."""

import logging
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from recognition import clock
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.jobs.models import DONE, FAILED, QUEUED, RUNNING, Job

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=40)
"""A living worker renews it: the work of a killed one is taken up within a minute, however long the job is."""
RENEW_SECONDS = 10.0
MAX_ATTEMPTS = 5


def main(app: Flask, burst: bool = False) -> None:
    """Work until told to stop, or with `burst` until the queue is empty. The program is built before the first fork, so
    each job starts at once."""
    use(app)
    redis = Redis.from_url(app.extensions["settings"].redis_url, socket_connect_timeout=2, socket_timeout=90)
    worker = Worker([ledger.queue(redis)], connection=redis, serializer=JSONSerializer, worker_ttl=60)
    worker.work(burst=burst, logging_level="WARNING")


def use(app: Flask) -> None:
    """The program whose jobs this process runs; RQ can only name functions, so it is kept here."""
    global _app  # noqa: PLW0603  RQ calls a function by name and hands it nothing of ours
    _app = app


_app: Flask | None = None


def answer(bell: str) -> None:
    """What RQ calls: `job:17` runs that row of the ledger, any other bell the function wired to it."""
    if _app is None:
        raise RuntimeError("this process runs no Recognition program; start it with `recognition worker`")
    with _app.app_context():
        # A forked child must not share the parent's connections, nor close them.
        db.engine.dispose(close=False)
        _app.extensions["redis"].delete(ledger.heard_key(bell))
        if bell.startswith("job:"):
            run(int(bell.removeprefix("job:")))
        else:
            _app.extensions["bells"][bell]()


def run(job_id: int, renew_seconds: float = RENEW_SECONDS) -> bool:
    """Run one job of the ledger. False when somebody else has it or it is settled. Effects and `done` commit together,
    or neither does."""
    job = claim(job_id)
    if job is None:
        return False
    name, args, attempt = job
    with _renewed(job_id, attempt, renew_seconds):
        try:
            current_app.extensions["jobs"][name](**args)
            if _settle(job_id, attempt, state=DONE, error=None, finished_at=clock.utcnow()):
                db.session.commit()
            else:
                db.session.rollback()
                log.warning("Job %s (%s) was taken over by another worker.", job_id, name)
        except Exception:  # whatever a job raises belongs in its row, where people see it
            db.session.rollback()
            _fail(job_id, attempt, traceback.format_exc(limit=8))
            log.exception("Job %s (%s) failed at attempt %s.", job_id, name, attempt)
    return True


def claim(job_id: int) -> tuple[str, dict[str, Any], int] | None:
    """Name, arguments and attempt. Afterwards no transaction is open, so that on SQLite others write until the job does."""
    now = clock.utcnow()
    lapsed = sa.and_(Job.state == RUNNING, Job.lease_until < now, Job.attempts < MAX_ATTEMPTS)
    free = sa.or_(Job.state == QUEUED, lapsed)
    claimed = db.session.execute(
        sa.update(Job.__table__)
        .where(Job.id == job_id, free, Job.run_after <= now)
        .values(state=RUNNING, lease_until=now + LEASE, attempts=Job.attempts + 1)
        .returning(Job.name, Job.args, Job.attempts)
    ).one_or_none()
    db.session.commit()
    return tuple(claimed) if claimed else None


@contextmanager
def _renewed(job_id: int, attempt: int, every_seconds: float) -> Iterator[None]:
    """Keep the lease while the block runs and this process lives. On SQLite this waits for the job's own transaction,
    but so does everybody who would take the job over."""
    engine, over = db.engine, threading.Event()
    held = sa.update(Job).where(Job.id == job_id, Job.state == RUNNING, Job.attempts == attempt)

    def renew() -> None:
        while not over.wait(every_seconds):
            try:
                with engine.begin() as connection:
                    connection.execute(held.values(lease_until=clock.utcnow() + LEASE))
            except SQLAlchemyError as fault:
                log.warning("The lease of job %s could not be renewed (%s).", job_id, type(fault).__name__)

    thread = threading.Thread(target=renew, name=f"lease-{job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _fail(job_id: int, attempt: int, error: str) -> None:
    last = attempt >= MAX_ATTEMPTS
    wait = timedelta(seconds=min(3600, 5 * 4**attempt))
    _settle(job_id, attempt, state=FAILED if last else QUEUED, error=error[-4000:], run_after=clock.utcnow() + wait)
    db.session.commit()


def _settle(job_id: int, attempt: int, **values: object) -> bool:
    """False when the lease ran out and somebody else took the job over."""
    mine = sa.update(Job).where(Job.id == job_id, Job.state == RUNNING, Job.attempts == attempt)
    return bool(db.session.execute(mine.values(lease_until=None, **values)).rowcount)  # type: ignore[attr-defined]
