"""Killed by SIGKILL a hundred times, each time at another place, a worker leaves just what one quiet drain leaves."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.world import Origin, Watch

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")
ROUNDS = 110
FEWEST_WORDS, MOST_WORDS = 1, 120
HORSE = [sys.executable, "-m", "tests.journeys.horse"]


def test_a_hundred_kills_change_nothing(origin: Origin, tmp_path: Path) -> None:
    url, chance = origin.copy(origin.told), random.Random(17)
    watch, seen = Watch(url), {0}
    home = Path(__file__).parents[2]
    with subprocess.Popen(
        [*HORSE, str(tmp_path), url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=home, text=True
    ) as horse:
        assert horse.stdin is not None
        assert horse.stdout is not None
        for _round in range(ROUNDS):
            print(chance.randint(FEWEST_WORDS, MOST_WORDS), file=horse.stdin, flush=True)
            assert horse.stdout.readline() == "killed\n"
            seen.add(watch.considered())
        assert watch.waiting() > 0
        # It was killed all along the way, not again and again before the first batch.
        assert len(seen) > ROUNDS / 3
        print(10**9, file=horse.stdin, flush=True)
        assert horse.stdout.readline() == "ended 0\n"
        horse.stdin.close()
    assert watch.outcome() == origin.quiet
