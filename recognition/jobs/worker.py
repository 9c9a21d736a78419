"""Runs what the bells ask for: claim, do, settle. Safe to run twice and to be killed anywhere."""

import logging
import traceback
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask, current_app
from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer

from recognition import clock
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.jobs.models import DONE, FAILED, QUEUED, RUNNING, Job

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
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
    global _app
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


def run(job_id: int) -> bool:
    """Run one job of the ledger. False when somebody else has it or it is settled. Effects and `done` commit together."""
    job = claim(job_id)
    if job is None:
        return False
    name, args, attempts = job.name, dict(job.args), job.attempts
    try:
        current_app.extensions["jobs"][name](**args)
        _settle(job_id, state=DONE, error=None, finished_at=clock.utcnow(), lease_until=None)
        db.session.commit()
    except Exception:  # whatever a job raises belongs in its row, where people see it
        db.session.rollback()
        _fail(job_id, attempts, traceback.format_exc(limit=8))
        log.exception("Job %s (%s) failed at attempt %s.", job_id, name, attempts)
    return True


def claim(job_id: int) -> Job | None:
    now = clock.utcnow()
    free = sa.or_(Job.state == QUEUED, sa.and_(Job.state == RUNNING, Job.lease_until < now))
    claimed = db.session.execute(
        sa.update(Job)
        .where(Job.id == job_id, free, Job.run_after <= now)
        .values(state=RUNNING, lease_until=now + LEASE, attempts=Job.attempts + 1)
    )
    db.session.commit()
    return db.session.get(Job, job_id) if claimed.rowcount else None  # type: ignore[attr-defined]


def _fail(job_id: int, attempts: int, error: str) -> None:
    last = attempts >= MAX_ATTEMPTS
    wait = timedelta(seconds=min(3600, 5 * 4**attempts))
    _settle(
        job_id, state=FAILED if last else QUEUED, error=error[-4000:], run_after=clock.utcnow() + wait, lease_until=None
    )
    db.session.commit()


def _settle(job_id: int, **values: object) -> None:
    db.session.execute(sa.update(Job).where(Job.id == job_id).values(**values))
