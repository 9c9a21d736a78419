"""What this community did in a year and over all, for everybody: from figures that the night counts, with their limits."""

from typing import Any

from flask import abort, render_template, url_for
from flask_babel import gettext as _

from recognition.campaigns.queries import titles
from recognition.metrics import hiding, queries
from recognition.metrics.queries import Found, Number
from recognition.metrics.rules import WINDOWS, figure_name
from recognition.pages.dashboards import deeds, ways, words
from recognition.pages.dashboards.active import by_span, members_of
from recognition.pages.dashboards.blueprint import blueprint
from recognition.pages.dashboards.charts import BARS, Chart, Row, more_words, without_untold
from recognition.pages.dashboards.health import Numbers, quarters, whole
from recognition.pages.dashboards.health_words import NAMES
from recognition.web import csv_lines
from recognition.web.access import public

YEAR = WINDOWS[-1]
IN_A_YEAR = ("now", "before", "earlier")
EVER = (*IN_A_YEAR, "older")
"""Stretches of time of which each deed is in one; see `metrics.counting.health`."""
SUMS = ("deeds", "newcomers", "thanks", "confirmed", "quests", "joined", "votes", "badges")
"""Of health_words.NAMES those that can be added up over the stretches."""


@blueprint.get("/impact")
@public
def impact() -> Any:
    day = queries.newest_day()
    return render_template(
        "dashboards/impact.html", day_words=words.day_words(day) if day is not None else "",
        charts=_charts(day) if day is not None else [], address=lambda name: url_for(".download_impact", name=name),
        more_words=more_words,
    )  # fmt: skip


@blueprint.get("/impact/<name>.csv")
@public
def download_impact(name: str) -> Any:
    day = queries.newest_day()
    chart = next((one for one in (_charts(day) if day is not None else []) if one.slug == name), None)
    return csv_lines.answer(list((chart or abort(404)).lines()), f"impact-{name}.csv")


def _charts(day: int) -> list[Chart]:
    area = whole()
    figure = figure_name(area.slug) if area else ""
    wanted = ["members", figure, "deeds", "deeds.doers", "events", "events.attendance", *(f"health.{name}" for name in SUMS)]
    found = queries.figures(wanted, {"", "period", "kind", "initiative", "country", "least"}, day)
    return [
        _summary(found, figure, quarters(day), day),
        _apart("kinds", _("By kind"), _("Kind"), "kind", found, "learning", day),
        _apart("initiatives", _("By initiative"), _("Initiative"), "initiative", found, "making", day),
        deeds.events(found.get(("events", "country"), ()), found.get(("events.attendance", ""), ())),
    ]


def _summary(found: Found, figure: str, told: Numbers, day: int) -> Chart:
    rows = [Row(_("People who did something"), _people(found, figure, told))]
    ways_to = {"deeds": ways.days(day, YEAR), "newcomers": url_for("identity.members"), "quests": "/quests/",
               "confirmed": ways.deeds("evidence", "confirmed", day), "joined": "/campaigns/", "votes": "/contests/",
               "badges": "/badges/"}  # fmt: skip
    for name in SUMS:
        stretches = {one.slot: one for one in found.get((f"health.{name}", "period"), ())}
        if all(slot in stretches for slot in EVER):
            year, ever = (added([stretches[slot] for slot in slots]) for slots in (IN_A_YEAR, EVER))
            # Everybody can count the members, so the few who came before would be told.
            year = None if name == "newcomers" and ever is None else year
            rows.append(Row(str(NAMES[name]), (year, ever), ways_to.get(name, "")))
    about = _("The last 52 weeks up to this day, and all time.")
    return Chart("sums", _("All of it, in numbers"), about, BARS, _("What"), [_("In a year"), _("Over all")], rows, drawn=(0, 1),
                 family="helping", each_alone=True)  # fmt: skip


def added(stretches: list[Number]) -> int | None:
    """None where a few people stand behind one of them: beside what else is told, the sum would say what these did."""
    few = any(0 < one.people < hiding.LEAST for one in stretches)
    return None if few else sum(one.value for one in stretches)


def _people(found: Found, figure: str, told: Numbers) -> tuple[int | None, int | None]:
    """Different people cannot be added up. Those of all time are told where they are no few more than anybody else counted."""
    everybody = members_of(found)
    weeks = hiding.windows(by_span(found.get((figure, ""), ())), everybody)
    ever = next((one.value for one in found.get(("deeds.doers", "least"), ()) if one.slot == "1"), 0)
    beside = [everybody, *weeks.values(), *told.get("active", ())]
    few = ever < hiding.LEAST or any(0 < abs(ever - one) < hiding.LEAST for one in beside if one is not None)
    return weeks[YEAR], None if few else ever


def _apart(slug: str, title: str, corner: str, by: str, found: Found, family: str, day: int) -> Chart:
    """Of all time. What a draft of the council is called is not told here."""
    numbers = found.get(("deeds", by), ())
    shown = deeds.safe(numbers)
    called = words.names(by, shown) if by == "kind" else _initiatives(list(shown))
    rows, more = without_untold([Row(called[one.slot], (shown[one.slot],), ways.deeds(by, one.slot, day)) for one in numbers])
    about = _("All deeds that stand, of all time; those told a second time are counted as often as they were told.")
    return Chart(slug, title, about, BARS, corner, [_("Deeds")], rows, more=more, family=family)


def _initiatives(slugs: list[str]) -> dict[str, str]:
    known = titles(slugs)
    return {slug: known.get(slug) or slug or _("No initiative told") for slug in slugs}
