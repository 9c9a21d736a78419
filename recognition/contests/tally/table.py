"""Ballots as CSV (UTF-8, RFC 4180): one column a candidate with the name in the first line, one row a ballot.

Cells: a rank (a whole number from 1, 1 is best), a score (0 to 5) or `x` for an approval; nothing is no opinion. A line without
a single character is no ballot; a row of empty cells is one, and so is `""` where there is one candidate."""

import csv
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from recognition.contests.tally.ballots import APPROVAL, RANK_MAX, SCORE, SCORE_MAX, cell
from recognition.contests.tally.pairs import Column

CANDIDATES_MAX = 1_000
_AT_ONCE = 512
_STRANGE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters, and bytes that are no UTF-8 (`surrogateescape`)."""
_SHOWN = 40
_Row = tuple[int, list[str]]


class BadTable(ValueError):
    """A sentence that names the line, and the column where there is one."""


class _BadCell(Exception):
    """What is wrong with a cell, as the end of a sentence."""


class _Cells:
    """From what stands in the file to what stands in a column; each text is looked at once."""

    def __init__(self, method: str) -> None:
        self._method = method
        self._read: Callable[[str], int] = {APPROVAL: _approved, SCORE: _scored}.get(method, _ranked)
        self._known: dict[str, int] = {}

    def column(self, texts: Sequence[str]) -> "bytes | array[int]":
        try:
            return self._translated(texts)
        except KeyError:
            self.learn(texts)
            return self._translated(texts)

    def learn(self, texts: Sequence[str]) -> None:
        for text in set(texts).difference(self._known):
            stripped = text.strip()
            self._known[text] = cell(self._method, self._read(stripped)) if stripped else 0

    def _translated(self, texts: Sequence[str]) -> "bytes | array[int]":
        try:
            return bytes(map(self._known.__getitem__, texts))
        except ValueError:  # one is above 255
            return array("I", map(self._known.__getitem__, texts))


def read(lines: Iterable[str], method: str) -> tuple[list[str], list[Column]]:
    """The names and their columns. `lines` are decoded with `surrogateescape` and keep their ends."""
    rows = _rows(lines)
    number, header = next(rows, (1, []))
    names = _names(header, number)
    columns: list[bytearray | array[int]] = [bytearray() for _name in names]
    cells = _Cells(method)
    while chunk := list(islice(rows, _AT_ONCE)):
        _append(columns, chunk, names, cells)
    return names, [*columns]


def _rows(lines: Iterable[str]) -> Iterator[_Row]:
    """The number of the line in which each row ends, and its cells."""
    reader = csv.reader(lines, strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error as fault:
        raise BadTable(f"Line {reader.line_num} is no CSV: {fault}.") from fault


def _names(header: list[str], line: int) -> list[str]:
    names = [name.strip() for name in header]
    if not names:
        raise BadTable("The file is empty. Its first line must name the candidates.")
    if len(names) > CANDIDATES_MAX:
        raise BadTable(f"Line {line} names {len(names)} candidates; {CANDIDATES_MAX} are the most.")
    for place, name in enumerate(names):
        if not name:
            raise BadTable(f"Line {line}, column {place + 1}: the candidate has no name.")
        if _STRANGE.search(name):
            raise BadTable(f"Line {line}, column {place + 1}: {_quoted(name)} is no name in UTF-8.")
        if name in names[:place]:
            raise BadTable(f"Line {line}, column {place + 1}: {_quoted(name)} is the name of column {names.index(name) + 1} too.")
    return names


def _append(columns: list["bytearray | array[int]"], chunk: list[_Row], names: list[str], cells: _Cells) -> None:
    for line, row in chunk:
        if len(row) != len(names):
            raise BadTable(f"Line {line} has {len(row)} cells; the first line names {len(names)} candidates.")
    for place, texts in enumerate(zip(*(row for _line, row in chunk), strict=True)):
        try:
            found = cells.column(texts)
        except _BadCell:
            raise _first_fault(chunk, names, cells) from None
        if isinstance(found, array) and isinstance(columns[place], bytearray):
            columns[place] = array("I", columns[place])
        columns[place].extend(found)


def _first_fault(chunk: list[_Row], names: list[str], cells: _Cells) -> BadTable:
    for line, row in chunk:
        for place, text in enumerate(row):
            try:
                cells.learn([text])
            except _BadCell as fault:
                return BadTable(f"Line {line}, column {place + 1} ({names[place]}): {_quoted(text)} {fault}.")
    raise AssertionError("A cell that was refused is accepted.")


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def _ranked(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text[:20]) == 0:
        raise _BadCell("is no rank; ranks are whole numbers from 1")
    if len(text) > len(str(RANK_MAX)):
        raise _BadCell(f"is too high; {RANK_MAX} is the last rank")
    return int(text)


def _scored(text: str) -> int:
    if len(text) != 1 or text not in "012345":
        raise _BadCell(f"is no score; scores are whole numbers from 0 to {SCORE_MAX}")
    return int(text)


def _approved(text: str) -> int:
    if text not in ("x", "X", "1", "0"):
        raise _BadCell("is no approval; a cell has an x or nothing")
    return 0 if text == "0" else 1
