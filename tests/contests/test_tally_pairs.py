"""Columns as planes of bits, and strongest paths: each against the simple way."""

from array import array
from random import Random

import pytest

from recognition.contests.tally import ballots, pairs, schulze
from recognition.contests.tally.count import tally
from tests.contests import polls


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 63, 64, 65, 200])
@pytest.mark.parametrize("highest", [0, 1, 5, 255, 256, 70_000, 999_999_999])
def test_planes_hold_the_bits_of_the_cells(length: int, highest: int) -> None:
    random = Random(length)
    column = ballots.empty(length, highest)
    for place in range(length):
        column[place] = random.randint(0, highest)
    planes = pairs.planes(column)
    assert [sum((plane >> i & 1) << n for n, plane in enumerate(planes)) for i in range(length)] == list(column)
    assert not planes or planes[-1]
    assert pairs.marked(planes) == sum(1 << i for i, cell in enumerate(column) if cell)


def test_three_hundred_candidates_with_as_many_ranks() -> None:
    """More than a byte holds, on both sides. The first is before the second on each ballot, and so on."""
    names = [f"entry {number}" for number in range(300)]
    columns = [array("I", [number + 1, number + 1, 0]) for number in range(300)]
    outcome = tally("schulze", names, columns, seats=2)
    assert outcome.order == [[name] for name in names]
    assert (outcome.winners, outcome.blank_ballots) == (names[:2], 1)
    assert outcome.pairwise is not None
    assert outcome.pairwise[0][299] == 2
    assert outcome.pairwise[299][0] == 0


def test_columns_of_bytes_and_of_wider_cells_are_compared() -> None:
    outcome = tally("schulze", ["A", "B"], [b"\x05\x05\x00", array("I", [4, 261, 1])])
    assert outcome.pairwise == [[0, 1], [1, 0]]


def test_strongest_paths_are_those_of_all_triples() -> None:
    random = Random(11)
    for _graph in range(300):
        field = range(random.randint(0, 9))
        matrix = [[0 if a == b else random.randint(0, 6) for b in field] for a in field]
        paths = schulze.strongest_paths(matrix)
        beaten = [sum(paths[a][b] > paths[b][a] for b in field) for a in field]
        assert beaten == polls.schulze(matrix)


def test_columns_from_marks() -> None:
    """Rows of a database: the number of the ballot, the candidate, the value. Others' marks are left out."""
    marks = [(0, 17, 0), (2, 17, 5), (1, 40, 3), (1, 99, 4)]
    scores = ballots.from_marks("score", {17: 0, 40: 1}, 3, marks)
    assert [list(column) for column in scores] == [[1, 0, 6], [0, 4, 0]]
    ranks = ballots.from_marks("irv", {17: 0, 40: 1}, 3, [(0, 17, 300), (2, 40, 1)], highest=500)
    assert [list(column) for column in ranks] == [[300, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize("method", ["schulze", "score"])
@pytest.mark.parametrize("blank", ["abstain", "last"])
def test_blocks_of_ballots_are_added_up(monkeypatch: pytest.MonkeyPatch, method: str, blank: str) -> None:
    random = Random(3)
    columns = [bytes(random.randint(0, 6) for _ballot in range(50)) for _column in range(4)]
    whole = tally(method, "ABCD", columns, blank=blank)
    for size in (1, 7, 8, 49, 50):
        monkeypatch.setattr(ballots, "_BLOCK", size)
        assert tally(method, "ABCD", columns, blank=blank) == whole
