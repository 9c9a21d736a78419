"""The whole product as people start it: web, worker, scheduler and Valkey as processes of their own, with the demo."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from recognition.extensions import db
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


@contextmanager
def served(program: Flask, address: str) -> Iterator[None]:
    """One program at an address of this machine, within this process; lets go of its database afterwards."""
    server = make_server("127.0.0.1", int(address.rpartition(":")[2]), _in_one_piece(program), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        if "sqlalchemy" in program.extensions:
            with program.app_context():
                db.session.remove()
                db.engine.dispose()


def _in_one_piece(program: Flask) -> Callable[..., Iterable[bytes]]:
    """Where a browser hangs up in the middle of a file, Werkzeug's server forgets to close it."""

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        parts = program(environ, start_response)
        try:
            return list(parts)
        finally:
            if close := getattr(parts, "close", None):
                close()

    return answer


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
