"""One set-up step: quiet when it works, a clear sentence when it does not, and a stamp that lets it be skipped."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WINDOWS = os.name == "nt"


class SetupError(Exception):
    """Its text is the sentence shown to the person at the keyboard."""


def say(text: str) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)


def run(command: Sequence[str | Path], failure: str, **env: str) -> str:
    """Return stdout; on failure raise SetupError with `failure` below the last lines the command wrote."""
    try:
        done = subprocess.run(
            [str(part) for part in command], cwd=ROOT, env=os.environ | env, text=True, capture_output=True, check=False
        )
    except OSError as error:
        raise SetupError(f"{failure} ({error})") from error
    if done.returncode:
        tail = (done.stderr or done.stdout).strip().splitlines()[-12:]
        raise SetupError("\n".join([*(f"    {line}" for line in tail), failure]))
    return done.stdout


def digest(*paths: Path) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def stamped(folder: Path, name: str, value: str) -> bool:
    """The stamp lies inside the folder it vouches for, so deleting the folder is enough to start afresh."""
    stamp = folder / f".{name}.stamp"
    return stamp.is_file() and stamp.read_text() == value


def put_stamp(folder: Path, name: str, value: str) -> None:
    (folder / f".{name}.stamp").write_text(value)
