"""What the parts of figures are called."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import format_date
from flask_babel import gettext as _

from recognition import clock
from recognition.activities.models import Kind
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group
from recognition.metrics.rules import WINDOWS


def windows() -> list[str]:
    """In the order of rules.WINDOWS."""
    words = {28: _("4 weeks"), 56: _("8 weeks"), 182: _("26 weeks"), 364: _("52 weeks")}
    return [words[span] for span in WINDOWS]


def day_of(number: int) -> date:
    return clock.EPOCH + timedelta(days=number)


def day_words(number: int) -> str:
    return format_date(day_of(number), "d MMM yyyy")


def month(slot: str) -> str:
    return format_date(date.fromisoformat(f"{slot}-01"), "MMM yyyy")


def names(by: str, slots: Iterable[str]) -> Mapping[str, str]:
    """From slots to words, one look-up at the most; a slot without words is its own."""
    wanted = set(slots)
    known = _LOOK_UPS[by](wanted) if by in _LOOK_UPS else {}
    empty = {"country": _("Not told"), "initiative": _("No initiative told")}.get(by, "")
    return {slot: known.get(slot) or slot or empty for slot in wanted}


def _kinds(slugs: set[str]) -> dict[str, str]:
    return {row.slug: row.label for row in db.session.execute(sa.select(Kind.slug, Kind.label).where(among(Kind.slug, slugs)))}


def _groups(slugs: set[str]) -> dict[str, str]:
    return {row.slug: row.name for row in db.session.execute(sa.select(Group.slug, Group.name).where(among(Group.slug, slugs)))}


def _campaigns(slugs: set[str]) -> dict[str, str]:
    titles: Callable[[Iterable[str]], dict[str, str]] = current_app.extensions["names"]["campaign"]
    return titles(slugs)


def _evidence(_slugs: set[str]) -> dict[str, str]:
    return {"hand": _("Told by hand"), "passive": _("Seen where people took part"),
            "confirmed": _("Confirmed by somebody else"), "seen": _("Told with proof from the start")}  # fmt: skip


def _states(_slugs: set[str]) -> dict[str, str]:
    return {"active": _("Here"), "away": _("Away for a while"), "alumni": _("Alumni")}


def _tags(slugs: set[str]) -> dict[str, str]:
    return {slug: f"#{slug}" for slug in slugs}


_LOOK_UPS: dict[str, Callable[[set[str]], dict[str, str]]] = {
    "kind": _kinds, "group": _groups, "initiative": _campaigns, "evidence": _evidence, "state": _states, "tag": _tags,
}  # fmt: skip
