"""Telling a deed in under half a minute, and reading those of others."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import forms
from recognition.activities.queries import Wanted, deeds, offered_kinds, told
from recognition.activities.services import record
from recognition.badges.queries import latest_award_id
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.pages import deed_box
from recognition.web.access import public
from recognition.web.htmx import goto, respond, wants_fragment
from recognition.web.limits import limited

blueprint = Blueprint("activities", __name__, url_prefix="/activities")
FILTERS = ("member", "kind", "tag", "group")
NAME_MAX_CHARS = 160


@blueprint.get("/")
@public
def index() -> Any:
    """With `new`, the deed that was just told stands on top, with thanks, and what it brings arrives by itself."""
    member = current_member()
    wanted = Wanted(**{name: _short(name) for name in FILTERS})
    found = deeds(member, wanted, request.args.get("after"))
    chosen = {name: value for name, value in vars(wanted).items() if value}
    older = url_for(".index", **chosen, after=found.next_cursor) if found.next_cursor else ""
    new_id, since = (min(request.args.get(name, 0, type=int), 2**53) for name in ("new", "since"))
    arrivals_url = url_for("badges.arrivals", since=max(since, 0))
    just_told = told(new_id, member) if member and new_id > 0 else None
    return render_template(
        "activities/index.html", deeds=found.items, older=older, wanted=wanted, chosen=chosen, told=just_told,
        kinds=deed_box.labelled(_("any kind"), offered_kinds()), nonce=forms.new_nonce(), arrivals_url=arrivals_url,
    )  # fmt: skip


@blueprint.get("/new")
@member_required
def new() -> Any:
    """`text`, `tags`, `kind` and `group` of the address fill the box, so that other pages can begin a sentence."""
    begun = {name: request.args.get(name, "")[:NAME_MAX_CHARS] for name in ("text", "tags", "kind", "group")}
    values = dict.fromkeys(forms.BOX_FIELDS, "") | begun | {"visibility": "members", "nonce": forms.new_nonce()}
    return render_template("activities/new.html", **deed_box.box(deed_box.choices(signed_in().id), values, {}))


@blueprint.post("/new")
@member_required
@limited("report", times=600)
def tell() -> Any:
    member = signed_in()
    choices, now = deed_box.choices(member.id), clock.utcnow()
    since = latest_award_id(member.id)
    try:
        report = choices.read(request.form, now)
    except forms.Faults as faults:
        values = {name: request.form.get(name, "") for name in forms.BOX_FIELDS}
        template = "activities/_form.html" if wants_fragment() else "activities/new.html"
        return respond(render_template(template, **deed_box.box(choices, values, faults.by_field)), 422)
    outcome = record([report], now)[0]
    db.session.commit()
    return goto(url_for(".index", new=outcome.id, since=since))


def _short(name: str) -> str:
    return request.args.get(name, "").strip().removeprefix("#")[:NAME_MAX_CHARS]
