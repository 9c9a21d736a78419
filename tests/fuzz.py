"""`python -m tests.fuzz`: thousands of odd requests to the running product, each answer held to the API's own document.

The requests are made by schemathesis from `/api/v1/openapi.json`: what the document allows, what it forbids, and what nobody
would think of. `dev.py fuzz` runs it; the suite runs a smaller one (tests/journeys/test_fuzz.py).
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests

from recognition.identity.services.tokens import SCOPES
from tests.servers.site import running

DOCUMENT = "/api/v1/openapi.json"
OWNER = "amina"
"""On the demo's council, so that what only the trusted may send is tried too."""
CONFIG = Path(__file__).with_name("fuzz.toml")
LISTS = ("members", "badges", "campaigns", "quests")
EXAMPLES, REQUESTS = 400, 5000
_CASES = re.compile(r"(\d+) generated")


@dataclass(frozen=True)
class Ended:
    """`cases`: how many requests there were."""

    passed: bool
    cases: int
    words: str


def token_of(state_dir: Path, handle: str = OWNER, scopes: Sequence[str] = tuple(SCOPES)) -> str:
    words = [word for scope in scopes for word in ("--scope", scope)]
    command = [sys.executable, "-m", "recognition", "token", "add", handle, *words]
    env = os.environ | {"RECOGNITION_STATE_DIR": str(state_dir)}
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout.split()[-1]


def known(address: str, token: str) -> dict[str, list[str]]:
    """What exists there, so that not every request ends in 404: names by path, cursors by path."""
    headers, found = {"Authorization": f"Bearer {token}"}, {}
    for path in (f"/api/v1/{name}" for name in LISTS):
        page = requests.get(address + path, headers=headers, timeout=30).json()
        found[f"{path}/"] = [item.get("slug") or item["handle"] for item in page["items"]]
        found[path] = [page["next_cursor"]] if page["next_cursor"] else []
    hooks = {"/api/v1/hooks/": ["discourse", "github"]}
    return found | hooks | {"/api/v1/boards/": ["community"], "/api/v1/contests/": _contests(address)}


def _contests(address: str) -> list[str]:
    page = requests.get(f"{address}/contests/", timeout=30).text
    return sorted(set(re.findall(r'href="/contests/([a-z0-9-]+)[/"]', page)))


def run(address: str, token: str, examples: int, seed: int, more: Sequence[str] = ()) -> Ended:
    """All checks of schemathesis; `examples` for each operation, beside those that cover the document's limits."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        command = [
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run", address + DOCUMENT, "--checks", "all",
            "--header", f"Authorization: Bearer {token}", "--max-examples", str(examples), "--seed", str(seed), "--no-color",
            "--phases", "coverage,fuzzing", "--generation-database", "none", "--suppress-health-check", "all", "--no-shrink",
            *more,
        ]  # fmt: skip
        env: Mapping[str, str] = os.environ | {
            "SCHEMATHESIS_HOOKS": "tests.fuzz_hooks", "FUZZ_KNOWN": json.dumps(known(address, token)),
            "PYTHONPATH": str(Path(__file__).parent.parent),
        }  # fmt: skip
        done = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, check=False)
    counted = _CASES.search(done.stdout)
    return Ended(done.returncode == 0, int(counted[1]) if counted else 0, done.stdout + done.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description="Odd requests to the API of a product that is started for it.")
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="for each operation")
    parser.add_argument("--seed", type=int, default=6)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        # A proxy of ours stands in front, so that the limits by address let through what comes "from" many.
        with running(Path(folder), {"PROXIES": "1"}) as address:
            ended = run(address, token_of(Path(folder)), asked.examples, asked.seed)
        print(ended.words)
        faults = [line for line in (Path(folder) / "run.log").read_text().splitlines() if "Traceback" in line]
    print(json.dumps({"requests": ended.cases, "passed": ended.passed, "tracebacks": len(faults)}))
    sys.exit(0 if ended.passed and not faults and ended.cases >= REQUESTS else 1)


if __name__ == "__main__":
    main()
