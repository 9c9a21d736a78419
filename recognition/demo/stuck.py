"""What got stuck in the demo, for an admin to give another chance: a job that failed and a deed that was set aside."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.extensions import db
from recognition.jobs.models import FAILED, Job

JOB = "badges.count_holders"
TELLER, KEY = "marta", "set-aside"
ERROR = "OSError: the disk was full for a moment (invented, for the demo: the next try goes well)"
TRIES = 5


def leave(ids: Mapping[str, int], now: datetime) -> None:
    """Safe to repeat: what was tried again stays tried."""
    then = now - timedelta(hours=5)
    if db.session.scalar(sa.select(Job.id).where(Job.name == JOB, Job.error == ERROR).limit(1)) is None:
        db.session.add(Job(name=JOB, args={}, state=FAILED, run_after=then, attempts=TRIES, error=ERROR, created_at=then))
    if TELLER not in ids:
        return
    deed = Report(member_id=ids[TELLER], source="demo", source_key=KEY, kind="other", occurred_at=then,
                  text="Labelled the shelf with the spare microphones.", visibility="me")  # fmt: skip
    outcome = record([deed], now, wake=False)[0]
    if outcome.new:
        stuck = sa.update(Activity).where(Activity.id == outcome.id)
        db.session.execute(stuck.values(set_aside_at=then, set_aside_error=ERROR))
