"""Boards: me against my own past, then around me, then the top; and every score opened to its deeds."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.models import Member
from recognition.identity.queries import member_by_handle
from recognition.identity.rules import visible_fields
from recognition.identity.services import profiles
from recognition.leaderboards import groups, queries, scores, words
from recognition.leaderboards.models import Board
from recognition.leaderboards.rules import ALL, PERIODS, current, named, pace, past, sort_of
from recognition.leaderboards.truth import scorings
from recognition.web.access import public
from recognition.web.htmx import goto

blueprint = Blueprint("leaderboards", __name__)
DEFAULT = "community"
BARS = 8
PAST_SHOWN = 4


@blueprint.get("/boards/")
@public
def index() -> Any:
    return redirect(url_for(".show", slug=DEFAULT))


@blueprint.get("/boards/<slug>")
@public
def show(slug: str) -> Any:
    viewer, today = current_member(), clock.utcnow().date()
    boards, board = _boards(slug)
    period = _period(today)
    frame = _frame(boards, board, period, today, viewer)
    if board.per_head:
        return render_template("leaderboards/groups.html", lines=groups.leading(board.id, period) if viewer else [], **frame)
    if "after" in request.args:
        return _further(board, period, today, viewer, frame)
    bars = _bars(period, today)
    view = queries.board_view(board.id, period, viewer, bars, viewer.id if viewer else None)
    return render_template(
        "leaderboards/show.html",
        mine=view.mine,
        top=[_row(board, period, line) for line in view.top],
        around=[_row(board, period, line, view.mine) for line in view.around],
        further=url_for(".show", slug=slug, period=period, after=view.further) if view.further else "",
        past=_past(board, sort_of(period), view.past) if viewer else None,
        **frame,
    )


def _further(board: Board, period: str, today: date, viewer: Member | None, frame: dict[str, Any]) -> Any:
    page = queries.further_down(board.id, period, viewer, _bars(period, today), request.args["after"])
    return render_template(
        "leaderboards/further.html",
        rows=[_row(board, period, line) for line in page.items],
        further=url_for(".show", slug=board.slug, period=period, after=page.next_cursor) if page.next_cursor else "",
        **frame,
    )


@blueprint.get("/boards/<slug>/scores/<handle>")
@public
def score(slug: str, handle: str) -> Any:
    viewer, today = current_member(), clock.utcnow().date()
    _all, board = _boards(slug)
    owner = member_by_handle(handle) or abort(404)
    period = _period(today)
    opened = scores.opened(scorings([board])[0], period, owner, viewer, request.args.get("after")) or abort(404)
    next_cursor = opened.rows.next_cursor
    return render_template(
        "leaderboards/score.html",
        board=board,
        person=visible_fields(owner, viewer),
        opened=opened,
        why={row.id: words.why(board, row.why) for row in opened.rows.items if not row.pay},
        score_words=words.score(board, opened.score),
        period=period,
        period_words=words.period(period),
        rules=words.rules(board),
        older=url_for(".score", slug=slug, handle=handle, period=period, after=next_cursor) if next_cursor else "",
    )


@blueprint.post("/boards/<slug>/listed")
@member_required
def choose(slug: str) -> Any:
    """On the boards or off them: all of them at once, as in the settings."""
    member = signed_in()
    _boards(slug)
    on = request.form.get("on") == "yes"
    profiles.set_boards(member.id, on)
    db.session.commit()
    flash(_("You are on the boards now.") if on else _("You are on no board any more."), "good")
    return goto(url_for(".show", slug=slug))


def _boards(slug: str) -> tuple[list[Board], Board]:
    boards = list(queries.boards())
    board: Board = next((board for board in boards if board.slug == slug), None) or abort(404)
    return boards, board


def _period(today: date) -> str:
    """The period asked for, by its own name."""
    try:
        return named(request.args.get("period", "week"), today)
    except ValueError:
        abort(404)


def _bars(period: str, today: date) -> list[str]:
    """The periods of the small bars, the oldest first; the last one is now. All time is shown by months."""
    sort = _bar_sort(period)
    return [*reversed(past(sort, today, BARS - 1)), current(sort, today)]


def _bar_sort(period: str) -> str:
    sort = sort_of(period)
    return "month" if sort == ALL else sort


def _frame(boards: list[Board], board: Board, period: str, today: date, viewer: Member | None) -> dict[str, Any]:
    """What every view of a board has around it."""
    sort = sort_of(period)
    past_ones = past(sort, today, PAST_SHOWN) if sort != ALL else []
    present = {name: words.periods()[name] for name in PERIODS}
    return {
        "board": board, "boards": boards, "period": period, "sort": sort, "is_now": period == current(sort, today),
        "present": present, "past_periods": {name: words.period(name) for name in past_ones},
        "period_words": present[sort] if period == current(sort, today) else words.period(period),
        "unit": words.unit(board), "bars_words": words.last_ones(_bar_sort(period)), "rules": words.rules(board),
        "viewer_listed": viewer is not None and viewer.on_boards,
    }  # fmt: skip


def _row(board: Board, period: str, line: queries.Line, mine: queries.Mine | None = None) -> dict[str, Any]:
    """What the table shows. A rank in brackets is a place that its owner would have."""
    unlisted = line.mine and mine is not None and not mine.listed
    rank = "" if line.rank is None else line.rank
    return {
        "rank": f"({rank})" if unlisted and rank else rank,
        "name": line.person.name,
        "handle": line.person.handle,
        "href": line.person.url,
        "picture": line.person.picture_url,
        "score": line.score,
        "score_href": url_for(".score", slug=board.slug, handle=line.person.handle, period=period),
        "history": line.history,
        "mine": line.mine,
        "equal": False,
    }


def _past(board: Board, sort: str, points: Sequence[int]) -> dict[str, Any]:
    """A member's own last weeks, months or seasons. Nobody else's are in it, and nobody else sees them here."""
    unit = "month" if sort == ALL else sort
    label = _("Yours, the last one is now: %(scores)s", scores=", ".join(map(str, points)))
    best = max(points[:-1], default=0)
    return {
        "points": points, "label": label, "words": words.pace(unit, pace(points)), "now": words.score(board, points[-1]),
        "best": words.score(board, best) if best else "", "note": words.bars_note(unit),
    }  # fmt: skip
