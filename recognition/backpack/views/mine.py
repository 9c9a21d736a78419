"""A member's own badges from elsewhere: bringing, showing, looking again, taking away."""

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.backpack import arriving, queries
from recognition.backpack.models import ExternalBadge
from recognition.backpack.rules import BADGES_EACH, MAX_BYTES, NotKept
from recognition.backpack.services import bringing, keeping, looking_again
from recognition.backpack.services.bringing import Came
from recognition.backpack.views.blueprint import blueprint
from recognition.backpack.words import not_mine, standing
from recognition.badges.forms.brought import brought
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.web.htmx import goto, respond, wants_fragment
from recognition.web.limits import limited

PLACE = "/me/badges-from-elsewhere"
TYPES = {"json": "application/json", "jwt": "text/plain", "png": "image/png", "svg": "image/svg+xml"}


@blueprint.get(PLACE)
@member_required
def mine() -> Any:
    return _page({}, {})


@blueprint.post(PLACE, endpoint="brought")
@member_required
@limited("bring", times=30)
def bring() -> Any:
    member_id = signed_in().id
    handed, errors = brought(request.form, request.files.get("file"), MAX_BYTES)
    if errors:
        return respond(_page(request.form, errors), 422)
    try:
        arrival = arriving.arrival(handed, queries.verified_addresses(member_id), clock.utcnow())
        arriving.refuse_ours(arrival, current_app.extensions["settings"].base_url, member_id)
        badge, came = bringing.bring(member_id, arrival, clock.utcnow())
    except NotKept as refused:
        db.session.rollback()
        field = "text" if handed.url or not request.files.get("file") else "file"
        return respond(_page(request.form, {field: str(refused)}), 422)
    key = badge.key
    kind, said = _said(badge, came)
    db.session.commit()
    flash(said, kind)
    return goto(url_for(".badge", key=key))


def _said(badge: ExternalBadge, came: Came) -> tuple[str, str]:
    if came is Came.SAME:
        return "plain", _("You brought this one before. It is kept once, as it came first.")
    if not badge.is_mine:
        return "care", _("It is kept, and only you see it: it could not be shown to be yours.")
    if badge.standing != "good":
        return "care", _("It is kept, and only you see it. %(how)s", how=standing(badge).words)
    if came is Came.NEWER:
        return "good", _("It took the place of the older one that you had here.")
    if (told := standing(badge)).kind != "good":
        return "care", _("It is yours, and it is kept byte for byte. So far only you see it. %(how)s", how=told.words)
    return "good", _("It is genuine and yours, and it is kept byte for byte. So far only you see it.")


@blueprint.post(f"{PLACE}/<key>/show")
@member_required
def show(key: str) -> Any:
    badge, on = _own(key), request.form.get("on") == "1"
    try:
        keeping.show(badge, on)
    except NotKept as refused:
        abort(409, str(refused))
    db.session.commit()
    flash(_("Everybody who sees your profile sees it now.") if on else _("Only you see it now."), "good")
    return goto(url_for(".badge", key=key) if request.form.get("back") == "badge" else url_for(".mine"))


@blueprint.post(f"{PLACE}/<key>/check")
@member_required
@limited("bring", times=30)
def check(key: str) -> Any:
    badge = _own(key)
    found = looking_again.look(badge.id, clock.utcnow())
    db.session.commit()
    if found is None:
        abort(404)
    flash(standing(found).words, {"good": "good", "care": "care", "wrong": "wrong"}[standing(found).kind])
    return goto(url_for(".badge", key=key))


@blueprint.get(f"{PLACE}/<key>/remove")
@member_required
def remove(key: str) -> Any:
    return render_template("backpack/remove.html", badge=_own(key))


@blueprint.post(f"{PLACE}/<key>/remove", endpoint="removed")
@member_required
def remove_it(key: str) -> Any:
    keeping.remove(_own(key))
    db.session.commit()
    flash(_("It is gone from here. Whoever issued it still has it."), "good")
    return goto(url_for(".mine"))


@blueprint.get(f"{PLACE}/<key>/file")
@member_required
def file(key: str) -> Any:
    """Exactly the bytes that were brought. They are a stranger's: to be saved, never to be opened here."""
    badge = _own(key)
    response = Response(badge.content, mimetype=TYPES[badge.form])
    response.headers["Content-Disposition"] = f'attachment; filename="{arriving.file_name(badge)}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return response


def _own(key: str) -> ExternalBadge:
    return queries.own(key, signed_in().id) or abort(404)


def _page(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    member = signed_in()
    if wants_fragment():
        return _form(values, errors)
    badges = queries.mine(member.id, request.args.get("after"))
    older = url_for(".mine", after=badges.next_cursor) if badges.next_cursor else ""
    return render_template(
        "backpack/mine.html", badges=badges.items, older=older, kept=queries.count_of(member.id), most=BADGES_EACH,
        why_not=not_mine(bool(queries.verified_addresses(member.id))), **_fields(values, errors),
    )  # fmt: skip


def _form(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template("backpack/_bring.html", **_fields(values, errors))


def _fields(values: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {"values": {"text": values.get("text", "")}, "errors": {name: errors.get(name, "") for name in ("file", "text")}}
