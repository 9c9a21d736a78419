"""Counts as a file and back: CSV with one line a stratum."""

import csv
from collections.abc import Iterable
from dataclasses import fields

from recognition.surveys.bounds.counts import BadCounts, Counts

COLUMNS = tuple(one.name for one in fields(Counts))
OPTIONAL = ("declined", "shown")
MOST = 10**9


def read(lines: Iterable[str]) -> dict[str, Counts]:
    """By stratum, in the order of the file. Raises BadCounts, which names the line."""
    rows = csv.reader(lines)
    header = [name.strip().lower() for name in next(rows, [])]
    known = {"stratum", *COLUMNS}
    if set(header) - known or len(set(header)) < len(header) or known - {*header, *OPTIONAL}:
        raise BadCounts("The first line has to name the columns: stratum,yes,no,other,declined,silent,shown.")
    found: dict[str, Counts] = {}
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise BadCounts(f"Line {number} has {len(row)} cells, the first line has {len(header)}.")
        cells = dict(zip(header, (cell.strip() for cell in row), strict=True))
        if cells["stratum"] in found:
            raise BadCounts(f"Line {number}: {cells['stratum']} was there before.")
        try:
            found[cells["stratum"]] = Counts(**{name: _number(cells.get(name, "0")) for name in COLUMNS})
        except BadCounts as fault:
            raise BadCounts(f"Line {number}: {fault}") from None
    return found


def _number(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) < 11) or int(cell) > MOST:
        raise BadCounts(f"{cell[:20]!r} is no number of people.")
    return int(cell)
