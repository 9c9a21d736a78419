"""Reads a file that is a list of tables, `[[kinds]]` or `[[boards]]`, and says what is wrong where."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

FAMILIES = ("learning", "helping", "making", "gathering", "caring")


class BadSheet(ValueError):
    """Its text names the file and the place in it, and says what is needed there."""


def tables(path: Path, name: str, known: Iterable[str]) -> list[dict[str, Any]]:
    """The tables `[[name]]` of the file, in its order. Anything else in it is refused, and so is a slug told twice."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadSheet(f"{path.name}: {fault}") from fault
    rows = data.pop(name, [])
    if data:
        raise BadSheet(f"{path.name}: {min(data)} is not known here, only [[{name}]]")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadSheet(f"{path.name}: {name} needs to be a list of tables, [[{name}]]")
    seen: dict[str, int] = {}
    for i, row in enumerate(rows):
        unknown = sorted(set(row) - set(known))
        if unknown:
            raise BadSheet(f"{path.name}: {name}[{i}].{unknown[0]} is not known")
        slug = str(row.get("slug"))
        if slug in seen:
            raise BadSheet(f"{path.name}: {name}[{i}].slug: “{slug}” stands there already, in {name}[{seen[slug]}]")
        seen[slug] = i
    return rows


class Place:
    """One table of a file; each getter refuses what does not fit, with the place."""

    def __init__(self, row: Mapping[str, Any], where: str) -> None:
        self.row, self.where = row, where

    def refuse(self, name: str, reason: str) -> BadSheet:
        return BadSheet(f"{self.where}.{name}: {reason}")

    def text(self, name: str, limit: int, needed: bool = True) -> str:
        value = self.row.get(name, "")
        if not isinstance(value, str) or "\x00" in value:
            raise self.refuse(name, "needs to be text")
        if needed and not value.strip():
            raise self.refuse(name, "is missing")
        if len(value) > limit:
            raise self.refuse(name, f"has more than {limit} characters")
        return value

    def family(self, name: str = "family") -> str:
        value = self.text(name, 20)
        if value not in FAMILIES:
            raise self.refuse(name, f"needs one of {', '.join(FAMILIES)}")
        return value

    def number(self, name: str, otherwise: int, most: int) -> int:
        value = self.row.get(name, otherwise)
        if type(value) is not int or not 0 <= value <= most:
            raise self.refuse(name, f"needs a whole number from 0 to {most}")
        return value

    def flag(self, name: str, otherwise: bool) -> bool:
        value = self.row.get(name, otherwise)
        if not isinstance(value, bool):
            raise self.refuse(name, "needs to be true or false")
        return value
