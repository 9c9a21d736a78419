"""The council's dashboards: one page a theme, each chart with its table and its file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.metrics import queries, services
from recognition.metrics.models import Area
from recognition.pages.dashboards import active, charts, deeds, people, programs, words
from recognition.pages.dashboards.blueprint import blueprint, council_only
from recognition.pages.dashboards.charts import Chart
from recognition.web import csv_lines
from recognition.web.htmx import goto
from recognition.web.limits import limited

EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the figures of which day, in which area, of which quest."""

    day: int
    area: Area | None
    quest: str


@dataclass(frozen=True)
class Board:
    slug: str
    title: str
    lead: str
    build: Callable[[Asked], list[Chart]]


def boards() -> dict[str, Board]:
    found = (
        Board("active", _("Who is active"), _("By weeks and over time, and told apart in each way that we know."), _active),
        Board("people", _("Members"), _("Where people live, how many came, and how many belong today."), _people),
        Board("journey", _("The way in"), _("From newcomer to lead, and where people stop."), _journey),
        Board("deeds", _("Deeds"), _("What the log holds, by kind, initiative, proof and time."), _deeds),
        Board("learning", _("Quests and badges"), _("Where quests let people go, and how rare badges are."), _learning),
        Board("campaigns", _("Campaigns and contests"), _("How far they reach, how early we say it, how many vote."), _campaigns),
    )
    return {board.slug: board for board in found}


def _people(asked: Asked) -> list[Chart]:
    return people.charts(asked.day)


def _journey(asked: Asked) -> list[Chart]:
    return people.journey_charts(asked.day)


def _deeds(asked: Asked) -> list[Chart]:
    return deeds.charts(asked.day)


def _learning(asked: Asked) -> list[Chart]:
    return programs.learning_charts(asked.quest)


def _campaigns(asked: Asked) -> list[Chart]:
    return programs.campaign_charts(asked.day)


def _active(asked: Asked) -> list[Chart]:
    return active.charts(asked.area, asked.day) if asked.area else []


@blueprint.get("/council/dashboards/")
@council_only
def index() -> Any:
    day = queries.newest_day()
    areas = queries.areas()
    shown = active.headlines(areas, day) if day is not None else {}
    return render_template("dashboards/index.html", boards=boards().values(), areas=areas, shown=shown, windows=words.windows(),
                           **_counted(day))  # fmt: skip


@blueprint.get("/council/dashboards/<slug>/")
@council_only
def board(slug: str) -> Any:
    found = boards().get(slug) or abort(404)
    asked, areas = _asked(slug)
    drawn = found.build(asked) if asked else []
    return render_template(
        "dashboards/board.html", board=found, asked=asked, charts=drawn, boards=boards().values(),
        areas=[(one.slug, one.title) for one in areas],
        quests=programs.quest_list() if slug == "learning" else [], more_words=charts.more_words,
        address=_address, **_counted(asked.day if asked else None),
    )  # fmt: skip


@blueprint.get("/council/dashboards/<slug>/<name>.csv")
@council_only
def download(slug: str, name: str) -> Any:
    found = boards().get(slug) or abort(404)
    asked, _areas = _asked(slug)
    chart = next((one for one in (found.build(asked) if asked else []) if one.slug == name), None) or abort(404)
    return csv_lines.answer(list(chart.lines()), f"{slug}-{name}.csv")


@blueprint.post("/council/dashboards/count")
@council_only
@limited("count-figures", 10, 3600)
def count_again() -> Any:
    """Everything anew: as of today, or as it was on another day."""
    today = clock.utcnow().date()
    day = _date(request.form.get("on", "")) or today
    if not EARLIEST <= day <= today:
        abort(400, _("Only days that were can be counted."))
    ledger.defer("metrics.roll_up", dedupe_key=f"metrics.roll_up:asked:{day}", day=clock.day_number(day))
    db.session.commit()
    flash(_("The count has begun. In a minute the figures of this day stand here."), "good")
    board = request.form.get("board", "")
    return goto(url_for(".board", slug=board, on=day) if board in boards() else url_for(".index"))


def _asked(slug: str) -> tuple[Asked | None, list[Area]]:
    """None: nothing was counted yet at all."""
    areas = list(queries.areas()) if slug == "active" else []
    wanted = request.args.get("area", "")
    area = next((one for one in areas if one.slug == wanted), None) if wanted else next(iter(areas), None)
    if wanted and areas and area is None:
        abort(404)
    on = request.args.get("on", "")
    day = _date(on)
    if on and day is None:
        abort(404)
    number = clock.day_number(day) if day else queries.newest_day()
    return (Asked(number, area, request.args.get("quest", "")) if number is not None else None), areas


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _counted(day: int | None) -> dict[str, Any]:
    """What the page says about the count itself."""
    today = clock.utcnow().date()
    if day is None:
        return {"day": None, "day_words": "", "on": "", "counted_at": None, "today": today}
    return {"day": day, "day_words": words.day_words(day), "on": words.day_of(day), "counted_at": services.counted_at(day),
            "today": today}  # fmt: skip


def _address(slug: str, asked: Asked, **changes: Any) -> str:
    """The page with what it shows now, but for the changes."""
    args = {
        "on": words.day_of(asked.day),
        "area": asked.area.slug if asked.area else None,
        "quest": asked.quest or None,
        **changes,
    }
    endpoint = ".download" if "name" in changes else ".board"
    return url_for(endpoint, slug=slug, **args)
