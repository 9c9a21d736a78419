"""A house that lives through days: for each moment it is told, it puts the clock there and does whatever the timetable and the
bells have, as a worker would. Or a child of it does, that is to end itself by SIGKILL before its n-th word with the database.
Reads `<moment> <words>` from stdin (0 words: live), answers with its fate."""

import os
import signal
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from recognition import clock, create_app
from recognition.config import MailServer
from recognition.extensions import db
from recognition.jobs import ledger, scheduler, worker
from recognition.jobs.models import QUEUED, RUNNING, Job
from recognition.processes.lifeline import die_with_parent
from tests.conftest import hurry, make_settings

LONG = 1e6
"""Seconds in which no lease is renewed: the child is quicker, and its clock stands still."""
ROUNDS_MAX = 60


def program(folder: Path, url: str, mail_port: int) -> Flask:
    server = MailServer("127.0.0.1", mail_port, False, "", "", "hall@hall.example")
    return create_app(make_settings(folder, database_url=url, mail=server))


def live(app: Flask) -> None:
    """Until nothing is left to do at this moment."""
    scheduler.tick(app.extensions["timetable"])
    for _round in range(ROUNDS_MAX):
        now = clock.utcnow()
        db.session.rollback()
        lapsed = sa.and_(Job.state == RUNNING, Job.lease_until < now)
        due = sa.select(Job.id).where(sa.or_(Job.state == QUEUED, lapsed), Job.run_after <= now).order_by(Job.id)
        ids = db.session.scalars(due).all()
        db.session.rollback()
        for job_id in ids:
            worker.run(job_id, LONG)
        rung = [bell for bell, waits in app.extensions["watched"].items() if waits()]
        db.session.rollback()
        for bell in rung:
            app.extensions["bells"][bell]()
            db.session.commit()
        if not ids and not rung:
            return
    raise AssertionError(f"still at work after {ROUNDS_MAX} rounds: {ids} {rung}")


def _fatal_after(words: int) -> None:
    left: Iterator[int] = iter(range(words - 1, -1, -1))

    def say(*_details: object) -> None:
        if next(left, 1) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(db.engine, "before_cursor_execute", say)
    sa.event.listen(db.engine, "commit", say)


def main(folder: Path, url: str, mail_port: int) -> None:
    app = program(folder, url, mail_port)
    # The doorbell hangs nowhere here, and nobody waits for it.
    ledger.push = lambda _bell: True
    with app.app_context():
        sa.event.listen(db.engine, "connect", hurry)
        for line in sys.stdin:
            moment, words = line.split()
            with clock.as_of(datetime.fromisoformat(moment)):
                print(_fate_of_a_child(app, int(words)) if int(words) else _lived(app), flush=True)


def _lived(app: Flask) -> str:
    live(app)
    db.session.remove()
    return "ended 0"


def _fate_of_a_child(app: Flask, words: int) -> str:
    """No connection is shared with it."""
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        die_with_parent()
        _fatal_after(words)
        live(app)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return "killed" if os.WIFSIGNALED(status) else f"ended {os.waitstatus_to_exitcode(status)}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
