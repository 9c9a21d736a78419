"""The portal's files (members.csv, activities.ndjson, events.csv; each may be packed with gzip) as rows to be counted."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from recognition.activities.imports import files
from recognition.activities.reconciling.figures import Book, Deed, Event, Person

EXPECTED = "expected.json"
EXPECTED_MAX_BYTES = 2**20
_NUMBER = re.compile(r"\d{1,9}")


class BadFolder(Exception):
    """Its text is a sentence for whoever named the folder."""


def book(folder: Path) -> Book:
    """Raises BadFolder."""
    people = [_person(row) for row in _rows(folder, "members.csv", "csv")]
    deeds = [_deed(row) for row in _rows(folder, "activities.ndjson", "ndjson")]
    events = [_event(row) for row in _rows(folder, "events.csv", "csv")] if _found(folder, "events.csv") else None
    return Book(people, deeds, events)


def published(folder: Path) -> dict[str, Any]:
    """The figures that came with the files; none where there is no such file. Raises BadFolder."""
    path = folder / EXPECTED
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > EXPECTED_MAX_BYTES:
            raise BadFolder(f"{EXPECTED} is too large for a list of figures.")
        found = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError, OSError):
        raise BadFolder(f"{EXPECTED} cannot be read: it must be JSON in UTF-8.") from None
    if not isinstance(found, dict):
        raise BadFolder(f"{EXPECTED} must be an object of figures.")
    return found


def _found(folder: Path, name: str) -> Path | None:
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def _rows(folder: Path, name: str, file_format: str) -> Iterator[dict[str, Any]]:
    path = _found(folder, name)
    if path is None:
        raise BadFolder(f"{name} (or {name}.gz) is missing in {folder}.")
    try:
        with files.opened(path) as (_raw, content):
            # All at once: a reader that is left halfway keeps the file open.
            read = list(files.rows(content, file_format))
    except files.BrokenFile as fault:
        raise BadFolder(f"{path.name}: {fault}") from None
    for line, row in read:
        if isinstance(row, str):
            raise BadFolder(f"{path.name}, line {line}: {row}")
        yield _Named(row, f"{path.name}, line {line}")


class _Named(dict[str, Any]):
    """A row that says where it stands when a column is missing in it."""

    def __init__(self, row: dict[str, Any], where: str) -> None:
        super().__init__(row)
        self.where = where

    def __missing__(self, name: str) -> Any:
        raise BadFolder(f"{self.where}: there is no {name}.")


def _person(row: dict[str, Any]) -> Person:
    return Person(
        row["member"], row["status"], row["country"], row["joined"], row["left"], row["mentor"], row["mentor_2020_04"],
        row["on_roll_2020_04"] == "yes", _listed(row["groups"]),
    )  # fmt: skip


def _deed(row: dict[str, Any]) -> Deed:
    text_key = row["text_key"] if row["has_text"] else None
    event = None if row["event"] is None else str(row["event"])
    return Deed(row["source"], row["source_key"], row["member"], _day(row, "occurred_on"), row["kind"], row["initiative"], event,
                bool(row["passive"]), text_key)  # fmt: skip


def _event(row: dict[str, Any]) -> Event:
    return event(row, row["organiser"], _day(row, "starts_on"))


def event(row: dict[str, Any], organiser: str, starts: date) -> Event:
    """From its columns, wherever they were kept. Attendance is as somebody typed it."""
    typed = str(row.get("estimated_attendance") or "")
    return Event(
        starts, date.fromisoformat(row.get("ends_on") or str(starts)), row.get("city") or "", row.get("country") or "",
        row.get("country_code") or "", _listed(row.get("categories") or ""), organiser,
        int(typed) if _NUMBER.fullmatch(typed) else 0,
    )  # fmt: skip


def _day(row: dict[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(row[name])
    except (TypeError, ValueError):
        raise BadFolder(f"{getattr(row, 'where', '')}: {name} is no day such as 2014-06-30.") from None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(";") if name)
