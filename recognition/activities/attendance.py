"""A list of who was there, as people paste it: handles or names, a line each, with commas between them, or a table."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from recognition.activities.rules import BadReport
from recognition.text import shown_only

PASTED_MAX_CHARS = 50_000
PEOPLE_MAX = 500
NAME_MAX_CHARS = 120
COLUMNS = ("handle", "username", "member", "name", "display name", "full name")
"""A table's first line names its columns; the first of these that it has is read."""

_MARKED = re.compile(r"^\s*(?:[-*•–]|\[[ xX]?\]|\d{1,4}[.)])\s+")
_BETWEEN = re.compile(r"[,;\t]")


def entries(pasted: str) -> list[str]:
    """Each person once, in their order, as they are called there. Raises BadReport where it is too much."""
    if len(pasted) > PASTED_MAX_CHARS:
        raise BadReport("people", "too-long")
    lines = [shown_only(line) for line in pasted.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n")]
    found = _once(_tidied(_column(lines) or _plain(lines)))
    if len(found) > PEOPLE_MAX:
        raise BadReport("people", "too-many")
    return found


def _plain(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield from _BETWEEN.split(_MARKED.sub("", line))


def _column(lines: list[str]) -> list[str]:
    """Of a table whose first line names its columns; nothing where it is no table."""
    head = next((line for line in lines if line.strip()), "")
    sign = max(",;\t", key=head.count)
    names = [cell.strip().strip('"').casefold() for cell in head.split(sign)]
    known = next((name for name in COLUMNS if name in names), None)
    if known is None:
        return []
    place = names.index(known)
    table = csv.reader(io.StringIO("\n".join(lines[lines.index(head) + 1 :])), delimiter=sign)
    try:
        return [row[place] for row in table if len(row) > place]
    except csv.Error:
        return []


def _tidied(found: Iterable[str]) -> Iterator[str]:
    for one in found:
        name = " ".join(one.split()).strip("\"'").lstrip("@").strip()[:NAME_MAX_CHARS]
        if name:
            yield name


def _once(found: Iterable[str]) -> list[str]:
    first: dict[str, str] = {}
    for one in found:
        first.setdefault(one.casefold(), one)
    return list(first.values())
