"""Every two entries against each other, for a drawing that says the same as its numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

DUELS_SHOWN = 12
LEVELS = 10
"""Shades: 0 lost every ballot, 10 won every ballot, 5 neither."""


class Named(Protocol):
    @property
    def entry_id(self) -> int: ...
    @property
    def title(self) -> str: ...


@dataclass(frozen=True)
class Cell:
    """Ballots that put the row's entry before the column's, and the other way round. `level` None: nobody compared them, or
    it is the entry itself."""

    won: int
    lost: int
    level: int | None
    is_self: bool = False


@dataclass(frozen=True)
class Duels:
    """The first ones of a round, best first. `closest`: the two that were nearest to each other, with their ballots; None
    where nobody compared two. `left_out`: how many stand behind those that are drawn."""

    lines: Sequence[Any]
    rows: Sequence[Sequence[Cell]]
    closest: tuple[Any, Any, int, int] | None
    clearest: tuple[Any, Any, int, int] | None
    left_out: int


def duels(outcome: Mapping[str, Any], lines: Sequence[Named]) -> Duels | None:
    """None for methods that compare nobody. `lines`: in the order of the outcome's places."""
    matrix = outcome["pairwise"]
    if matrix is None or len(lines) < 2:
        return None
    index = {entry_id: at for at, entry_id in enumerate(outcome["candidates"])}
    first = lines[:DUELS_SHOWN]
    at = [index[line.entry_id] for line in first]
    rows = [[_cell(matrix, a, b) for b in at] for a in at]
    pairs = [
        (one, other, rows[i][j].won, rows[i][j].lost)
        for i, one in enumerate(first)
        for j, other in enumerate(first)
        if i != j and rows[i][j].won >= rows[i][j].lost and (rows[i][j].won > rows[i][j].lost or i < j) and rows[i][j].won
    ]
    closest = min(pairs, key=lambda pair: (pair[2] - pair[3]) / (pair[2] + pair[3]), default=None)
    clearest = max(pairs, key=lambda pair: (pair[2] - pair[3]) / (pair[2] + pair[3]), default=None)
    return Duels(first, rows, closest, clearest, len(lines) - len(first))


def _cell(matrix: Sequence[Sequence[int]], a: int, b: int) -> Cell:
    won, lost = matrix[a][b], matrix[b][a]
    together = won + lost
    if a == b or not together:
        return Cell(won, lost, None, a == b)
    # Half a step is never level: whoever won more shows it.
    level = round(LEVELS * won / together)
    if won != lost and level == LEVELS // 2:
        level += 1 if won > lost else -1
    return Cell(won, lost, level)
