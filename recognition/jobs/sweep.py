"""Finds what the bells forgot: due jobs, lapsed leases, work recorded in other tables. Clears old jobs away."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from recognition import clock
from recognition.extensions import db, only_reading
from recognition.jobs import ledger
from recognition.jobs.models import DONE, FAILED, QUEUED, RUNNING, Job
from recognition.jobs.worker import MAX_ATTEMPTS

BATCH = 500
KEEP_DONE = timedelta(days=7)


def sweep() -> list[str]:
    """Ring for everything that waits, and return those bells. Safe to run anywhere, any number of times at once."""
    now = clock.utcnow()
    _give_up(now)
    lapsed = sa.and_(Job.state == RUNNING, Job.lease_until < now)
    due = sa.select(Job.id).where(sa.or_(Job.state == QUEUED, lapsed), Job.run_after <= now).order_by(Job.run_after)
    with only_reading():
        bells = [f"job:{job_id}" for job_id in db.session.scalars(due.limit(BATCH))]
        bells += [bell for bell, waits in current_app.extensions["watched"].items() if waits()]
    for bell in bells:
        if not ledger.push(bell):
            break
    return bells


def _give_up(now: datetime) -> None:
    """A job that ends its worker each time never comes to write down that it failed."""
    is_lost = sa.and_(Job.state == RUNNING, Job.lease_until < now, Job.attempts >= MAX_ATTEMPTS)
    with only_reading():
        if not db.session.scalar(sa.select(sa.exists().where(is_lost))):
            return
    lost = sa.update(Job).where(is_lost)
    error = f"Its worker ended in the middle of it, the last time at attempt {MAX_ATTEMPTS}."
    db.session.execute(lost.values(state=FAILED, error=error, lease_until=None))
    db.session.commit()


def tidy() -> int:
    """Forget jobs that were done a while ago; failed ones stay until somebody has looked at them."""
    old = sa.delete(Job).where(Job.state == DONE, Job.finished_at < clock.utcnow() - KEEP_DONE)
    return int(db.session.execute(old).rowcount)  # type: ignore[attr-defined]
