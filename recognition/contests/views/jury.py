"""What a juror is asked, by when, and how to say that they cannot."""

from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _

from recognition.contests import jury, terms
from recognition.contests.models.contest import Contest
from recognition.contests.models.vote import JUROR, Juror
from recognition.contests.queries import contest_by_slug, has_voted
from recognition.contests.rules import CLOSED, DRAFT, NotAllowed, WrongPhase
from recognition.contests.services import juries
from recognition.contests.views.blueprint import blueprint
from recognition.contests.words import round_title
from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.web.htmx import goto

ROUND = f"<int(max={2**31}):position>"


@blueprint.get("/<slug>/jury")
@member_required
def my_jury(slug: str) -> Any:
    contest, seats = _mine(slug)
    return render_template("contests/jury.html", contest=contest, seats=[_asked(contest, seat) for seat in seats],
                           hidden=jury.entries_of_mentees(contest.id, [signed_in().id]).get(signed_in().id, 0))  # fmt: skip


@blueprint.post(f"/<slug>/jury/{ROUND}/excuse")
@member_required
def excuse(slug: str, position: int) -> Any:
    contest, _seats = _mine(slug)
    one = next((one for one in contest.rounds if one.position == position), None) or abort(404)
    try:
        called = juries.excuse(one.id, signed_in().id, moment())
    except NotAllowed as refused:
        abort(403, str(refused))
    except WrongPhase as refused:
        abort(409, str(refused))
    db.session.commit()
    flash(_("Thank you for saying so. A deputy has been asked at once.") if called else _("Thank you for saying so."), "good")
    return goto(url_for(".my_jury", slug=slug))


def _mine(slug: str) -> tuple[Contest, list[Juror]]:
    """Whoever is on no jury of it meets the page that nobody finds."""
    contest = contest_by_slug(slug) or abort(404)
    seats = list(jury.seats_of(contest.id, signed_in().id))
    return (contest, seats) if seats and contest.state != DRAFT else abort(404)


def _asked(contest: Contest, seat: Juror) -> dict[str, Any]:
    one = next(one for one in contest.rounds if one.id == seat.round_id)
    now, is_last = moment(), one.position == len(contest.rounds)
    voted = has_voted([one.id], seat.member_id)
    lines = [terms.method(one), terms.goes_on(one, is_last), terms.missing(one), terms.deputies(one)]
    is_over = one.state == CLOSED or now >= one.ends_at
    sits = seat.excused_at is None and (seat.part == JUROR or seat.called_at is not None)
    return {
        "round": one, "title": round_title(contest, one), "lines": [line for line in lines if line], "is_over": is_over,
        "is_open": one.starts_at <= now < one.ends_at, "sits": sits, "excused_at": seat.excused_at, "voted": voted,
        "may_excuse": seat.excused_at is None and not is_over and not voted,
    }  # fmt: skip
