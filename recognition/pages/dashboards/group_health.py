"""How one group is doing: the same definition of active as for the whole house, told of those who let others see that they
belong to it."""

from typing import Any

from flask import abort, render_template, url_for
from flask_babel import gettext as _

from recognition.identity.models import Group
from recognition.identity.queries import group_by_slug
from recognition.metrics import hiding, queries, services
from recognition.metrics.rules import ALL_TIME, QUARTER, WINDOWS, figure_name
from recognition.pages.dashboards import words
from recognition.pages.dashboards.blueprint import blueprint
from recognition.pages.dashboards.charts import LINE, Chart, Row
from recognition.pages.dashboards.health_words import lines
from recognition.web import csv_lines
from recognition.web.access import public

WIDEST_FIRST = tuple(reversed(WINDOWS))
Told = dict[int, tuple[int | None, ...]]
"""By day: those who belong, then who was active in 52 and in 4 weeks; None where that may not be told."""


@blueprint.get("/groups/<slug>/health")
@public
def group_health(slug: str) -> Any:
    group = _group(slug)
    told = _told(group)
    return render_template(
        "dashboards/group_health.html", group=group, chart_=_chart(told), said=_trend(told),
        csv=url_for(".download_group_health", slug=slug), day_words=words.day_words(max(told)) if told else "",
    )  # fmt: skip


@blueprint.get("/groups/<slug>/health.csv")
@public
def download_group_health(slug: str) -> Any:
    group = _group(slug)
    return csv_lines.answer(list((_chart(_told(group)) or abort(404)).lines()), f"health-{group.slug}.csv")


def _group(slug: str) -> Group:
    found = group_by_slug(slug)
    if found is None or found.is_outside:
        abort(404)
    return found


def _told(group: Group) -> Told:
    newest, area = queries.newest_day(), next(iter(queries.areas()), None)
    if newest is None or area is None:
        return {}
    days = services.series_days(newest)
    inside = queries.series("members.together", (ALL_TIME,), days, "group", group.slug)
    active = queries.series(figure_name(area.slug), WINDOWS, days, "group", group.slug)
    found: Told = {}
    for day in (day for day in days if day in inside):
        shown = hiding.chain([inside[day][ALL_TIME], *(active.get(day, {}).get(span, 0) for span in WIDEST_FIRST)])
        found[day] = (shown[0], shown[1], shown[-1])
    return found if any(number is not None for numbers in found.values() for number in numbers) else {}


def _trend(told: Told) -> str:
    """Now beside a quarter before, or the day that was counted nearest to it."""
    if len(told) < 2:
        return ""
    newest = max(told)
    before = min((day for day in told if day != newest), key=lambda day: abs(newest - QUARTER - day))
    return next((line.words for line in lines({"active": (told[newest][-1], told[before][-1])})), "")


def _chart(told: Told) -> Chart | None:
    if not told:
        return None
    rows = [Row(words.day_words(day), told[day]) for day in sorted(told)]
    about = _("Of those who let others see that they belong here: all of them, and different people with a deed that counts, in "
              "the weeks up to each day.")  # fmt: skip
    columns = [_("Belong here"), _("Active in 52 weeks"), _("Active in four weeks")]
    return Chart("group", _("Over time"), about, LINE, _("Up to"), columns, rows, drawn=(0, 1, 2), family="gathering")
