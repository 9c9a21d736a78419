"""What one could take on: open tasks of groups and open places of roles, first those that fit the reader, with the reason."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.identity.access import member_required, signed_in
from recognition.identity.models import Member
from recognition.roles.queries import Reading
from recognition.roles.suiting import Suited, open_roles
from recognition.teams import queries
from recognition.teams.queries import Line, Wanted
from recognition.teams.rules import word_of

blueprint = Blueprint("openings", __name__, url_prefix="/tasks")
ON_HOME, SHOWN, ROLES = 2, 3, 6
MINUTES = (15, 30, 60, 180)
WORD_MAX_CHARS = 80


@blueprint.get("/")
@member_required
def index() -> Any:
    """?skill= a word, ?minutes= at most so long. Those that fit stand above where nothing was chosen."""
    viewer, now = signed_in(), clock.utcnow()
    wanted, typed = _asked()
    is_first = "after" not in request.args and not (wanted.word or wanted.minutes)
    found = queries.open_tasks(viewer, wanted, now, request.args.get("after"))
    page = render_template(
        "teams/openings.html", fitting=[(one, why(one)) for one in queries.fitting(viewer, now, SHOWN)] if is_first else [],
        roles=_roles(viewer, now) if is_first else [], mine=queries.mine(viewer, now) if is_first else [],
        tasks=found.items, older=_older(typed, wanted, found.next_cursor), skill=typed,
        minutes=str(wanted.minutes or ""), choices=[("", _("any length")), *((str(one), _up_to(one)) for one in MINUTES)],
        has_words=bool(viewer.areas or viewer.languages), is_chosen=bool(wanted.word or wanted.minutes),
    )  # fmt: skip
    return _personal(page)


@blueprint.get("/fitting")
@member_required
def fitting() -> Any:
    """For the first page, once it is there; empty where nothing fits."""
    found = queries.fitting(signed_in(), clock.utcnow(), ON_HOME)
    return _personal(render_template("teams/_fitting.html", tasks=[(one, why(one)) for one in found]) if found else "")


def why(one: Line) -> str:
    """For the reader alone."""
    names = {"group": one.group.name, "words": _quoted(one.fits)}
    if one.fits and one.is_in:
        return _("It wants %(words)s, which stands on your page, and it is for %(group)s, where you are.", **names)
    if one.fits:
        return _("%(group)s looks for somebody with %(words)s, and that stands on your page.", **names)
    return _("It is for %(group)s, where you are.", **names)


def _older(typed: str, wanted: Wanted, after: str | None) -> str:
    return url_for(".index", skill=typed or None, minutes=wanted.minutes, after=after) if after else ""


def role_why(one: Suited) -> str:
    """For the reader alone; empty where nothing speaks for it but that it is open."""
    names = {"group": one.team, "words": _quoted(one.words)}
    if one.team and one.words:
        return _("It is in the team of %(group)s, where you are, and speaks of %(words)s, which stands on your page.", **names)
    if one.team:
        return _("It is in the team of %(group)s, where you are.", **names)
    return _("It speaks of %(words)s, which stands on your page.", **names) if one.words else ""


def _roles(viewer: Member, now: datetime) -> list[tuple[Reading, str]]:
    return [(one.reading, role_why(one)) for one in open_roles(viewer, now)[:ROLES]]


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def _asked() -> tuple[Wanted, str]:
    typed = " ".join(request.args.get("skill", "")[:WORD_MAX_CHARS].replace("\x00", "").split()).removeprefix("#")
    minutes = request.args.get("minutes", "")
    return Wanted(word_of(typed), int(minutes) if minutes in map(str, MINUTES) else None), typed


def _up_to(minutes: int) -> str:
    return _("up to %(number)s minutes", number=minutes) if minutes < 120 else _("up to %(number)s hours", number=minutes // 60)


def _personal(page: str) -> Any:
    answer = make_response(page)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
