"""`recognition jobs list` and `recognition jobs retry`."""

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError

from recognition import clock
from recognition.extensions import db, only_reading
from recognition.jobs import ledger
from recognition.jobs.models import FAILED, QUEUED, UNTRIED, Job

jobs = AppGroup("jobs", help="Background jobs: see what failed and try it again.")


@jobs.command("list")
@click.option("--state", type=click.Choice(["queued", "running", "done", "failed"]), default=FAILED)
@click.option("--limit", default=50)
@only_reading()
def list_jobs(state: str, limit: int) -> None:
    for job in db.session.scalars(sa.select(Job).where(Job.state == state).order_by(Job.id.desc()).limit(limit)):
        last = (job.error or "").strip().splitlines()
        click.echo(f"{job.id}\t{job.name}\t{job.attempts} attempts\t{last[-1] if last else ''}")


@jobs.command("retry")
@click.argument("job_id", type=int)
def retry(job_id: int) -> None:
    values = {"state": QUEUED, "attempts": 0, "run_after": clock.utcnow()}
    try:
        changed = db.session.execute(sa.update(Job).where(Job.id == job_id, Job.state == FAILED).values(**values))
    except IntegrityError:
        db.session.rollback()
        raise click.ClickException(_who_has_it(job_id)) from None
    db.session.commit()
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise click.ClickException(f"There is no failed job {job_id}.")
    ledger.push(f"job:{job_id}")
    click.echo(f"Job {job_id} is queued again.")


def _who_has_it(job_id: int) -> str:
    key = sa.select(Job.dedupe_key).where(Job.id == job_id).scalar_subquery()
    other = sa.select(Job.id).where(Job.dedupe_key == key, sa.text(UNTRIED))
    return f"The same work waits already, as job {db.session.scalar(other)}."
