"""What a list of deeds is asked for, from its address and back into words. The page and the feeds read it alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from recognition.activities import provenance
from recognition.activities.models import EVIDENCE, Kind
from recognition.activities.queries import Wanted
from recognition.campaigns.queries import campaign_by_slug
from recognition.identity.models import Member
from recognition.identity.queries import group_by_slug, profile

WORDS = ("member", "group", "tag", "campaign", "kind", "source", "evidence")
DAYS = {"from": "since", "to": "until"}
"""By the name in the address, the field of Wanted."""
NAME_MAX_CHARS = 160
FIRST_YEAR, LAST_YEAR = 1970, 2999
FEEDS = ("atom", "json", "ics")


@dataclass(frozen=True)
class Chip:
    """One filter in words, with the address of the list without it."""

    words: str
    without: str


def asked(args: Mapping[str, str]) -> Wanted:
    """Answers 400 for what is no day; an unknown name finds nothing."""
    words: dict[str, Any] = {name: args.get(name, "").strip()[:NAME_MAX_CHARS] for name in WORDS}
    words["tag"] = words["tag"].removeprefix("#").casefold()
    words["member"] = words["member"].removeprefix("@").casefold()
    # What no database can store, nobody can be called.
    words = {name: value if value.isprintable() else "?" for name, value in words.items()}
    days: dict[str, Any] = {field: _day(args.get(name, "")) for name, field in DAYS.items()}
    return Wanted(**words, **days)


def _day(given: str) -> date | None:
    if not given.strip():
        return None
    try:
        day = date.fromisoformat(given.strip())
    except ValueError:
        abort(400, _("A day is written like 2026-11-21."))
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        abort(400, _("Choose a day between %(first)s and %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))
    return day


def chosen(wanted: Wanted) -> dict[str, Any]:
    """For an address: what was asked for, and nothing else."""
    named = {name: getattr(wanted, name) for name in WORDS} | {name: getattr(wanted, field) for name, field in DAYS.items()}
    return {name: str(value) for name, value in named.items() if value}


def chips(wanted: Wanted, kinds: list[Kind], viewer: Member | None) -> list[Chip]:
    """In the words that this reader may read; what nobody knows stays as it was typed."""
    told = chosen(wanted)
    words = _said(wanted, kinds, viewer)
    rest = {name: {other: value for other, value in told.items() if other != name} for name in told}
    return [Chip(words[name], url_for("activities.index", **rest[name])) for name in told]


def _said(wanted: Wanted, kinds: list[Kind], viewer: Member | None) -> dict[str, str]:
    labels = {kind.slug: kind.label for kind in kinds}
    found: dict[str, str] = {
        "tag": f"#{wanted.tag}", "kind": labels.get(wanted.kind, wanted.kind),
        "source": provenance.way(wanted.source) or _("told right here"),
        "evidence": strengths().get(wanted.evidence, wanted.evidence),
        "member": _member(wanted.member, viewer), "group": wanted.group, "campaign": wanted.campaign,
    }  # fmt: skip
    if wanted.group and (group := group_by_slug(wanted.group)):
        found["group"] = group.name
    if wanted.campaign and (campaign := campaign_by_slug(wanted.campaign)):
        found["campaign"] = campaign.title
    if wanted.since:
        found["from"] = _("from %(day)s", day=format_date(wanted.since, "d MMM yyyy"))
    if wanted.until:
        found["to"] = _("until %(day)s", day=format_date(wanted.until, "d MMM yyyy"))
    return found


def _member(handle: str, viewer: Member | None) -> str:
    person = profile(handle, viewer) if handle else None
    return person.called if person else f"@{handle}"


def strengths() -> dict[str, str]:
    """By the key that an address has."""
    return {name: provenance.heading(number) for name, number in EVIDENCE.items()}


def feeds(wanted: Wanted) -> dict[str, str]:
    """Addresses of this list for readers and calendars, by their ending."""
    return {ending: url_for("deed_feeds.activities", ending=ending, **chosen(wanted)) for ending in FEEDS}


def older(wanted: Wanted, cursor: str | None) -> str:
    return url_for(str(request.endpoint), **chosen(wanted), after=cursor) if cursor else ""
