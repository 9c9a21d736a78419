"""Jobs that were tried often enough: listed, and tried again from the start."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from recognition import clock
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.jobs.models import FAILED, QUEUED, UNTRIED, Job


class WaitsAlready(Exception):
    """Under another number, which is the argument."""


def newest(limit: int, state: str = FAILED, below: int | None = None) -> Sequence[Job]:
    """`below`: those with a smaller number only, for the next page."""
    wanted = sa.select(Job).where(Job.state == state).order_by(Job.id.desc()).limit(limit)
    return db.session.scalars(wanted if below is None else wanted.where(Job.id < below)).all()


def by_id(job_id: int) -> Job | None:
    return db.session.get(Job, job_id)


def last_words(job: Job) -> str:
    """The line of its error that says what happened."""
    return (job.error or "").strip().rpartition("\n")[2]


def retry(job_id: int) -> bool:
    """False when there is no failed job of this number. Raises WaitsAlready when somebody asked for the same work."""
    failed = sa.update(Job).where(Job.id == job_id, Job.state == FAILED)
    try:
        with db.session.begin_nested():
            changed = db.session.execute(failed.values(state=QUEUED, attempts=0, run_after=clock.utcnow()))
    except IntegrityError:
        key = sa.select(Job.dedupe_key).where(Job.id == job_id).scalar_subquery()
        other = db.session.scalar(sa.select(Job.id).where(Job.dedupe_key == key, sa.text(UNTRIED)))
        raise WaitsAlready(other) from None
    if changed.rowcount:  # type: ignore[attr-defined]
        ledger.ring(f"job:{job_id}")
    return bool(changed.rowcount)  # type: ignore[attr-defined]
