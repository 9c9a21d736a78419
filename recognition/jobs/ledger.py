"""Ask for background work inside the caller's transaction; ring the bell only after the outer commit."""

import logging
import time
from typing import Any

import sqlalchemy as sa
from flask import current_app
from redis import Redis, RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from recognition import clock
from recognition.database import upsert
from recognition.extensions import db
from recognition.jobs.models import QUEUED, UNTRIED, Job

log = logging.getLogger(__name__)
QUEUE_NAME = "recognition"
BELL_SECONDS = 30
"""A bell that was lost on its way may be rung again after this long; the sweep rings as often."""
QUIET_SECONDS = 3
_PENDING = "jobs_to_ring"
_quiet_until = 0.0


def defer(name: str, /, *, dedupe_key: str | None = None, run_after: Any = None, **args: Any) -> int | None:
    """Put a job in the ledger. None means that one with the same dedupe_key waits and will see what the caller changed:
    it does not begin before the caller's commit. A job that began already does not stand in for a new one."""
    now = clock.utcnow()
    row = {"name": name, "args": args, "dedupe_key": dedupe_key, "state": QUEUED, "run_after": run_after or now,
           "attempts": 0, "created_at": now}  # fmt: skip
    statement = upsert(Job.__table__).values(row).returning(Job.__table__.c.id)
    # Changes nothing, but holds the row that is there already, which DO NOTHING would not.
    held = statement.on_conflict_do_update(index_elements=["dedupe_key"], index_where=sa.text(UNTRIED),
                                           set_={"name": name}, where=sa.false())  # fmt: skip
    job_id: int | None = db.session.scalar(held)
    if job_id is not None:
        _after_commit(f"job:{job_id}")
    return job_id


def ring(bell: str) -> None:
    """Wake work whose record is a table of its own (the drain's is the activity log): nothing is stored for it here."""
    _after_commit(bell)


def _after_commit(bell: str) -> None:
    session = db.session()
    session.info.setdefault(_PENDING, []).append(bell)


@event.listens_for(Session, "after_commit")
def _push_all(session: Session) -> None:
    # Also fires when a savepoint is released: only the outermost commit counts.
    if session.in_nested_transaction():
        return
    for bell in dict.fromkeys(session.info.pop(_PENDING, [])):
        push(bell)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, previous: SessionTransaction) -> None:
    if previous.parent is None:
        session.info.pop(_PENDING, None)


def push(bell: str, behind: bool = False) -> bool:
    """Ring now. A bell that already hangs in the queue and was not heard yet is not rung twice. What has no job row goes
    first, since somebody may look at a page and wait for it; `behind`: not this time. Never raises: without Redis the
    sweep finds the work, and for a moment nobody is made to wait for it again."""
    global _quiet_until  # noqa: PLW0603  one breaker a process
    redis: Redis = current_app.extensions["redis"]
    if time.monotonic() < _quiet_until:
        return False
    try:
        if not redis.set(heard_key(bell), 1, nx=True, ex=BELL_SECONDS):
            return True
        try:
            queue(redis).enqueue(
                "recognition.jobs.worker.answer", bell, at_front=not (behind or bell.startswith("job:")),
                result_ttl=0, failure_ttl=86_400, job_timeout=600,
            )  # fmt: skip
        except RedisError:
            redis.delete(heard_key(bell))
            raise
    except (RedisError, OSError) as fault:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("The queue did not answer; the sweep will pick up %s later (%s).", bell, type(fault).__name__)
        return False
    return True


def heard_key(bell: str) -> str:
    return f"recognition:bell:{bell}"


def queue(redis: Redis) -> Queue:
    return Queue(QUEUE_NAME, connection=redis, serializer=JSONSerializer)


def waiting_count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(Job.state == QUEUED)) or 0
