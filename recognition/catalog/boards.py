"""`boards.toml`: the boards of the house. One that counts everything is always there."""

import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from recognition import toml
from recognition.catalog.sheets import Place, tables
from recognition.database import insert_new
from recognition.extensions import db
from recognition.leaderboards.models import Board
from recognition.leaderboards.rebuild import rebuild

FILE = "boards.toml"
KEYS = ("slug", "name", "about", "kinds")
COMMUNITY = {
    "slug": "community", "name": "The whole hall", "kinds": [],
    "about": "Everything that counts, from everybody who likes to be on a board.",
}  # fmt: skip
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def load(path: Path) -> list[str]:
    """Add or change the boards of the file, if there is one, and see that the common board exists. Raises BadSheet."""
    rows = [_checked(row, i) for i, row in enumerate(tables(path, "boards", KEYS))] if path.is_file() else []
    known = {board.slug: board for board in db.session.scalars(sa.select(Board))}
    counted = {slug: list(board.kinds) for slug, board in known.items()}
    for row in rows:
        board = known.get(row["slug"]) or Board(slug=row["slug"])
        board.name, board.about, board.kinds = row["name"], row["about"], row["kinds"]
        db.session.add(board)
    db.session.flush()
    insert_new(Board.__table__, [COMMUNITY])
    slugs = list(dict.fromkeys([*(row["slug"] for row in rows), str(COMMUNITY["slug"])]))
    wanted = {row["slug"]: row["kinds"] for row in rows}
    if any(slug not in counted or counted[slug] != wanted.get(slug, counted[slug]) for slug in slugs):
        # The drain adds new deeds only; what was considered before must count on a new board too.
        rebuild()
    return slugs


def _checked(row: dict[str, Any], i: int) -> dict[str, Any]:
    place = Place(row, f"{FILE}: boards[{i}]")
    slug = place.text("slug", 64)
    if not _SLUG.fullmatch(slug):
        raise place.refuse("slug", "needs small letters, digits and hyphens")
    kinds = row.get("kinds", [])
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise place.refuse("kinds", "needs a list of kinds; an empty one means all")
    name, about = place.text("name", 120), place.text("about", 300, needed=False)
    return {"slug": slug, "name": name, "about": about, "kinds": kinds}


def export(path: Path) -> list[str]:
    boards = db.session.scalars(sa.select(Board).order_by(Board.slug)).all()
    if boards:
        path.write_text(toml.dumps({"boards": [_as_data(board) for board in boards]}), encoding="utf-8")
    return [board.slug for board in boards]


def _as_data(board: Board) -> dict[str, Any]:
    return {"slug": board.slug, "name": board.name, "about": board.about, "kinds": board.kinds}
