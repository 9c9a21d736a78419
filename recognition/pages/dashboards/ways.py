"""From a figure to its rows: the list that everybody may read, of the deeds or of all who belong there. Nothing leads to a list
of people who did not do something."""

from datetime import date, timedelta
from typing import Any

from flask import url_for

from recognition.pages.dashboards.words import day_of

_DEEDS = {"kind": "kind", "tag": "tag", "initiative": "campaign", "evidence": "evidence"}
"""By what a figure is told apart by, the filter of the list of deeds."""


def deeds(by: str, slot: str, day: int, span: int | None = None) -> str:
    """Those up to the end of `day`, of all time or of the `span` days before it. Empty where no list says just that: a deed told
    by hand may have been confirmed since."""
    if not slot or by not in _DEEDS or (by == "evidence" and slot != "confirmed"):
        return ""
    return _list({_DEEDS[by]: slot}, day_of(day - span) if span is not None else None, day_of(day))


def month(slot: str) -> str:
    """The deeds of "2026-10"."""
    first = date.fromisoformat(f"{slot}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return _list({}, first, last)


def year(slot: str) -> str:
    return _list({}, date(int(slot), 1, 1), date(int(slot), 12, 31))


def days(day: int, span: int) -> str:
    """All deeds of so many days up to the end of `day`."""
    return _list({}, day_of(day - span), day_of(day))


def _list(asked: dict[str, str], first: date | None, last: date) -> str:
    args: dict[str, Any] = {**asked, "from": first, "to": last}
    return url_for("activities.index", **args)


def people(by: str, slot: str) -> str:
    """Everybody there, whatever they do or do not."""
    if not slot:
        return ""
    if by == "group":
        return url_for("identity.group", slug=slot)
    return url_for("identity.members", q=slot) if by == "country" else ""
