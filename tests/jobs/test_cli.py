"""`recognition jobs`: what failed, and trying it again."""

import pytest

from recognition.extensions import db as database
from recognition.jobs import ledger, worker
from recognition.jobs.models import DONE, FAILED, QUEUED, Job
from tests.jobs.test_scheduler import NOON, add


@pytest.fixture
def rung(monkeypatch):
    heard: list[str] = []
    monkeypatch.setattr(ledger, "push", lambda bell: bool(heard.append(bell)) or True)
    return heard


@pytest.fixture
def command(app):
    return lambda *words: app.test_cli_runner().invoke(args=["jobs", *map(str, words)])


def test_the_newest_failures_come_first(db, command):
    first = add("mail", state=FAILED, attempts=5, error="Traceback\n  somewhere\nValueError: no legs\n")
    second = add("bake", state=FAILED, attempts=5)
    waiting = add("count")
    listed = command("list")
    assert listed.output == f"{second}\tbake\t5 attempts\t\n{first}\tmail\t5 attempts\tValueError: no legs\n"
    assert command("list", "--limit", 1).output == f"{second}\tbake\t5 attempts\t\n"
    assert command("list", "--state", "queued").output == f"{waiting}\tcount\t0 attempts\t\n"
    assert command("list", "--state", "lost").exit_code == 2


def test_a_failed_job_is_tried_again_from_the_start(app, db, command, rung, monkeypatch):
    monkeypatch.setitem(app.extensions, "jobs", {"mail": lambda: None})
    job_id = add("mail", state=FAILED, attempts=5, error="ValueError: no legs")
    answer = command("retry", job_id)
    assert (answer.exit_code, answer.output) == (0, f"Job {job_id} is queued again.\n")
    assert rung == [f"job:{job_id}"]
    job = db.session.get(Job, job_id, populate_existing=True)
    assert (job.state, job.attempts) == (QUEUED, 0)
    assert job.run_after > NOON
    assert worker.run(job_id) is True
    assert db.session.get(Job, job_id, populate_existing=True).state == DONE


@pytest.mark.parametrize("state", [QUEUED, DONE])
def test_only_a_failed_job_is_retried(db, command, rung, state):
    job_id = add(state=state)
    answer = command("retry", job_id)
    assert (answer.exit_code, answer.output) == (1, f"Error: There is no failed job {job_id}.\n")
    assert rung == []


def test_a_key_that_somebody_else_took_meanwhile(db, command, rung):
    failed = add(state=FAILED, attempts=5, dedupe_key="k")
    waiting = add(dedupe_key="k")
    answer = command("retry", failed)
    assert answer.exit_code == 1
    assert answer.output == f"Error: The same work waits already, as job {waiting}.\n"
    database.session.rollback()
    assert db.session.get(Job, failed, populate_existing=True).state == FAILED
