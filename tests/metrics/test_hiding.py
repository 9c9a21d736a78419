"""What is hidden cannot be worked out again, not even by who knows how the hiding works."""

from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.metrics.hiding import LEAST, chain, parts


def test_a_small_part_takes_another_one_with_it() -> None:
    assert parts({"a": 40, "b": 3, "c": 7}) == {"a": 40, "b": None, "c": None}
    assert parts({"a": 40, "b": 30}) == {"a": 40, "b": 30}
    assert parts({"a": 40, "b": 3, "c": 4}) == {"a": 40, "b": None, "c": None}
    assert parts({"a": 40, "b": 5, "c": 4, "d": 4}) == {"a": 40, "b": None, "c": None, "d": None}
    assert parts({"a": 40, "b": 5, "c": 4, "d": 5}) == {"a": 40, "b": None, "c": None, "d": None}
    assert parts({"a": 40, "b": 1, "c": 1, "d": 6}) == {"a": 40, "b": None, "c": None, "d": None}
    assert parts({"a": 3}) == {"a": None}
    assert parts({"a": 40, "b": 30, "c": 20}, hidden=["a"]) == {"a": None, "b": 30, "c": None}
    assert parts({}) == {}


def test_a_chain_never_tells_of_the_few_who_are_missing() -> None:
    assert chain([215, 192, 158, 113, 91]) == [215, 192, 158, 113, 91]
    assert chain([40, 38, 35, 30, 3]) == [40, None, 35, 30, None]
    assert chain([12, 12, 0]) == [12, 12, None]
    assert chain([4]) == [None]
    assert chain([]) == []


@pytest.mark.parametrize("width", [2, 3, 4])
def test_each_hidden_part_could_be_another_number(width: int) -> None:
    """All ways to share out each sum up to 18: of those that look the same there are two for each part that is hidden."""
    alike: dict[Any, list[tuple[int, ...]]] = {}
    for numbers in product(range(19), repeat=width):
        if LEAST <= sum(numbers) <= 18:
            seen = parts(dict(enumerate(numbers)))
            alike.setdefault((sum(numbers), tuple(seen.items())), []).append(numbers)
    assert alike
    for (_total, seen), guesses in alike.items():
        for key in [key for key, value in seen if value is None]:
            assert len({guess[key] for guess in guesses}) > 1, guesses


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=6).map(lambda numbers: sorted(numbers, reverse=True)))
def test_what_shows_of_a_chain_differs_by_nobody_or_by_many(numbers: list[int]) -> None:
    shown = [value for value in chain(numbers) if value is not None]
    assert all(value >= LEAST for value in shown)
    assert all(one == other or one - other >= LEAST for one, other in pairwise(shown))
    assert [value for value, said in zip(numbers, chain(numbers), strict=True) if said is not None] == shown
