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
def running(state_dir: Path, settings: Mapping[str, str] | None = None, *options: str) -> Iterator[str]:
    """`settings`: by name without the prefix; `options` of the command. Ends with the supervisor, which leaves nobody
    behind."""
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("RECOGNITION_")}
    env |= {"RECOGNITION_STATE_DIR": str(state_dir)} | {f"RECOGNITION_{k}": v for k, v in (settings or {}).items()}
    with (state_dir / "run.log").open("w") as log:
        program = subprocess.Popen([sys.executable, "-m", "recognition", "run", "--port", str(port), *options],
                                   env=env, stdout=subprocess.PIPE, stderr=log, text=True)  # fmt: skip
        with program:
            try:
                yield _address(program, state_dir / "run.log")
            finally:
                program.terminate()


def _address(program: subprocess.Popen[str], log: Path) -> str:
    assert program.stdout is not None
    for line in program.stdout:
        if "Recognition is at " in line:
            return line.split()[-1]
    raise RuntimeError(log.read_text())


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
