"""Pins made for one contest: published badges whose rules speak of it, so that the drain gives them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from recognition.badges.queries import badge_by_slug
from recognition.badges.rules import check_spec
from recognition.badges.services import states
from recognition.contests.models.contest import Contest
from recognition.contests.rules import ENTERED, PERSON, VOTED

FOR_ENTERING, FOR_VOTING, FOR_WINNING = "entered", "voted", "winner"
PINS = (FOR_ENTERING, FOR_VOTING, FOR_WINNING)
WINNERS = 3
_NAME_MAX = 56


def make_pins(contest: Contest, wanted: Collection[str], now: datetime, actor_id: int | None) -> list[str]:
    """The slugs of the badges, made and published in this transaction. One that is there already is taken as it is."""
    made = []
    for which in (pin for pin in PINS if pin in wanted):
        slug = f"{contest.slug}-{which}"
        badge = badge_by_slug(slug) or states.save_badge(check_spec(pin_data(contest, which)), now, actor_id)
        if badge.state == "draft":
            states.publish(badge.id, actor_id)
        made.append(slug)
    return made


def pin_data(contest: Contest, which: str) -> dict[str, Any]:
    """What `badges.rules.check_spec` takes."""
    name, summary, band = _words(contest, which)
    return {
        "slug": f"{contest.slug}-{which}", "name": name, "summary": summary, "family": contest.family,
        "glyph": _glyph(contest, which), "band": band, "criteria": _rule(contest, which), "story": "", "levels": [],
    }  # fmt: skip


def _rule(contest: Contest, which: str) -> dict[str, Any]:
    if which == FOR_WINNING:
        # Who was named learns of no place but the first; a pin would tell it.
        return {"placed": contest.slug, "top": 1 if contest.takes == PERSON else WINNERS}
    kind = ENTERED if which == FOR_ENTERING else VOTED
    return {"count": {"kind": [kind], "object": [f"contest:{contest.slug}"]}, "at_least": 1}


def _glyph(contest: Contest, which: str) -> str:
    if which == FOR_ENTERING:
        return {"picture": "brush", "text": "pencil", "link": "globe"}.get(contest.takes, "speech")
    return "hand" if which == FOR_VOTING else "star"


def _words(contest: Contest, which: str) -> tuple[str, str, str]:
    """Name, summary, and the word on the band."""
    title = contest.title if len(contest.title) <= _NAME_MAX else contest.title[: _NAME_MAX - 1].rstrip() + "…"
    if which == FOR_VOTING:
        summary, name, band = _("Looked at what was handed in for “%(title)s”, and voted."), _("%(title)s: voted"), _("VOTED")
    elif which == FOR_WINNING:
        first = _("First of “%(title)s”.") if contest.takes == PERSON else _("Among the first three of “%(title)s”.")
        summary, name, band = first, _("%(title)s: winner"), _("WINNER")
    elif contest.takes == PERSON:
        summary, name, band = _("Was put forward in “%(title)s”."), _("%(title)s: took part"), _("NAMED")
    else:
        summary, name, band = _("Handed something in for “%(title)s”."), _("%(title)s: took part"), _("ENTERED")
    return name % {"title": title}, summary % {"title": title}, band
