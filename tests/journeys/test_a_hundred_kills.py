"""Killed by SIGKILL a hundred times, each time at another place, a worker leaves just what one quiet drain leaves."""

import random
import sys
from pathlib import Path

import pytest

from tests.journeys.world import Origin, Watch
from tests.servers.programs import program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")
ROUNDS = 110
FEWEST_WORDS, MOST_WORDS = 1, 120
HORSE = [sys.executable, "-m", "tests.journeys.horse"]


def test_a_hundred_kills_change_nothing(origin: Origin, tmp_path: Path) -> None:
    url, chance = origin.copy(origin.told), random.Random(17)
    watch, seen = Watch(url), {0}
    home = Path(__file__).parents[2]
    with program([*HORSE, str(tmp_path), url], cwd=home) as horse:
        for _round in range(ROUNDS):
            horse.tell(str(chance.randint(FEWEST_WORDS, MOST_WORDS)))
            assert horse.line() == "killed"
            seen.add(watch.considered())
        assert watch.waiting() > 0
        # It was killed all along the way, not again and again before the first batch.
        assert len(seen) > ROUNDS / 3
        horse.tell(str(10**9))
        assert horse.line(180) == "ended 0"
    assert watch.outcome() == origin.quiet
