"""What was marked, as columns: one for each candidate, one cell for each ballot.

A cell is a small whole number. 0: no opinion. Else a rank (1 is best; equal ranks and gaps are fine), 1 for an approval, or the
score and one more, so that a score of 0 differs from no opinion."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

from recognition.contests.tally import pairs
from recognition.contests.tally.pairs import Column

APPROVAL, SCORE = "approval", "score"
SCORE_MAX = 5
RANK_MAX = 999_999_999
HIGHEST = {APPROVAL: 1, SCORE: SCORE_MAX + 1}
"""The highest cell of a method; the others have ranks."""
_BYTE, _TWO_BYTES = 255, 65_535
_BLOCK = 1 << 17


def cell(method: str, value: int) -> int:
    """What stands in a column for a mark."""
    return value + 1 if method == SCORE else value


def empty(ballots: int, highest: int = _BYTE) -> "bytearray | array[int]":
    """A column for so many ballots without an opinion, with room for cells up to `highest`."""
    if highest <= _BYTE:
        return bytearray(ballots)
    return array("H" if highest <= _TWO_BYTES else "I", [0]) * ballots


def from_marks(
    method: str, places: Mapping[int, int], ballots: int, marks: Iterable[tuple[int, int, int]], highest: int = _BYTE
) -> list["bytearray | array[int]"]:
    """Columns from rows (number of the ballot from 0, candidate's id, value). `places`: from an id to the place of its column;
    a mark for anybody else is left out. `highest`: of all cells."""
    columns = [empty(ballots, highest) for _place in places]
    more = cell(method, 0)
    for ballot, candidate, value in marks:
        place = places.get(candidate)
        if place is not None:
            columns[place][ballot] = value + more
    return columns


@dataclass(frozen=True)
class Profile:
    """All ballots of a count. `last`: no opinion stands below everything that is marked; else it takes no part."""

    method: str
    names: tuple[str, ...]
    columns: Sequence[Column]
    last: bool

    @property
    def ballots(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    @cached_property
    def blocks(self) -> list[list[pairs.Planes]]:
        """The columns as planes, so many ballots at a time that a pair of them stays in the processor's cache."""
        starts = range(0, self.ballots, _BLOCK)
        return [[pairs.planes(column[start : start + _BLOCK]) for column in self.columns] for start in starts]

    @cached_property
    def blank_ballots(self) -> int:
        """Ballots without any mark. They are cast, and count for nothing else."""
        marked = (reduce(or_, map(pairs.marked, block), 0) for block in self.blocks)
        return self.ballots - sum(any_mark.bit_count() for any_mark in marked)

    @cached_property
    def pairwise(self) -> pairs.Matrix:
        """`pairwise[a][b]`: on how many ballots `a` is before `b`."""
        matrix = [[0] * len(self.names) for _name in self.names]
        if self.method != SCORE:
            for block in self.blocks:
                pairs.add(matrix, block, self.last)
            return matrix
        for start, block in zip(range(0, self.ballots, _BLOCK), self.blocks, strict=True):
            every = (1 << min(_BLOCK, self.ballots - start)) - 1
            pairs.add(matrix, [pairs.lifted(column, every) for column in block] if self.last else block, False)
        return [list(row) for row in zip(*matrix, strict=True)]


def checked(method: str, names: Sequence[str], columns: Sequence[Column], last: bool) -> Profile:
    """ValueError: these are no ballots of that method."""
    if len(columns) != len(names):
        raise ValueError(f"{len(names)} candidates have {len(columns)} columns.")
    if len(set(names)) != len(names):
        raise ValueError("Two candidates have one name.")
    if len({len(column) for column in columns}) > 1:
        raise ValueError("The columns differ in length.")
    highest = HIGHEST.get(method)
    if highest is not None and any(_above(column, highest) for column in columns):
        raise ValueError(f"A cell is above {highest}.")
    return Profile(method, tuple(names), columns, last)


def _above(column: Column, highest: int) -> bool:
    if isinstance(column, array):
        return any(found > highest for found in column)
    return bool(column.translate(None, bytes(range(highest + 1))))
