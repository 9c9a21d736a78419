"""After any sequence of telling, confirming, withdrawing, correcting, moving, editing, publishing, revoking and merging, with
the drain and the jobs at work in between, nothing that was derived differs from the log."""

import os
from typing import Any

import pytest

from recognition import clock
from tests.conftest import empty_tables
from tests.journeys.any_sequence import World

SEQUENCES = int(os.environ.get("RECOGNITION_SEQUENCES", "12"))
STEPS = 40
LOOKS = (15, 30)
AT_ANY_MOMENT = ("quests", "standings", "campaigns")
"""Parts that hold also while deeds and jobs wait. Awards wait for the jobs that look at everybody's past."""


def differences(app: Any, world: World, parts: tuple[str, ...] = ()) -> list[Any]:
    with clock.as_of(world.now):
        found = [(name, one) for name, find, _mend in app.extensions["checks"] if not parts or name in parts for one in find()]
    app.extensions["sqlalchemy"].session.rollback()
    return found


@pytest.mark.parametrize("part", range(4))
def test_nothing_differs_from_the_log(app, db, part):
    for seed in range(part * SEQUENCES // 4, (part + 1) * SEQUENCES // 4):
        empty_tables()
        world = World(seed)
        for number in range(STEPS):
            world.step()
            assert differences(app, world, AT_ANY_MOMENT) == [] if number in LOOKS else True, "\n".join(world.story)
        world.settle()
        assert differences(app, world) == [], "\n".join(world.story)
