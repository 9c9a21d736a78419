"""`kinds.toml`: what a deed can be, in the order in which people are asked."""

import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from recognition import toml
from recognition.activities.kind_forms import LANGUAGE
from recognition.activities.models import Kind
from recognition.activities.rules import INTERNAL_KINDS
from recognition.catalog.sheets import Place, tables
from recognition.database import insert_new, upsert
from recognition.extensions import db

FILE = "kinds.toml"
KEYS = ("slug", "label", "family", "points", "hint", "internal", "offered", "labels")
DEFAULT_POINTS = 10
_SLUG = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


def load(path: Path) -> list[str]:
    """Add or change the kinds of the file. A kind that it does not name stays. Raises BadSheet."""
    rows = [_checked(row, i) for i, row in enumerate(tables(path, "kinds", KEYS))]
    if rows:
        statement = upsert(Kind.__table__)
        changed = {name: statement.excluded[name] for name in (*KEYS[1:], "position")}
        db.session.execute(statement.on_conflict_do_update(index_elements=["slug"], set_=changed), rows)
    return [row["slug"] for row in rows]


def add_missing(given: list[dict[str, Any]]) -> list[str]:
    """Those that are not here yet; one that is stays as it is. Raises BadSheet."""
    rows = [_checked(row, i) | {"position": 1000} for i, row in enumerate(given)]
    table: Any = Kind.__table__
    return [row.slug for row in insert_new(table, rows, table.c.slug)] if rows else []


def families() -> dict[str, str]:
    """The family of each kind there is."""
    return {row.slug: row.family for row in db.session.execute(sa.select(Kind.slug, Kind.family))}


def _checked(row: dict[str, Any], i: int) -> dict[str, Any]:
    place = Place(row, f"{FILE}: kinds[{i}]")
    slug = place.text("slug", 80)
    if not _SLUG.fullmatch(slug):
        raise place.refuse("slug", "needs small letters, digits, hyphens and dots")
    internal = place.flag("internal", False)
    if internal != (slug in INTERNAL_KINDS):
        raise place.refuse("internal", f"is for {', '.join(INTERNAL_KINDS)}, which the product writes by itself")
    offered = place.flag("offered", not internal)
    if offered and internal:
        raise place.refuse("offered", "nobody can report what the product writes by itself")
    return {
        "slug": slug, "label": place.text("label", 120), "family": place.family(), "internal": internal,
        "hint": place.text("hint", 200, needed=False), "offered": offered, "position": i,
        "points": place.number("points", DEFAULT_POINTS, 1000), "labels": _labels(place, row.get("labels")),
    }  # fmt: skip


def _labels(place: Place, given: Any) -> dict[str, str] | None:
    """By language; a file that says nothing of them leaves none."""
    if given is None:
        return None
    named = given.items() if isinstance(given, dict) else [("", "")]
    if any(not isinstance(name, str) or not LANGUAGE.fullmatch(tag) or not 1 <= len(name) <= 120 for tag, name in named):
        raise place.refuse("labels", 'needs a name for each language, such as { de = "Vortrag" }')
    return dict(given) or None


def export(path: Path) -> list[str]:
    kinds = db.session.scalars(sa.select(Kind).order_by(Kind.position, Kind.slug)).all()
    if kinds:
        path.write_text(toml.dumps({"kinds": [as_data(kind) for kind in kinds]}), encoding="utf-8")
    return [kind.slug for kind in kinds]


def as_data(kind: Kind) -> dict[str, Any]:
    data: dict[str, Any] = {"slug": kind.slug, "label": kind.label, "family": kind.family, "points": kind.points}
    if kind.hint:
        data["hint"] = kind.hint
    if kind.internal:
        data["internal"] = True
    elif not kind.offered:
        data["offered"] = False
    if kind.labels:
        data["labels"] = toml.Inline(sorted(kind.labels.items()))
    return data
