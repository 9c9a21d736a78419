"""Who was there, told for all of them at once: first looked over, then written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition import clock
from recognition.activities import attendance, forms, listing
from recognition.activities.queries import offered_kinds
from recognition.activities.rules import BadReport, Report
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.identity.models import Group, Member
from recognition.pages import deed_box
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited

blueprint = Blueprint("attendance", __name__, url_prefix="/activities/list")
FIELDS = ("text", "kind", "day", "group", "people")


@dataclass(frozen=True)
class Read:
    """What was sent, as it is meant."""

    report: Report
    meant: listing.Meant


@blueprint.get("/new")
@member_required
def new() -> Any:
    groups = _groups(_actor())
    begun = {name: request.args.get(name, "")[:160] for name in ("text", "group", "kind")}
    return render_template("activities/list.html", **_form(groups, dict.fromkeys(FIELDS, "") | begun, {}))


@blueprint.post("/new")
@member_required
@limited("list", times=30)
def tell() -> Any:
    """Without `sure` nothing is written: the people who are meant are shown, and those whom we do not know. `back`: the
    form again, with what was typed."""
    actor = _actor()
    groups, values = _groups(actor), {name: request.form.get(name, "") for name in FIELDS}
    if request.form.get("back"):
        return render_template("activities/list.html", **_form(groups, values, {}))
    try:
        read = _read(actor, groups, values)
    except forms.Faults as faults:
        return respond(render_template("activities/list.html", **_form(groups, values, faults.by_field)), 422)
    if not request.form.get("sure"):
        kinds = dict(deed_box.labelled("", offered_kinds()))
        group = next((one.name for one in groups if one.id == read.report.group_id), "")
        return render_template("activities/list_look.html", values=values, meant=read.meant, report=read.report, group=group,
                               kind=kinds.get(read.report.kind, "") if values["kind"] else "")  # fmt: skip
    chosen = set(request.form.getlist("who"))
    people = [person.id for person in read.meant.people if person.handle in chosen]
    listed = listing.tell_for(read.report, people, actor.id, clock.utcnow())
    db.session.commit()
    flash(_words(listed), "good" if listed.new else "plain")
    return goto(url_for("activities.index", group=values["group"] or None, source=listing.SOURCE))


def _actor() -> Member:
    actor = signed_in()
    if not listing.may_list(actor):
        abort(403, _("Whoever looks after a group, and the council, can write down who was there."))
    return actor


def _groups(actor: Member) -> list[Group]:
    return listing.groups_to_list(actor)


def _read(actor: Member, groups: list[Group], values: Mapping[str, str]) -> Read:
    """Raises forms.Faults."""
    faults, report, meant = {}, None, listing.Meant([], [])
    try:
        kinds = {kind.slug for kind in offered_kinds()}
        told = {name: values[name] for name in FIELDS[:4]}
        report = forms.deed_of_box(told, actor.id, kinds, {group.slug: group.id for group in groups}, clock.utcnow())
    except forms.Faults as found:
        faults = dict(found.by_field)
    if not values["group"] and not actor.roles & {"council", "admin"}:
        faults["group"] = _("For which of your groups was it?")
    try:
        meant = listing.match(attendance.entries(values["people"]), actor)
    except BadReport:
        faults["people"] = _("These are more people than fit on one list. Five hundred at a time go well.")
    if not meant.people and "people" not in faults:
        faults["people"] = (
            _("We know none of them. Each handle or full name as it stands on their page, please.")
            if meant.unknown
            else _("Who was there? One handle or name a line is enough.")
        )
    if faults or report is None:
        raise forms.Faults(faults)
    return Read(report, meant)


def _form(groups: list[Group], values: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Any]:
    return {
        "values": values, "errors": {name: errors.get(name, "") for name in FIELDS},
        "kinds": deed_box.labelled(_("no need to choose"), offered_kinds()),
        "groups": [("", _("none")), *((group.slug, group.name) for group in groups)],
        "today": clock.utcnow().date().isoformat(),
    }  # fmt: skip


def _words(listed: listing.Listed) -> str:
    if not listed.new and not listed.known:
        return _("Nobody was chosen, so nothing was written.")
    if not listed.new:
        return _("They all had it on their record already.")
    return ngettext(
        "Written down for %(num)d person, who hears of it.",
        "Written down for %(num)d people. Each of them hears of it.",
        listed.new,
    )
