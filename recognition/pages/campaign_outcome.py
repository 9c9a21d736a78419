"""What came of a campaign, in figures that a page may show: beside the council's own words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import SMALL, tellable


@dataclass(frozen=True)
class Figure:
    value: str
    label: str


@dataclass(frozen=True)
class Outcome:
    figures: list[Figure]
    at: datetime


def outcome(campaign: Campaign, names: Mapping[str, str]) -> Outcome | None:
    """`names`: of its quests and badges, by "quest:slug". None: it is not over, or nobody has counted yet."""
    if campaign.outcome is None or campaign.outcome_at is None:
        return None
    return Outcome(list(_figures(campaign.outcome, names)), campaign.outcome_at)


def _figures(told: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Figure]:
    """Small numbers of people stay untold, and so does what would tell them by subtraction."""
    yield _people(told["joined"], ngettext("person joined", "people joined", told["joined"]))
    if told["reached"] is not None:
        yield _people(told["reached"], ngettext("person reached the goal", "people reached the goal", told["reached"]))
    if told["deeds"]:
        yield Figure(format_decimal(told["deeds"]), ngettext("deed for it", "deeds for it", told["deeds"]))
        yield from _part(told["first_timers"], told["doers"], _("told a deed for the first time"))
    if told["entries"]:
        yield _people(told["entries"], ngettext("entry in its contests", "entries in its contests", told["entries"]))
    for slug, number in told["quests"].items():
        yield _people(number, _("finished “%(quest)s”", quest=names.get(f"quest:{slug}", slug)))
    for slug, number in told["badges"].items():
        yield _people(number, _("wear “%(badge)s”", badge=names.get(f"badge:{slug}", slug)))
    yield from _part(told["went_on"], told["people"], _("went on afterwards: to another campaign, or into an area new to them"))


def _people(number: int, label: str) -> Figure:
    return Figure(_("fewer than five") if 0 < number < SMALL else format_decimal(number), label)


def _part(part: int, whole: int, label: str) -> Iterator[Figure]:
    """Left out where it cannot be told; nobody at all is no news either."""
    shown = tellable(part, whole)
    if shown:
        yield Figure(format_decimal(shown), label)
