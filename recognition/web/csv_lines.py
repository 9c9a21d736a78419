"""Lines of a CSV file (RFC 4180) as an answer, a few at a time, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

LINES_AT_ONCE = 500
FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Also the wide forms, which some spreadsheets read as the narrow ones."""


def safe(value: str | int) -> str | int:
    """A spreadsheet takes a cell that begins like this for a formula; behind an apostrophe it is text. Numbers of ours are
    numbers."""
    if isinstance(value, int):
        return value
    return f"'{value}" if value.lstrip(" ").startswith(FORMULA_BEGINNINGS) else value


def lines(rows: Iterable[Sequence[str | int]]) -> Iterator[str]:
    """A few hundred lines in each piece."""
    piece = io.StringIO()
    write = csv.writer(piece).writerow
    for number, row in enumerate(rows, 1):
        write([safe(value) for value in row])
        if number % LINES_AT_ONCE == 0:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()


def answer(rows: Iterable[Sequence[str | int]], name: str) -> Response:
    """`name`: of the file, in plain letters. Made while it is sent."""
    response = Response(stream_with_context(lines(rows)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
