"""The whole product as people start it: web, worker, scheduler and Valkey as processes of their own, with the demo."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.programs import wait
from tests.servers.waiting import until

READY, START_SECONDS, STOP_SECONDS = "Recognition is at ", 300.0, 60.0
HOME = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def site_state() -> Iterator[Path]:
    """Where the product that runs as `site` keeps its state: what the command line is told."""
    with tempfile.TemporaryDirectory(prefix="site-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def site(site_state: Path) -> Iterator[str]:
    """The address of a running product with the demo community."""
    with running(site_state) as address:
        yield address


@contextmanager
def running(
    state_dir: Path, settings: Mapping[str, str] | None = None, *options: str, module: str = "recognition"
) -> Iterator[str]:
    """`settings`: by name without the prefix; `options` of the command; `module`: whose command it is. Ends with the
    supervisor, which leaves nobody behind."""
    port, log = free_port(), state_dir / "run.log"
    env = {name: value for name, value in os.environ.items() if not name.startswith("RECOGNITION_")}
    env |= {"RECOGNITION_STATE_DIR": str(state_dir)} | {f"RECOGNITION_{k}": v for k, v in (settings or {}).items()}
    command = [sys.executable, "-m", module, "run", "--port", str(port), *options]
    # Into a file: where nobody reads a pipe, whoever writes much into it stands still.
    with log.open("w") as said:
        program = subprocess.Popen(command, cwd=HOME, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            until(lambda: program.poll() is not None or READY in log.read_text(), "the product", START_SECONDS)
            if program.poll() is not None:
                raise RuntimeError(log.read_text())
            yield f"http://127.0.0.1:{port}"
        finally:
            program.terminate()
            wait(program, " ".join(command), STOP_SECONDS)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
