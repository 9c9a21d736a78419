"""Boards: me against my own past, then around me, then the top."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.identity.access import current_member
from recognition.identity.models import Member
from recognition.leaderboards import queries
from recognition.leaderboards.models import Board
from recognition.leaderboards.rules import ALL, PERIODS, Pace, current, last_weeks, pace
from recognition.web.access import public

blueprint = Blueprint("leaderboards", __name__)
DEFAULT = "community"


@blueprint.get("/boards/")
@public
def index() -> Any:
    return redirect(url_for(".show", slug=DEFAULT))


@blueprint.get("/boards/<slug>")
@public
def show(slug: str) -> Any:
    viewer, today = current_member(), clock.utcnow().date()
    boards = queries.boards()
    board: Board = next((board for board in boards if board.slug == slug), None) or abort(404)
    period = request.args.get("period", "week")
    if period not in PERIODS:
        abort(404)
    weeks = last_weeks(today)
    view = queries.board_view(board.id, current(period, today), viewer, weeks, viewer.id if viewer else None)
    return render_template(
        "leaderboards/show.html",
        board=board,
        boards=boards,
        period=period,
        periods=_period_words(),
        mine=view.mine,
        top=[_row(line) for line in view.top],
        around=[_row(line, view.mine) for line in view.around],
        viewer_listed=viewer is not None and viewer.on_boards,
        past=_past(board, viewer, view, weeks),
    )


def _row(line: queries.Line, mine: queries.Mine | None = None) -> dict[str, Any]:
    """What the table shows. A rank in brackets is a place that its owner would have."""
    unlisted = line.mine and mine is not None and not mine.listed
    return {
        "rank": f"({line.rank})" if unlisted else line.rank,
        "name": line.person.name,
        "handle": line.person.handle,
        "href": line.person.url,
        "picture": line.person.picture_url,
        "score": line.score,
        "history": line.history,
        "mine": line.mine,
        "equal": False,
    }


def _past(board: Board, viewer: Member | None, view: queries.View, weeks: list[str]) -> dict[str, Any] | None:
    """A member's own last weeks. Nobody else's are in it, and nobody else sees them here."""
    if viewer is None:
        return None
    known = [line.history for line in view.around if line.mine]
    points = list(known[0]) if known else queries.scores_of(board.id, [viewer.id], weeks)[viewer.id]
    label = _("Your points a week, the last one is now: %(points)s", points=", ".join(map(str, points)))
    return {"points": points, "label": label, "words": _pace_words()[pace(points)]}


def _pace_words() -> dict[Pace, str]:
    return {
        Pace.FIRST: _("Your first week here. Welcome to the hall."),
        Pace.STILL: _("A quiet week so far. Quiet weeks belong to it."),
        Pace.LESS: _("This week has only begun for you, and there is no hurry."),
        Pace.USUAL: _("About what you usually do in a week."),
        Pace.MORE: _("More than in your usual week. Thank you."),
    }


def _period_words() -> dict[str, str]:
    return {"week": _("This week"), "month": _("This month"), "season": _("This season"), ALL: _("All time")}
