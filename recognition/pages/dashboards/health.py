"""The page of honest health that everybody may read: the last ninety days beside the ninety before, good and bad."""

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template, url_for
from flask_babel import gettext as _

from recognition.metrics import hiding, queries, services
from recognition.metrics.models import Area
from recognition.metrics.queries import Found, Number
from recognition.metrics.rules import ALL_TIME, WINDOWS, figure_name
from recognition.pages.dashboards import words
from recognition.pages.dashboards.active import by_span, members_of
from recognition.pages.dashboards.blueprint import blueprint
from recognition.pages.dashboards.charts import BARS, LINE, Chart, Row
from recognition.pages.dashboards.health_words import NAMES, Line, lines, waiting
from recognition.web import csv_lines
from recognition.web.access import public

PEOPLE = ("active", "first", "newcomers")
FOUR_WEEKS = WINDOWS[0]


@blueprint.get("/health")
@public
def health() -> Any:
    day = queries.newest_day()
    numbers = quarters(day) if day is not None else {}
    said = lines(numbers) + ([waiting(days) for days in _waits(day)] if day is not None else [])
    return render_template(
        "dashboards/health.html", day_words=words.day_words(day) if day is not None else "", charts=_charts(day, numbers),
        good=_of(said, "good"), care=_of(said, "care"), same=_of(said, "same"),
        address=lambda name: url_for(".download_health", name=name),
    )  # fmt: skip


@blueprint.get("/health/<name>.csv")
@public
def download_health(name: str) -> Any:
    day = queries.newest_day()
    chart = next((one for one in (_charts(day, quarters(day)) if day is not None else []) if one.slug == name), None)
    return csv_lines.answer(list((chart or abort(404)).lines()), f"health-{name}.csv")


Numbers = dict[str, tuple[int | None, int | None]]
"""Now and the quarter before, by name; None where it may not be told."""


def quarters(day: int) -> Numbers:
    """What everybody reads of the last ninety days and of those before."""
    area = whole()
    figure = figure_name(area.slug) if area else ""
    found: Found = queries.figures(["members", figure, *(f"health.{name}" for name in NAMES)], {"", "period"}, day)
    everybody = members_of(found)
    weeks = hiding.windows(by_span(found.get((figure, ""), ())), everybody).values()
    beside = [everybody, *(number for number in weeks if number is not None)]
    return {name: _pair(found, name, beside) for name in NAMES if (f"health.{name}", "period") in found}


def _pair(found: Found, name: str, beside: Sequence[int]) -> tuple[int | None, int | None]:
    """A number that few people stand behind says what those did; nobody at all is a number like others. `beside`: all members,
    and who was active in so many weeks."""
    told_of = []
    for slot in ("now", "before"):
        known, active = _of_slot(found, name, slot), _of_slot(found, "active", slot)
        wholes = list(beside[:1]) if name in PEOPLE else []
        if name == "active" and slot == "now":
            wholes = list(beside)
        elif name == "first" and active is not None:
            wholes.append(active.people)
        told_of.append(_told_of(known, wholes) if known is not None else None)
    return told_of[0], told_of[1]


def _of_slot(found: Found, name: str, slot: str) -> Number | None:
    return next((one for one in found.get((f"health.{name}", "period"), ()) if one.slot == slot), None)


def _told_of(one: Number, wholes: Sequence[int]) -> int | None:
    """`wholes`: numbers of people of whom these are a part, or they of these; the few by whom they differ are not told."""
    few = 0 < one.people < hiding.LEAST or any(0 < abs(whole - one.people) < hiding.LEAST for whole in wholes)
    return None if few else one.value


def _waits(day: int) -> list[int]:
    return [one.value for one in queries.figures(["waiting"], {"period"}, day).get(("waiting", "period"), ())]


def _of(said: list[Line], sort: str) -> list[str]:
    return [line.words for line in said if line.sort == sort]


def _charts(day: int | None, numbers: Numbers) -> list[Chart]:
    if day is None:
        return []
    rows = [Row(str(NAMES[name]), numbers[name]) for name in NAMES if name in numbers]
    about = _("Ninety days up to this day, and the ninety before them.")
    columns = [_("Last ninety days"), _("Ninety before")]
    compared = Chart("quarter", _("All of it, in numbers"), about, BARS, _("What"), columns, rows, drawn=(0, 1), family="caring",
                     each_alone=True)  # fmt: skip
    return [_over_time(day), compared]


def whole() -> Area | None:
    """The first one stands for the whole."""
    return next(iter(queries.areas()), None)


def _over_time(day: int) -> Chart:
    area = whole()
    days = services.series_days(day)
    known = queries.series(figure_name(area.slug), (FOUR_WEEKS,), days) if area else {}
    everybody = queries.series("members", (ALL_TIME,), days)
    rows = []
    for one in (one for one in days if any(known.get(one, {}).values())):
        shown = hiding.windows(known[one], everybody.get(one, {}).get(ALL_TIME, 0))
        rows.append(Row(words.day_words(one), (shown[FOUR_WEEKS],)))
    about = _("Different people with a deed that counts, in the four weeks up to each day.")
    return Chart("active", _("Active people"), about, LINE, _("Up to"), [_("In four weeks")], rows, family="helping")
