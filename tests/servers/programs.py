"""Programs that a test starts: whatever they say is read as it comes, so that none of them waits for a reader; their words and
their end are waited for so long and no longer; and none outlives who started it."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

LINE_SECONDS, END_SECONDS = 120.0, 30.0


class Program:
    """Line by line: what it is told, and what it answers."""

    def __init__(self, command: Sequence[str | Path], **options: Any) -> None:
        self.name = " ".join(map(str, command))[:200]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)
        self._said: SimpleQueue[str] = SimpleQueue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        print(line, file=self.process.stdin, flush=True)

    def line(self, seconds: float = LINE_SECONDS) -> str:
        """The next one, without its end. Raises TimeoutError, and EOFError where it will say no more."""
        try:
            found = self._said.get(timeout=seconds)
        except Empty:
            raise TimeoutError(f"Nothing was heard for {seconds:g} s from: {self.name}") from None
        if not found:
            self._said.put("")
            raise EOFError(f"It ended with {self.process.poll()}, and says no more: {self.name}")
        return found.rstrip("\n")

    def _read(self) -> None:
        assert self.process.stdout is not None
        with suppress(OSError, ValueError), self.process.stdout as said:
            for line in said:
                self._said.put(line)
        self._said.put("")

    def end(self, seconds: float = END_SECONDS) -> None:
        """It is told that nothing more comes, and ends by itself. Raises TimeoutError where it does not, and ends it."""
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.close()
        wait(self.process, self.name, seconds)
        self._reader.join(seconds)


def wait(process: subprocess.Popen[Any], name: str, seconds: float = END_SECONDS) -> int:
    """How it ended. Raises TimeoutError, when it is gone too."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(END_SECONDS)
        raise TimeoutError(f"Did not end within {seconds:g} s: {name}") from None


@contextmanager
def program(command: Sequence[str | Path], *, asked: bool = False, **options: Any) -> Iterator[Program]:
    """`asked`: it ends when it is asked to, and not by itself when nothing more is told to it."""
    started = Program(command, **options)
    try:
        yield started
    except BaseException:
        started.process.kill()
        raise
    finally:
        if asked:
            started.process.terminate()
        started.end()
