"""The virtual environment: made once, filled from the lock files, by uv where it can be had and by pip otherwise."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

from tools.steps import ROOT, WINDOWS, SetupError, digest, put_stamp, run, say, stamped

OLDEST = (3, 11)
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
SUFFIX = ".exe" if WINDOWS else ""
PYTHON = BIN / f"python{SUFFIX}"
REQUIREMENTS = ROOT / "requirements"
UNREACHABLE = "The packages could not be fetched: is the network, or your package mirror, reachable? Then try again."


def make() -> None:
    if sys.version_info < OLDEST:
        raise SetupError(f"Recognition needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this one is {sys.version.split()[0]}.")
    if works():
        return
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise SetupError(f"This Python comes without its module {missing[0]}; on Debian and Ubuntu: apt install python3-venv.")
    if VENV.exists():
        shutil.rmtree(VENV)
    say("making .venv")
    run([sys.executable, "-m", "venv", VENV], "The folder .venv could not be made here; is the checkout writable?")


def works() -> bool:
    """A .venv outlives neither a move of the checkout nor the removal of the Python it was made from."""
    if not PYTHON.exists():
        return False
    try:
        return run([PYTHON, "-c", "import sys; print(sys.prefix)"], "-").strip() == str(VENV)
    except SetupError:
        return False


def fill(level: str) -> None:
    """`level` names a lock file: run, or test, which holds all of run."""
    lock = REQUIREMENTS / f"{level}.txt"
    project = (ROOT / "pyproject.toml", ROOT / "hatch_build.py", lock)
    wanted = digest(*project)
    if stamped(VENV, level, wanted):
        return
    say(f"fetching the Python packages ({level})")
    install("--require-hashes", "-r", str(lock))
    install("--no-deps", "--no-build-isolation", "-e", str(ROOT))
    put_stamp(VENV, level, wanted)
    if level == "test":
        put_stamp(VENV, "run", digest(*project[:2], REQUIREMENTS / "run.txt"))


def install(*arguments: str) -> None:
    """uv is five times faster, but reads none of pip's configuration: where it fails, pip still knows the mirror."""
    uv = find_uv()
    if uv:
        try:
            run(
                [uv, "pip", "install", "--compile-bytecode", "--python", PYTHON, *arguments],
                UNREACHABLE,
                UV_LINK_MODE="copy",
            )
            return
        except SetupError:
            say("uv could not; trying pip")
    run([PYTHON, "-m", "pip", "install", *arguments], UNREACHABLE, PIP_DISABLE_PIP_VERSION_CHECK="1")


def find_uv() -> Path | None:
    uv = BIN / f"uv{SUFFIX}"
    if not uv.exists():
        try:
            run([PYTHON, "-m", "pip", "install", "--require-hashes", "-r", REQUIREMENTS / "uv.txt"], "-")
        except SetupError:
            return None
    return uv if uv.exists() else None
