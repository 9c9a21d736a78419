"""Finds what the bells forgot: due jobs, leases that ran out, and work recorded in other tables."""

import sqlalchemy as sa
from flask import current_app

from recognition import clock
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.jobs.models import QUEUED, RUNNING, Job

BATCH = 500


def sweep() -> list[str]:
    """Ring for everything that waits, and return those bells. Safe to run anywhere, any number of times at once."""
    now = clock.utcnow()
    lapsed = sa.and_(Job.state == RUNNING, Job.lease_until < now)
    due = sa.select(Job.id).where(sa.or_(Job.state == QUEUED, lapsed), Job.run_after <= now).order_by(Job.run_after)
    bells = [f"job:{job_id}" for job_id in db.session.scalars(due.limit(BATCH))]
    bells += [bell for bell, waits in current_app.extensions["watched"].items() if waits()]
    db.session.rollback()
    for bell in bells:
        if not ledger.push(bell):
            break
    return bells
