import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes.family import alive, descendants
from tests.servers.waiting import until

Program = subprocess.Popen[str]
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
pytestmark = linux


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    started: list[Program] = []

    def begin(*arguments: str) -> Program:
        script = Path(__file__).with_name("small_program.py")
        program = subprocess.Popen([sys.executable, script, tmp_path, *arguments], stdout=subprocess.PIPE, text=True)
        started.append(program)
        return program

    yield begin
    for program in started:
        program.kill()
        program.communicate()


def read_until(program: Program, line: str) -> list[str]:
    assert program.stdout is not None
    read: list[str] = []
    for text in program.stdout:
        read.append(text.strip())
        if read[-1] == line:
            return read
    raise AssertionError(f"{line} was never said: {read}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_stop_it_stops_workers_before_the_server(
    start: Callable[..., Program], tmp_path: Path, number: signal.Signals
) -> None:
    program = start()
    assert read_until(program, "ready") == ["finished with 3", "ready"]
    family = set(descendants(program.pid))
    assert len(family) == 6
    program.send_signal(number)
    assert program.communicate(timeout=20)[0] == "stopped\n"
    until(lambda: not alive(family), "nobody left behind")
    ends = [line for line in (tmp_path / "notes").read_text().splitlines() if line.endswith("ends")]
    assert sorted(ends[:-1]) == ["stubborn ends", "worker ends"]
    assert ends[-1] == "server ends"


def test_killed_it_leaves_nobody_behind(start: Callable[..., Program]) -> None:
    program = start()
    read_until(program, "ready")
    family = set(descendants(program.pid))
    program.kill()
    until(lambda: not alive(family), "nobody left behind")


def test_a_killed_part_is_started_again(start: Callable[..., Program], tmp_path: Path) -> None:
    program = start()
    read_until(program, "ready")
    worker = next(pid for pid, words in descendants(program.pid).items() if f" worker {tmp_path}" in words)
    os.kill(worker, signal.SIGKILL)
    read_until(program, "worker ended with -9; starting it again in 0.5 s")
    until(lambda: (tmp_path / "notes").read_text().count("worker begins") == 2, "the worker's second life")


def test_a_part_that_never_starts_ends_the_program(start: Callable[..., Program]) -> None:
    program = start("--broken")
    read_until(program, "broken does not start; the reason is above.")
    family = set(descendants(program.pid))
    program.communicate(timeout=20)
    until(lambda: not alive(family), "nobody left behind")
