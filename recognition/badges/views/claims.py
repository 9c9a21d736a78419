"""Taking a badge with a code, as one does with a phone at an event."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.badges import codes
from recognition.badges.services.codes import NoClaim
from recognition.badges.services.codes import claim as use_code
from recognition.badges.views.blueprint import blueprint
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.web.access import public
from recognition.web.htmx import goto
from recognition.web.limits import limited

TRIES_A_MINUTE = 120
"""A whole room may come from one address; there are 28^8 codes to guess from."""

CODE_MAX_CHARS = 24
"""Longer words behind /claim/ are links that take over a member's page; a code is short, also with spaces in it."""


@blueprint.get("/claim")
@public
@limited("claim", times=TRIES_A_MINUTE)
def claim() -> Any:
    """A form that leads to the code's own page."""
    typed = request.args.get("code", "")
    if not typed.strip():
        return _asking("", "")
    found = codes.code_by_text(typed)
    if found is None:
        return _asking(typed, _("We know no such code. Look at the letters once more; there is never a 0, 1, I, L or O in it."))
    return redirect(url_for(".claim_code", code=found.code), 303)


def _asking(typed: str, error: str) -> Any:
    return render_template("badges/claim.html", typed=typed[:64], error=error), 422 if error else 200


@blueprint.get(f"/claim/<string(maxlength={CODE_MAX_CHARS}):code>")
@public
@limited("claim", times=TRIES_A_MINUTE)
def claim_code(code: str) -> Any:
    found = codes.code_by_text(code)
    if found is None:
        return _asking(code, _("We know no such code. Look at the letters once more; there is never a 0, 1, I, L or O in it."))
    return _page(found, "")


@blueprint.post(f"/claim/<string(maxlength={CODE_MAX_CHARS}):code>")
@member_required
@limited("claim", times=TRIES_A_MINUTE)
def claim_take(code: str) -> Any:
    member = signed_in()
    try:
        done = use_code(code, member, clock.utcnow())
    except NoClaim as fault:
        db.session.rollback()
        found = codes.code_by_text(code) or abort(404)
        return _page(found, str(fault), 409)
    db.session.commit()
    if done.new:
        flash(_("It is yours. Thank you for being there."), "good")
    else:
        flash(_("You have it already, so nothing was used up."), "plain")
    return goto(url_for(".award", key=done.award_key))


def _page(found: Any, fault: str, status: int = 200) -> Any:
    member, now = current_member(), clock.utcnow()
    mine = codes.award_by(found, member.id) if member else None
    held = mine if codes.is_had(mine, now) else None
    closed = "" if held else fault or codes.state_words(found, now)
    page = render_template("badges/claim_code.html", code=found, badge=found.badge, level=codes.level_of(found), held=held,
                           closed=closed, here=url_for(".claim_code", code=found.code))  # fmt: skip
    return page, status
