"""Numbers as they stand in addresses: each leads back to its row, and none tells how far it is from another."""

from itertools import pairwise

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.web import numbers

ROWS = st.integers(0, numbers.MOST)


def test_each_leads_back_and_purposes_differ(app: Flask) -> None:
    @settings(max_examples=60, deadline=None)
    @given(ROWS)
    def holds(number: int) -> None:
        assert 0 <= numbers.shown("a", number) <= numbers.MOST
        assert numbers.meant("a", numbers.shown("a", number)) == number
        assert numbers.shown("a", numbers.meant("a", number)) == number

    holds()
    assert numbers.shown("a", 7) != numbers.shown("b", 7)


def test_neighbours_are_far_apart(app: Flask) -> None:
    shown = [numbers.shown("a", number) for number in range(1, 200)]
    assert len(set(shown)) == len(shown)
    assert min(abs(one - other) for one, other in pairwise(shown)) > 2**40
