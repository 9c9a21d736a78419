"""`recognition jobs list` and `recognition jobs retry`."""

import click
from flask.cli import AppGroup

from recognition.extensions import db, only_reading
from recognition.jobs import failed
from recognition.jobs.models import FAILED

jobs = AppGroup("jobs", help="Background jobs: see what failed and try it again.")


@jobs.command("list")
@click.option("--state", type=click.Choice(["queued", "running", "done", "failed"]), default=FAILED)
@click.option("--limit", default=50)
@only_reading()
def list_jobs(state: str, limit: int) -> None:
    for job in failed.newest(limit, state):
        click.echo(f"{job.id}\t{job.name}\t{job.attempts} attempts\t{failed.last_words(job)}")


@jobs.command("retry")
@click.argument("job_id", type=int)
def retry(job_id: int) -> None:
    try:
        found = failed.retry(job_id)
    except failed.WaitsAlready as fault:
        raise click.ClickException(f"The same work waits already, as job {fault}.") from None
    if not found:
        raise click.ClickException(f"There is no failed job {job_id}.")
    db.session.commit()
    click.echo(f"Job {job_id} is queued again.")
