"""The page behind a claim link."""

from typing import Any

from flask import flash, render_template, session, url_for
from flask_babel import gettext as _

from recognition.extensions import db
from recognition.identity.access import current_member
from recognition.identity.models import Member
from recognition.identity.rules import Refused, visible_fields
from recognition.identity.services import claims
from recognition.identity.views.blueprint import blueprint
from recognition.web.access import public
from recognition.web.htmx import goto

TOKEN_MIN_CHARS = 25
"""Shorter words behind /claim/ are codes that bring a badge; a signed token is never that short."""


@blueprint.get(f"/claim/<string(minlength={TOKEN_MIN_CHARS}):token>")
@public
def claim(token: str) -> Any:
    try:
        waiting = claims.member_for(token)
    except Refused as fault:
        return _page(410, fault=str(fault))
    return _page(200, waiting=waiting, token=token)


@blueprint.post(f"/claim/<string(minlength={TOKEN_MIN_CHARS}):token>")
@public
def claim_take(token: str) -> Any:
    """Signed out, the link is remembered for the sign-in that follows."""
    viewer = current_member()
    try:
        waiting = claims.member_for(token)
        if viewer is not None:
            claims.take(waiting, viewer)
    except Refused as fault:
        db.session.rollback()
        return _page(409, fault=str(fault))
    db.session.commit()
    if viewer is None:
        session["claim"] = token
        return goto(url_for("identity.login"))
    flash(_("This page is yours now. Please look over what others see of you."), "good")
    return goto(url_for("identity.settings"))


def _page(status: int, waiting: Member | None = None, token: str = "", fault: str = "") -> Any:
    """Whoever holds the link is taken for its owner, so the name is told."""
    shown = visible_fields(waiting, waiting) if waiting else None
    page = render_template("identity/claim.html", waiting=shown, token=token, fault=fault)
    return page, status, {"Cache-Control": "private, no-store", "Referrer-Policy": "same-origin"}
