#!/usr/bin/env python3
"""Everything a developer does here, with nothing installed but Python 3.11 or newer.

    python3 dev.py run [--port 8000] [--no-demo]    start the whole product, with the demo community
    python3 dev.py test [pytest arguments]          run the whole suite on the real parts
    python3 dev.py check                            ruff, mypy and the import law
    python3 dev.py bench [name]                     measure against the references
    python3 dev.py fuzz [--examples 400]            thousands of odd requests to the API of a running product
    python3 dev.py shots                            pictures of every page, in build/shots
    python3 dev.py setup | lock | clean             set up only; renew the lock files; remove all that was fetched

What is missing is fetched first; what is there is used.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import assets, chromium, environment, node
from tools.steps import ROOT, WINDOWS, SetupError, run, say

CLEANED = (".venv", "node_modules", "build", "static/vendor", ".mypy_cache", ".pytest_cache", ".ruff_cache")


def prepare(level: str) -> dict[str, str]:
    """Fetch what is missing and return the environment variables that name the test programs."""
    environment.make()
    environment.fill(level)
    if level == "run":
        node.fetch("run", node.find(node.FOR_FETCHING))
        assets.copy()
        return {}
    engine, browser = node.find(node.FOR_TESTING), chromium.installed()
    node.fetch("test" if browser else "all", engine)
    assets.copy()
    return {"RECOGNITION_TEST_NODE": str(engine.program), "CHROMIUM": str(browser or chromium.unpacked(engine))}


def start(command: list[str | Path], **env: str) -> int:
    """Become the program, so that signals reach it and nothing waits in between; Windows can only wait."""
    arguments = [str(part) for part in command]
    os.chdir(ROOT)
    if not WINDOWS:
        sys.stdout.flush()
        os.execve(arguments[0], arguments, os.environ | env)
    return subprocess.run(arguments, env=os.environ | env, check=False).returncode


def cmd_setup() -> int:
    prepare("test")
    say("ready")
    return 0


def cmd_run(arguments: list[str]) -> int:
    prepare("run")
    return start([environment.BIN / f"recognition{environment.SUFFIX}", "run", *arguments])


def cmd_test(arguments: list[str]) -> int:
    """The whole suite runs in several processes, each with servers and databases of its own; a part of it in one."""
    together = [] if arguments else ["-n", "auto", "--maxprocesses", "4", "--dist", "worksteal"]
    return start([environment.PYTHON, "-m", "pytest", *together, *arguments], **prepare("test"))


def cmd_check() -> int:
    programs = prepare("test")
    for step in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        say(" ".join(step))
        done = subprocess.run([environment.PYTHON, "-m", *step], cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    return start([environment.PYTHON, "-m", "pytest", "tests/test_architecture.py"], **programs)


def cmd_bench(arguments: list[str]) -> int:
    return start([environment.PYTHON, "-m", "bench", *arguments], **prepare("test"))


def cmd_fuzz(arguments: list[str]) -> int:
    return start([environment.PYTHON, "-m", "tests.fuzz", *arguments], **prepare("test"))


def cmd_shots(arguments: list[str]) -> int:
    return start([environment.PYTHON, "-m", "tests.shots", *arguments], **prepare("test"))


def cmd_lock(arguments: list[str]) -> int:
    """Lock files hold names, versions and hashes, never a host, so that any mirror can serve them."""
    environment.make()
    uv = environment.find_uv()
    if uv is None:
        raise SetupError(environment.UNREACHABLE)
    fixed = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate", *arguments]
    sources = {
        "run": "pyproject.toml --extra build",
        "test": "pyproject.toml --extra build --extra test --extra dev -c requirements/run.txt",
        "node": "requirements/node.in",
        "uv": "requirements/uv.in",
    }
    for name, source in sources.items():
        run([uv, "pip", "compile", *fixed, *source.split(), "-o", f"requirements/{name}.txt"], environment.UNREACHABLE)
    return 0


def cmd_clean() -> int:
    """What was fetched and built; the data in instance/ stays."""
    for name in CLEANED:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    return 0


ALONE = {"setup": cmd_setup, "check": cmd_check, "clean": cmd_clean}
WITH_ARGUMENTS = {"run": cmd_run, "test": cmd_test, "bench": cmd_bench, "fuzz": cmd_fuzz, "shots": cmd_shots, "lock": cmd_lock}


def main() -> int:
    name, *arguments = sys.argv[1:] or [""]
    if name in ALONE and not arguments:
        command = ALONE[name]
    elif name in WITH_ARGUMENTS:
        command = functools.partial(WITH_ARGUMENTS[name], arguments)
    else:
        print(__doc__, file=sys.stderr)
        return 0 if name in ("help", "-h", "--help") else 2
    try:
        return command()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
