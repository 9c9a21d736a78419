"""Where a campaign stands in time, which moves it knows, and how far its goal is."""

from datetime import timedelta

import pytest

from recognition.campaigns.rules import MOVES, WrongState, check_move, goal_progress, phase
from tests.factories.campaigns import ENDS, STARTS

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("state", "now", "expected"),
    [
        ("published", STARTS - SECOND, "coming"), ("published", STARTS, "running"), ("published", ENDS - SECOND, "running"),
        ("published", ENDS, "over"), ("ended", STARTS, "over"), ("ended", STARTS - SECOND, "over"), ("draft", ENDS, "draft"),
        ("paused", ENDS, "paused"),
    ],
)  # fmt: skip
def test_it_runs_until_just_before_its_end(state, now, expected):
    assert phase(state, STARTS, ENDS, now) == expected


def test_moves():
    allowed = {(state, to) for state in MOVES for to in MOVES if to in MOVES[state]}
    assert allowed == {("draft", "published"), ("published", "paused"), ("published", "ended"), ("paused", "published"),
                       ("paused", "ended")}  # fmt: skip
    for state in MOVES:
        for to in MOVES:
            if (state, to) not in allowed:
                with pytest.raises(WrongState):
                    check_move(state, to)


@pytest.mark.parametrize(
    ("reached", "base", "share", "count", "needed", "met", "fill", "mark"),
    [
        (0, 10, 0.8, None, 8, False, 0.0, 0.8), (8, 10, 0.8, None, 8, True, 0.8, 0.8), (7, 10, 0.8, None, 8, False, 0.7, 0.8),
        (12, 10, 0.8, None, 8, True, 1.0, 0.8), (1, 3, 0.5, None, 2, False, 1 / 3, 2 / 3),
        (55, 100, 0.55, None, 55, True, 0.55, 0.55),
        (0, 0, 0.8, None, 0, False, 0.0, 1.0), (2, 0, None, 4, 4, False, 0.5, 1.0), (4, 0, None, 4, 4, True, 1.0, 1.0),
        (9, 0, None, 4, 4, True, 1.0, 1.0), (1, 0, None, None, 0, False, 0.0, 1.0),
    ],
)  # fmt: skip
def test_how_far_a_goal_is(reached, base, share, count, needed, met, fill, mark):
    goal = goal_progress(reached, base, share, count)
    assert (goal.needed, goal.met) == (needed, met)
    assert (goal.share, goal.target) == (pytest.approx(fill), pytest.approx(mark))
