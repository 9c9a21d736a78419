"""When an objective has gone quiet, how far it is, and task lists as issue trackers write them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.objectives.rules import reached, tasks, tone
from tests.factories.objectives import BEGAN


@pytest.mark.parametrize(
    ("state", "days", "wanted"),
    [
        ("running", 29.99, "fresh"), ("running", 30, "warned"), ("running", 36.99, "warned"), ("running", 37, "quiet"),
        ("paused", 400, "fresh"), ("ended", 400, "fresh"), ("draft", 400, "fresh"),
    ],
)  # fmt: skip
def test_it_warns_on_day_n_and_is_quiet_a_week_later(state: str, days: float, wanted: str) -> None:
    assert tone(state, BEGAN, 30, BEGAN + timedelta(days=days)) == wanted


@given(st.integers(1, 365), st.integers(0, 800))
@settings(max_examples=40)
def test_news_make_it_fresh_again(quiet_days: int, passed: int) -> None:
    now: datetime = BEGAN + timedelta(days=passed)
    assert tone("running", now, quiet_days, now) == "fresh"


@pytest.mark.parametrize(
    ("value", "target", "wanted"), [(None, 80, 0), (0, 80, 0), (40, 80, 0.5), (80, 80, 1), (95, 80, 1), (-3, 80, 0), (1, 0, 0)]
)
def test_how_much_of_the_way(value: float | None, target: float, wanted: float) -> None:
    assert reached(value, target) == wanted


def test_a_task_list_is_taken_over_with_its_ticks() -> None:
    text = "## To do\n- [x] Blog post\n* [ ] Monthly call\n  1. [X] Call with mentors\nNot a task\n- [ ]\n-[x] glued\n- [y] odd\n"
    assert tasks(text) == [("Blog post", True), ("Monthly call", False), ("Call with mentors", True)]


@given(st.text(max_size=300))
@settings(max_examples=60)
def test_any_text_makes_short_titles(text: str) -> None:
    assert all(title.strip() for title, _ticked in tasks(text))
