"""The program's real processes, started, stopped and killed by a test."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.processes.family import descendants

ANSWERS_SECONDS, ENDS_SECONDS = 180, 30


class Family:
    """Processes of one installation: its state, database and queue."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        others = {name: value for name, value in os.environ.items() if not name.startswith("RECOGNITION_")}
        self.env = others | {
            "RECOGNITION_STATE_DIR": str(folder),
            "RECOGNITION_DATABASE_URL": database_url,
            "RECOGNITION_REDIS_URL": redis_url,
            "RECOGNITION_SECRET_KEY": "for-tests-only" * 4,
            "RECOGNITION_DEMO": "1",
        }
        self.log = (folder / "processes.log").open("ab")
        self.alive: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str, **options: Any) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "recognition", *words]
        calls: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": self.log, "stderr": self.log} | options
        process = subprocess.Popen(command, env=self.env, start_new_session=True, **calls)
        self.alive.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL for the process and all that descends from it, in no particular order."""
        for pid in {process.pid, *descendants(process.pid)}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait(ENDS_SECONDS)
        if process.stdout:
            process.stdout.close()

    def answer(self, process: subprocess.Popen[bytes]) -> Any:
        """What a command printed, once it has ended well. Raises TimeoutExpired."""
        text, _errors = process.communicate(timeout=ANSWERS_SECONDS)
        assert process.returncode == 0
        return json.loads(text)


@contextmanager
def family(folder: Path, database_url: str, redis_url: str) -> Iterator[Family]:
    folder.mkdir(parents=True, exist_ok=True)
    started = Family(folder, database_url, redis_url)
    try:
        yield started
    finally:
        for process in started.alive:
            if process.poll() is None:
                started.kill(process)
        started.log.close()
