"""`boards.toml`: the boards of the house. One that counts everything is always there."""

import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from recognition import toml
from recognition.catalog.sheets import FAMILIES, Place, tables
from recognition.database import insert_new
from recognition.extensions import db
from recognition.leaderboards.models import MEASURES, Board
from recognition.leaderboards.rebuild import rebuild
from recognition.leaderboards.scoring import UNTOLD

FILE = "boards.toml"
RULES = ("measure", "kinds", "families", "weights", "per_day", "once_per_object")
"""What standings depend on."""
KEYS = ("slug", "name", "about", *RULES, "per_head")
COMMUNITY = {
    "slug": "community", "name": "The whole hall", "about": "Everything that counts, from everybody who likes to be on a board.",
    "kinds": [], "families": [], "measure": "points", "weights": {}, "per_day": 0, "once_per_object": False, "per_head": False,
}  # fmt: skip
PER_DAY_MOST = 1000
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def load(path: Path, families_moved: bool = False) -> list[str]:
    """Add or change the boards of the file, if there is one, and see that the common board exists. `families_moved`: some
    kind belongs to another family since the standings were summed up. Raises BadSheet."""
    rows = [_checked(row, i) for i, row in enumerate(tables(path, "boards", KEYS))] if path.is_file() else []
    known = {board.slug: board for board in db.session.scalars(sa.select(Board))}
    counted = {slug: _rules(board) for slug, board in known.items()}
    for row in rows:
        board = known.setdefault(row["slug"], Board(slug=row["slug"]))
        for name in KEYS[1:]:
            setattr(board, name, row[name])
        db.session.add(board)
    db.session.flush()
    if insert_new(Board.__table__, [COMMUNITY], Board.__table__.c.id):
        known["community"] = db.session.scalars(sa.select(Board).where(Board.slug == "community")).one()
    by_family = families_moved and any(board.families for board in known.values())
    if by_family or any(counted.get(slug) != _rules(board) for slug, board in known.items()):
        # The drain adds new deeds only; what was considered before must count on a new board too.
        rebuild()
    return list(dict.fromkeys([*(row["slug"] for row in rows), str(COMMUNITY["slug"])]))


def _rules(board: Board) -> tuple[Any, ...]:
    return tuple(getattr(board, name) for name in RULES)


def _checked(row: dict[str, Any], i: int) -> dict[str, Any]:
    place = Place(row, f"{FILE}: boards[{i}]")
    slug = place.text("slug", 64)
    if not _SLUG.fullmatch(slug):
        raise place.refuse("slug", "needs small letters, digits and hyphens")
    measure = row.get("measure", "points")
    if measure not in MEASURES:
        raise place.refuse("measure", f"needs one of {', '.join(MEASURES)}")
    checked = {
        "slug": slug, "name": place.text("name", 120), "about": place.text("about", 300, needed=False), "measure": measure,
        "kinds": _words(place, "kinds"), "families": _words(place, "families"), "weights": _weights(place),
        "per_day": place.number("per_day", 0, PER_DAY_MOST), "once_per_object": place.flag("once_per_object", False),
        "per_head": place.flag("per_head", False),
    }  # fmt: skip
    _check_sense(place, checked)
    return checked


def _words(place: Place, name: str) -> list[str]:
    words = place.row.get(name, [])
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        raise place.refuse(name, f"needs a list of {name}; an empty one means all")
    if name == "families" and set(words) - set(FAMILIES):
        raise place.refuse(name, f"needs some of {', '.join(FAMILIES)}")
    return list(dict.fromkeys(words))


def _weights(place: Place) -> dict[str, int]:
    weights = place.row.get("weights", {})
    fits = isinstance(weights, dict) and all(type(points) is int and 0 <= points <= PER_DAY_MOST for points in weights.values())
    if not fits:
        raise place.refuse("weights", f"needs points by kind, whole numbers from 0 to {PER_DAY_MOST}")
    return dict(sorted(weights.items()))


def _check_sense(place: Place, row: dict[str, Any]) -> None:
    """What would have no effect is a mistake."""
    for name in ("kinds", "weights"):
        if UNTOLD & set(row[name]):
            raise place.refuse(name, "badge.awarded counts on no board: it would tell of badges that their holders keep back")
    if "reflection" in row["kinds"]:
        raise place.refuse("kinds", "a board of reflections would tell who had a thought that stays with them, and when")
    if row["weights"] and row["measure"] != "points":
        raise place.refuse("weights", "are for boards whose measure is points")
    for name in ("per_day", "once_per_object"):
        if row[name] and row["measure"] not in {"points", "deeds"}:
            raise place.refuse(name, f"has no meaning where {row['measure']} are counted, which count once anyway")
    if row["measure"] == "people" and row["families"]:
        raise place.refuse("families", "people are named by thanks only: thanks.received or thanks.given in kinds")


def export(path: Path) -> list[str]:
    boards = db.session.scalars(sa.select(Board).order_by(Board.id)).all()
    if boards:
        path.write_text(toml.dumps({"boards": [_as_data(board) for board in boards]}), encoding="utf-8")
    return [board.slug for board in boards]


def _as_data(board: Board) -> dict[str, Any]:
    """What is as it is without being said stays unsaid."""
    data = {name: getattr(board, name) for name in KEYS}
    data["weights"] = toml.Inline(board.weights)
    usual = {name: COMMUNITY[name] for name in (*RULES, "per_head")} | {"about": ""}
    return {name: value for name, value in data.items() if name not in usual or value != usual[name]}
