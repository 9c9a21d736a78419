import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recognition.config import Settings
from tests.processes.family import alive, descendants
from tests.servers.waiting import until

Program = subprocess.Popen[str]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[[int], Program]]:
    started: list[Program] = []
    others = {name: value for name, value in os.environ.items() if not name.startswith("RECOGNITION_")}

    def begin(port: int) -> Program:
        program = subprocess.Popen(
            [sys.executable, "-m", "recognition", "run", "--no-demo", "--port", str(port)],
            env=others | {"RECOGNITION_STATE_DIR": str(tmp_path / "state")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(program)
        return program

    yield begin
    for program in started:
        program.kill()
        program.communicate()


def wait_for_address(program: Program) -> str:
    assert program.stdout is not None
    for line in program.stdout:
        if "Recognition is at " in line:
            return line.split()[-1]
    assert program.stderr is not None
    raise AssertionError(program.stderr.read())


def pid_of(program: Program, part: str) -> int:
    """0 while there is none."""
    return next((pid for pid, words in descendants(program.pid).items() if f"recognition {part} " in words), 0)


def test_a_run_heals_itself_refuses_a_second_and_stops_clean(run: Callable[[int], Program], tmp_path: Path) -> None:
    port = free_port()
    program = run(port)
    here = wait_for_address(program)
    assert here == f"http://127.0.0.1:{port}"
    assert Settings.from_env({"RECOGNITION_STATE_DIR": str(tmp_path / "state")}).base_url == here
    assert {"web", "worker", "scheduler"} == {
        words.split(" recognition ")[1].split()[0] for words in descendants(program.pid).values() if " recognition " in words
    }

    second = run(free_port())
    assert "already runs from" in second.communicate(timeout=30)[1]
    assert second.returncode == 1

    worker = pid_of(program, "worker")
    os.kill(worker, signal.SIGKILL)
    until(lambda: pid_of(program, "worker") not in (0, worker), "another worker", 30)

    with urllib.request.urlopen(f"{here}/readyz") as answer:
        assert answer.status == 200
    family = set(descendants(program.pid))
    program.send_signal(signal.SIGTERM)
    assert "Nothing is lost" in program.communicate(timeout=30)[1]
    assert program.returncode == 0
    assert alive(family) == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nobody_outlives_a_run(run: Callable[[int], Program], number: signal.Signals) -> None:
    program = run(free_port())
    wait_for_address(program)
    family = set(descendants(program.pid))
    assert len(family) >= 4
    program.send_signal(number)
    program.communicate(timeout=30)
    until(lambda: not alive(family), "nobody left behind", 20)


def test_a_taken_port_is_said_plainly(run: Callable[[int], Program]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert run(port).communicate(timeout=30)[1] == f"Error: Port {port} is taken; try --port {port + 1}.\n"
