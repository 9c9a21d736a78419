"""Waiting for a condition, the only kind of waiting in this suite."""

import time
from collections.abc import Callable

PAUSE_SECONDS = 0.01


def until(condition: Callable[[], object], what: str, seconds: float = 60.0, pause_seconds: float = PAUSE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {seconds:g} s in vain for: {what}")
        time.sleep(pause_seconds)
