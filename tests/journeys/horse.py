"""A worker that dies: forks a child for each round, as the queue's worker does, and the child ends itself by SIGKILL
before its n-th word with the database. Reads how many words each child has from stdin, answers with its fate."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from recognition.activities.drain import drain
from recognition.extensions import db
from tests.journeys import world

BATCH_ROWS = 25


def _fatal_after(words: int) -> None:
    """Statements and commits are the words: between two of them is every place where a process can die differently."""
    left: Iterator[int] = iter(range(words - 1, -1, -1))

    def say(*_details: object) -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(db.engine, "before_cursor_execute", say)
    sa.event.listen(db.engine, "commit", say)


def main(folder: Path, url: str) -> None:
    app = world.program(folder, url)
    with app.app_context():
        for line in sys.stdin:
            db.session.remove()
            db.engine.dispose()
            child = os.fork()
            if child == 0:
                _fatal_after(int(line))
                drain(BATCH_ROWS)
                os._exit(0)
            _pid, status = os.waitpid(child, 0)
            print("killed" if os.WIFSIGNALED(status) else f"ended {os.waitstatus_to_exitcode(status)}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
