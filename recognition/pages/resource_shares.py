"""Who got what by region, beside how many members live there: a chart with its table and file, and the same in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from recognition.crowds import SMALL
from recognition.pages.dashboards import words
from recognition.pages.dashboards.charts import BARS, PERCENT, Chart, Row
from recognition.resources import queries
from recognition.resources.rules import Line, far_off, lines

UNITS_MAX, NAMED_MAX = 8, 6
MEMBER_SHARE, MET_SHARE = 1, 5
"""Columns of the table that the picture shows."""


@dataclass(frozen=True)
class Shares:
    """`day`: up to the end of which it was counted, in words; empty where nothing was yet."""

    day: str
    chart: Chart
    said: Sequence[str]


def of(year: int | None) -> Shares:
    day, counts, units = queries.counts(year)
    found = lines(counts, units[:UNITS_MAX]) if sum(counts.asked.values()) else []
    columns = [_("Members"), _("Members, in 100"), _("Asks"), _("Asks, in 100"), _("Met"), _("Met, in 100"),
               *(_("Given: %(unit)s", unit=unit) for unit in units[:UNITS_MAX])]  # fmt: skip
    about = _("How many of a hundred members live there, and how many of a hundred asks that were met, wholly or in part, "
              "were for there. Members are told in fives, and by the place that they let others see.")  # fmt: skip
    chart = Chart("by-region", _("Members, and what was given"), about, BARS, _("Country"), columns,
                  [_row(one) for one in found], drawn=(MEMBER_SHARE, MET_SHARE), family="gathering", scale=PERCENT)  # fmt: skip
    return Shares(words.day_words(day) if day is not None else "", chart, list(_said(found)))


def _row(one: Line) -> Row:
    name = one.region or _("Smaller places, and not told")
    values = (one.members, one.member_share, one.asked, one.asked_share, one.met, one.met_share, *one.amounts)
    return Row(name, values)


def _said(found: Sequence[Line]) -> Sequence[str]:
    met = sum(one.met for one in found)
    if not found:
        return []
    if met < SMALL:
        return [_("Fewer than %(few)s asks were met in this time. That is too few to say who gets more and who less.", few=SMALL)]
    if not any(one.region for one in found):
        return [_("No country has enough members to be told by itself.")]
    far = far_off(found)
    if not far:
        return [_("In no country are the two further apart than ten in a hundred.")]
    return [_sentence(one, by) for one, by in far[:NAMED_MAX]]


def _sentence(one: Line, by: int) -> str:
    part = {"region": one.region, "members": one.member_share, "met": one.met_share}
    if by < 0:
        return _(
            "%(region)s: %(members)s of a hundred members, %(met)s of a hundred asks that were met. Less than its part.", **part
        )
    return _("%(region)s: %(members)s of a hundred members, %(met)s of a hundred asks that were met. More than its part.", **part)
