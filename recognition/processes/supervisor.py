"""Keeps a handful of processes running as one program: restarts what dies, stops all in order, leaves none behind."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from types import FrameType

from recognition.processes.valkey import guarded

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
# Whoever lived this long was well: its next death counts as the first.
SETTLED_SECONDS = 30.0
STOP_SECONDS = 10.0
# This often, before the program was ever ready, means that it never will be.
FAILED_STARTS = 4


class Stopped(Exception):
    """Somebody asked the program to end."""


class GaveUp(Exception):
    """A part that cannot start; its own error is on the terminal above."""


@dataclass(frozen=True)
class Part:
    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    # Parts are stopped in rising order: a server that others need has a higher one.
    stop_order: int = 0


@dataclass
class _Running:
    part: Part
    process: subprocess.Popen[bytes]
    since: float
    deaths: int


class Supervisor:
    """Used by one thread, the main one: the kernel ends a child when the *thread* that started it ends."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self._running: dict[str, _Running] = {}
        self._restarts: dict[str, tuple[float, Part, int]] = {}
        self._ready = False
        # Signals only leave a note here and wake turn(), which decides. SimpleQueue.put may interrupt itself.
        self._notes: SimpleQueue[str] = SimpleQueue()

    def listen(self) -> None:
        for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGCHLD"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._note)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._notes.put(signal.Signals(number).name)

    def start(self, part: Part, deaths: int = 0) -> None:
        """Every part has a session of its own (Ctrl-C goes to us alone) and standard input as its lifeline."""
        process = subprocess.Popen(
            guarded(list(part.command)), env=os.environ | dict(part.env), stdin=subprocess.PIPE, start_new_session=True
        )
        self._running[part.name] = _Running(part, process, time.monotonic(), deaths)

    def finish(self, part: Part) -> int:
        """Run a part that ends by itself, and return its exit code."""
        self.start(part)
        process = self._running[part.name].process
        while process.poll() is None:
            self.turn(0.05, apart_from=part.name)
        del self._running[part.name]
        _release(process)
        return process.returncode

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            self.turn(0.05)
        return True

    def serve(self) -> None:
        """Watch until somebody asks to stop; that raises Stopped."""
        self._ready = True
        while True:
            self.turn(0.5)

    def turn(self, seconds: float, apart_from: str = "") -> None:
        """Wait so long, or until a signal comes; then bury and restart. Raises Stopped and GaveUp."""
        with contextlib.suppress(Empty):
            if self._notes.get(timeout=seconds) != "SIGCHLD":
                raise Stopped
        now = time.monotonic()
        for running in list(self._running.values()):
            if running.part.name != apart_from and running.process.poll() is not None:
                self._bury(running, now)
        for name, (due, part, deaths) in list(self._restarts.items()):
            if due <= now:
                del self._restarts[name]
                self.start(part, deaths)

    def _bury(self, running: _Running, now: float) -> None:
        part = running.part
        del self._running[part.name]
        _release(running.process)
        deaths = 1 if now - running.since > SETTLED_SECONDS else running.deaths + 1
        if deaths >= FAILED_STARTS and not self._ready:
            raise GaveUp(f"{part.name} does not start; the reason is above.")
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (deaths - 1))
        self.say(f"{part.name} ended with {running.process.returncode}; starting it again in {pause:g} s")
        self._restarts[part.name] = (now + pause, part, deaths)

    def stop(self) -> None:
        """Workers first, the server they talk to last. A second Ctrl-C does not leave anybody behind."""
        self._restarts.clear()
        for order in sorted({running.part.stop_order for running in self._running.values()}):
            together = [running.process for running in self._running.values() if running.part.stop_order == order]
            for process in together:
                process.terminate()
            deadline = time.monotonic() + STOP_SECONDS
            for process in together:
                _wait_or_kill(process, deadline)
        self._running.clear()


def _wait_or_kill(process: subprocess.Popen[bytes], deadline: float) -> None:
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _release(process)


def _release(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
