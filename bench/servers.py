"""Child processes for a figure: started on a free port of loopback, waited for, and ended with it."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from recognition.processes import valkey
from tests.servers.waiting import until


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def settings(database_url: str, redis_url: str, state: Path) -> dict[str, str]:
    """The environment of a program over this database, with none of the caller's own settings."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("RECOGNITION_")}
    return others | {"RECOGNITION_DATABASE_URL": database_url, "RECOGNITION_REDIS_URL": redis_url,
                     "RECOGNITION_STATE_DIR": str(state), "RECOGNITION_DEMO": "1"}  # fmt: skip


@contextmanager
def module(name: str, *words: str, env: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m name words`; its words go to a file that is shown if it ends by itself."""
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen([sys.executable, "-m", name, *words], env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            yield child
            if child.poll():
                log.seek(0)
                raise SystemExit(log.read().decode())
        finally:
            child.terminate()
            child.wait(30)


@contextmanager
def bell() -> Iterator[str]:
    """A real Valkey of its own; its address."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        server = valkey.start(Path(folder), Path(folder) / "sock")
        try:
            yield server.url
        finally:
            server.stop()


def wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    until(lambda: child.poll() is not None or listens(port), f"port {port}", 60)
