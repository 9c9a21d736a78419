"""Shares, cut-offs and the sum over rounds, as tables."""

from fractions import Fraction

import pytest

from recognition.contests.duels import duels
from recognition.contests.order import Counted, advancing, after_ties, final_places, numbered, shares
from recognition.contests.results import Line
from recognition.contests.turnout import Line as Group
from recognition.contests.turnout import safe


def test_places_are_numbered_past_those_who_share_one():
    assert list(numbered([[1, 2], [3], [4, 5], [6]])) == [(1, [1, 2]), (3, [3]), (4, [4, 5]), (6, [6])]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([[1]], {1: 1}),
        ([[1], [2], [3]], {1: 1, 2: Fraction(1, 2), 3: 0}),
        ([[1, 2], [3]], {1: Fraction(3, 4), 2: Fraction(3, 4), 3: 0}),
        ([[1, 2, 3]], {1: Fraction(1, 2), 2: Fraction(1, 2), 3: Fraction(1, 2)}),
        ([], {}),
    ],
)
def test_equals_beat_each_other_by_half(places, expected):
    assert shares(places) == expected


def test_shares_of_any_field_come_to_half_of_it():
    for places in ([[1], [2, 3], [4]], [[1, 2], [3, 4]], [[5], [1], [2, 3, 4]]):
        field = sum(len(group) for group in places)
        assert sum(shares(places).values()) == Fraction(field, 2)


@pytest.mark.parametrize(("most", "through"), [(None, [1, 2, 3, 4]), (1, [1]), (2, [1, 2, 3]), (3, [1, 2, 3]), (4, [1, 2, 3, 4])])
def test_level_with_the_last_one_goes_on(most, through):
    assert advancing([[1], [2, 3], [4]], most) == through


@pytest.mark.parametrize(
    ("rounds", "places"),
    [
        ([Counted([[1], [2, 3]], 100)], [[1], [2, 3]]),
        # Whoever fell stays behind whoever went on, whatever the sum says.
        ([Counted([[1], [2], [3]], 100), Counted([[2], [1]], 0)], [[1], [2], [3]]),
        ([Counted([[3], [1], [2]], 90), Counted([[1], [2]], 10)], [[1], [2], [3]]),
        # Both rounds judge all: 60 x 1 + 40 x 0 is more than 60 x 0 + 40 x 1.
        ([Counted([[1], [2]], 60), Counted([[2], [1]], 40)], [[1], [2]]),
        ([Counted([[1], [2]], 50), Counted([[2], [1]], 50)], [[1, 2]]),
    ],
)
def test_the_sum_over_rounds(rounds, places):
    assert final_places(rounds) == places


def test_lots_are_the_same_for_everybody():
    keys = {1: "aaa", 2: "bbb", 3: "ccc"}
    drawn = after_ties([[1, 2, 3]], "draw", "ab" * 32, keys)
    assert drawn == after_ties([[3, 1, 2]], "draw", "ab" * 32, keys)
    assert sorted(one for group in drawn for one in group) == [1, 2, 3]
    assert [len(group) for group in drawn] == [1, 1, 1]
    assert after_ties([[3, 1, 2]], "share", "ab" * 32, keys) == [[1, 2, 3]]


@pytest.mark.parametrize(
    ("rolls", "told"),
    [
        ([9, 7], [9, 7]),
        ([9, 7, 3], [9, 10]),
        ([9, 3, 2], [9, 5]),
        ([4, 3], [7]),
        ([4], []),
        ([9, 4], [13]),
        ([], []),
    ],
)
def test_no_small_group_can_be_worked_out_from_the_others(rolls, told):
    lines = [Group(f"group-{at}", f"Group {at}", roll, roll // 2) for at, roll in enumerate(rolls)]
    found = safe(lines)
    assert [line.roll for line in found] == told
    hidden = sum(rolls) - sum(line.roll for line in found)
    assert hidden == 0 or found == []


@pytest.mark.parametrize(
    ("voted", "told"),
    [
        ([(9, 4), (7, 7)], [(16, 11)]),
        ([(9, 4), (8, 0), (6, 6)], [(9, 4), (14, 6)]),
        ([(9, 4), (8, 3), (6, 0)], [(9, 4), (14, 3)]),
        ([(9, 9), (8, 8)], []),
        ([(9, 0)], []),
    ],
)
def test_a_group_in_which_all_voted_or_nobody_did_is_told_with_others(voted, told):
    lines = [Group(f"group-{at}", f"Group {at}", roll, cast) for at, (roll, cast) in enumerate(voted)]
    assert [(line.roll, line.cast) for line in safe(lines)] == told


def test_a_duel_that_was_won_never_looks_level():
    lines = [Line(entry_id, "k", f"e{entry_id}", entry_id, False, None, 0) for entry_id in (1, 2, 3)]
    outcome = {"candidates": [3, 1, 2], "pairwise": [[0, 0, 0], [5, 0, 51], [0, 50, 0]]}
    drawn = duels(outcome, lines)
    assert [[(cell.won, cell.lost, cell.level) for cell in row] for row in drawn.rows] == [
        [(0, 0, None), (51, 50, 6), (5, 0, 10)],
        [(50, 51, 4), (0, 0, None), (0, 0, None)],
        [(0, 5, 0), (0, 0, None), (0, 0, None)],
    ]
    assert [one.entry_id for one in drawn.closest[:2]] == [1, 2]
    assert [one.entry_id for one in drawn.clearest[:2]] == [1, 3]
    assert duels({"pairwise": None}, lines) is None
