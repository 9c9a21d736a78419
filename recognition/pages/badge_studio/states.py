"""Publish, retire and reopen a badge; each is asked about once, with what follows from it."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.badges.models import DRAFT, PUBLISHED, RETIRED, Badge
from recognition.badges.rules import WrongState
from recognition.badges.services import states as services
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.badge_studio import forms
from recognition.pages.badge_studio.blueprint import badge_or_404, blueprint, council_only
from recognition.pages.badge_studio.editing import addresses, issuer_of
from recognition.pages.badge_studio.sketch import look_on, sentence_of
from recognition.web.errors import conflict
from recognition.web.htmx import goto

MOVES: dict[str, tuple[str, Callable[[int, int], Badge]]] = {
    "publish": (DRAFT, services.publish),
    "retire": (PUBLISHED, lambda badge_id, actor_id: services.retire(badge_id, actor_id, clock.utcnow())),
    "reopen": (RETIRED, services.reopen),
}
"""From which state each move leads, and what does it."""


@blueprint.get("/<slug>/<any(publish, retire, reopen):move>")
@council_only
def ask(slug: str, move: str) -> Any:
    return _asked(badge_or_404(slug), move)


@blueprint.post("/<slug>/<any(publish, retire, reopen):move>")
@council_only
def do(slug: str, move: str) -> Any:
    badge = badge_or_404(slug)
    if request.form.get("then") in ("look", "who"):
        return _asked(badge, move, request.form["then"] == "who")
    try:
        MOVES[move][1](badge.id, signed_in().id)
    except WrongState as fault:
        db.session.rollback()
        return conflict(str(fault), [(url_for(".edit", slug=slug), _("To the badge"))])
    db.session.commit()
    flash(_done(move), "good")
    return goto(url_for("badges.show", slug=slug))


def _asked(badge: Badge, move: str, is_looking: bool = False) -> Any:
    """The question, with who would get it if somebody wants to know; nothing moves by it."""
    if badge.state != MOVES[move][0]:
        return goto(url_for(".edit", slug=badge.slug))
    draft = forms.draft_of(badge, issuer_of(badge))
    has_rule = badge.criteria is not None and move != "retire"
    who = look_on(draft, badge, request.form, signed_in(), clock.utcnow()) if is_looking and has_rule else None
    return render_template(
        "council/badge_state.html", badge=badge, move=move, how=sentence_of(badge), has_rule=has_rule, who=who,
        pairs=list(draft.pairs()), **addresses(badge),
    )  # fmt: skip


def _done(move: str) -> str:
    return {
        "publish": _("It is published. Whoever has earned it already finds it on their jacket in a moment."),
        "retire": _("It rests. Nobody gets it any more, and everybody who holds it keeps it."),
        "reopen": _("It is open again, also for what happened meanwhile."),
    }[move]
