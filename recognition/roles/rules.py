"""What a role's text holds, who may read a version on a day, and what two versions differ in."""

import difflib
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

TITLE_MAX_CHARS, TEXT_MAX_CHARS, LINE_MAX_CHARS, NOTE_MAX_CHARS, WORD_MAX_CHARS = 120, 8000, 300, 300, 4000
LINES_MAX = 20
PLACES_MAX = 500
WAITING, ACCEPTED, DECLINED, WITHDRAWN = "waiting", "accepted", "declined", "withdrawn"
SECTIONS = ("title", "purpose", "duties", "rights", "ask", "elsewhere")
"""The parts of a sheet, in the order in which they are read."""


class NotSaved(Exception):
    """`errors`: a sentence for each field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(self.errors.values()))


class TooLate(Exception):
    """It is not in a state in which this can be done. Its text is a sentence for the person who tried."""


@dataclass(frozen=True)
class Sheet:
    """`duties`: what is to be done, and how it is seen that it is. `ask`: who to ask. `elsewhere`: other ways, for whom this
    one does not fit. Purpose, ask and elsewhere are Markdown."""

    title: str
    purpose: str
    duties: tuple[tuple[str, str], ...] = ()
    rights: tuple[str, ...] = ()
    ask: str = ""
    elsewhere: str = ""

    @property
    def data(self) -> dict[str, Any]:
        return asdict(self) | {"duties": [list(one) for one in self.duties], "rights": list(self.rights)}


def sheet(data: Mapping[str, Any]) -> Sheet:
    duties = tuple((what, seen) for what, seen in data["duties"])
    return Sheet(data["title"], data["purpose"], duties, tuple(data["rights"]), data["ask"], data["elsewhere"])


@dataclass(frozen=True)
class Entry:
    """How one comes to a role; see `models.Role`."""

    rule: dict[str, Any] | None = None
    quest: str | None = None
    quest_from: date | None = None
    places: int = 0
    open_until: date | None = None

    @property
    def mark(self) -> str:
        """Another one for each other entry."""
        said = json.dumps(vars(self), sort_keys=True, default=str)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def is_open(self, today: date) -> bool:
        return self.places > 0 and self.open_until is not None and self.open_until >= today

    def needs_quest(self, today: date) -> bool:
        return self.quest is not None and self.quest_from is not None and self.quest_from <= today


def is_out(all_on: date, today: date) -> bool:
    return all_on <= today


def may_read(first_for: str, first_on: date | None, all_on: date, today: date, belongs: Collection[str]) -> bool:
    """`belongs`: words of `holding.py` for what the reader belongs to. Before its day nobody reads a version."""
    if is_out(all_on, today):
        return True
    return first_on is not None and first_on <= today and first_for in belongs


@dataclass(frozen=True)
class Change:
    """`section` is one of SECTIONS; `lines`: ("-", gone) and ("+", new), in the order of the text."""

    section: str
    lines: tuple[tuple[str, str], ...]


def compare(before: Sheet, after: Sheet) -> Iterator[Change]:
    for section in SECTIONS:
        told = difflib.ndiff(_lines(before, section), _lines(after, section))
        lines = tuple((line[0], line[2:]) for line in told if line[0] in "+-" and line[2:].strip())
        if lines:
            yield Change(section, lines)


def _lines(one: Sheet, section: str) -> list[str]:
    if section == "duties":
        return [f"{what} ({seen})" if seen else what for what, seen in one.duties]
    if section == "rights":
        return list(one.rights)
    return str(getattr(one, section)).splitlines()
