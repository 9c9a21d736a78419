"""A worker that dies while it closes a round and tells the result: forks a child for each round, which ends itself by
SIGKILL before its n-th word with the database. Reads how many words each child has from stdin, answers with its fate."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from recognition import clock
from recognition.contests import jobs
from recognition.contests.services import moving
from recognition.extensions import db
from tests.factories.contests import days
from tests.journeys import world


def _fatal_after(words: int) -> None:
    """Statements and commits: between two of them is every place where a process can die differently."""
    left: Iterator[int] = iter(range(words - 1, -1, -1))

    def say(*_details: object) -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(db.engine, "before_cursor_execute", say)
    sa.event.listen(db.engine, "commit", say)


def close_and_tell(round_id: int, contest_id: int) -> None:
    """What the ledger's jobs do, without waiting for the clock."""
    with clock.as_of(days(7)):
        moving.move_round(round_id, days(7))
        db.session.commit()
        jobs.tell_results(contest_id)
        db.session.commit()


def main(folder: Path, url: str, round_id: int, contest_id: int) -> None:
    app = world.program(folder, url)
    with app.app_context():
        for line in sys.stdin:
            db.session.remove()
            db.engine.dispose()
            child = os.fork()
            if child == 0:
                _fatal_after(int(line))
                close_and_tell(round_id, contest_id)
                os._exit(0)
            _pid, status = os.waitpid(child, 0)
            print("killed" if os.WIFSIGNALED(status) else f"ended {os.waitstatus_to_exitcode(status)}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
