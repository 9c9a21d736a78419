"""Telling a deed in under half a minute, and reading those of others."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import forms
from recognition.activities.models import Kind
from recognition.activities.queries import Wanted, deeds, offered_kinds, own_groups, told
from recognition.activities.rules import VISIBILITIES
from recognition.activities.services import record
from recognition.badges.queries import latest_award_id
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.models import Group
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
        kinds=_choices(_("any kind"), offered_kinds()), nonce=forms.new_nonce(), arrivals_url=arrivals_url,
    )  # fmt: skip


@blueprint.get("/new")
@member_required
def new() -> Any:
    """`text`, `tags`, `kind` and `group` of the address fill the box, so that other pages can begin a sentence."""
    begun = {name: request.args.get(name, "")[:NAME_MAX_CHARS] for name in ("text", "tags", "kind", "group")}
    values = dict.fromkeys(forms.BOX_FIELDS, "") | begun | {"visibility": "members", "nonce": forms.new_nonce()}
    return render_template("activities/new.html", **_box(values, {}))


@blueprint.post("/new")
@member_required
@limited("report", times=600)
def tell() -> Any:
    member = signed_in()
    kinds, groups, now = offered_kinds(), own_groups(member.id), clock.utcnow()
    since = latest_award_id(member.id)
    try:
        report = forms.deed_of_box(
            request.form, member.id, {kind.slug for kind in kinds}, {group.slug: group.id for group in groups}, now
        )
    except forms.Faults as faults:
        values = {name: request.form.get(name, "") for name in forms.BOX_FIELDS}
        template = "activities/_form.html" if wants_fragment() else "activities/new.html"
        return respond(render_template(template, **_box(values, faults.by_field, kinds, groups)), 422)
    outcome = record([report], now)[0]
    db.session.commit()
    return goto(url_for(".index", new=outcome.id, since=since))


def _box(
    values: Mapping[str, str],
    errors: Mapping[str, str],
    kinds: list[Kind] | None = None,
    groups: list[Group] | None = None,
) -> dict[str, Any]:
    """What the form needs: what was typed, what is wrong with it, and the choices."""
    member = signed_in()
    mine = own_groups(member.id) if groups is None else groups
    filled = {**values, "visibility": values["visibility"] if values["visibility"] in VISIBILITIES else "members"}
    return {
        "values": filled, "errors": {name: errors.get(name, "") for name in forms.BOX_FIELDS},
        "kinds": _choices(_("no need to choose"), offered_kinds() if kinds is None else kinds),
        "groups": [("", _("none")), *((group.slug, group.name) for group in mine)],
        "today": clock.utcnow().date().isoformat(),
        "extras": any(errors.get(name) or values.get(name) for name in ("tags", "kind", "day", "url", "group")),
    }  # fmt: skip


def _choices(none: str, kinds: list[Kind]) -> list[tuple[str, str]]:
    """`none`: the words of the empty choice."""
    return [("", none), *((kind.slug, kind.label) for kind in kinds)]


def _short(name: str) -> str:
    return request.args.get(name, "").strip().removeprefix("#")[:NAME_MAX_CHARS]
