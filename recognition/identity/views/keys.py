"""My keys: what lets a program of mine act for me. A key is shown once, on the page that answers its making."""

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity import queries
from recognition.identity.access import member_required, signed_in
from recognition.identity.rules import Refused
from recognition.identity.services import tokens
from recognition.identity.views.blueprint import blueprint
from recognition.text import shown_only
from recognition.web.htmx import goto
from recognition.web.limits import limited

DAYS = ("30", "90", "365")
NAME_MAX_CHARS = 80
USUAL = {"name": "", "scopes": ["activities:write"], "days": "90"}


@blueprint.get("/me/keys")
@member_required
def keys() -> Any:
    return _page(USUAL)


@blueprint.post("/me/keys")
@member_required
@limited("keys", times=20)
def key_make() -> Any:
    scopes, days = request.form.getlist("scopes"), request.form.get("days", "")
    typed = {"name": request.form.get("name", ""), "scopes": scopes, "days": days}
    name = " ".join(shown_only(request.form.get("name", "")).split())
    errors: dict[str, str] = {}
    if not 1 <= len(name) <= NAME_MAX_CHARS:
        errors["name"] = _("A name tells you later which program this key was for. A few words are enough.")
    if not scopes or not set(scopes) <= set(tokens.SCOPES):
        errors["scopes"] = _("Choose at least one thing that the program may do.")
    if days not in DAYS:
        errors["days"] = _("Choose how long the key is good.")
    if errors:
        return _page(typed, errors)
    try:
        made = tokens.make_own(signed_in(), name, scopes, int(days), clock.utcnow())
    except Refused as fault:
        db.session.rollback()
        return _page(typed, {"name": str(fault)})
    db.session.commit()
    return _page(USUAL, made=made, made_name=name)


@blueprint.post("/me/keys/<int:token_id>/revoke")
@member_required
def key_revoke(token_id: int) -> Any:
    if tokens.revoke_token(token_id, signed_in().id, clock.utcnow()):
        flash(_("That key opens nothing any more."), "good")
    db.session.commit()
    return goto(url_for("identity.keys"))


def _page(form: Any, errors: dict[str, str] | None = None, made: str = "", made_name: str = "") -> Any:
    base = current_app.extensions["settings"].base_url
    page = render_template(
        "identity/keys.html",
        form=form,
        errors={"name": "", "scopes": "", "days": ""} | (errors or {}),
        keys=queries.api_tokens(signed_in().id, clock.utcnow()),
        scopes=[(name, words, name) for name, words in tokens.SCOPES.items()],
        days=[("30", _("A month")), ("90", _("Three months")), ("365", _("A year"))],
        made=made,
        made_name=made_name,
        first_call=f"curl -H 'Authorization: Bearer {made}' {base}/api/v1/members",
    )
    return page, 422 if errors else 200, {"Cache-Control": "private, no-store"}
