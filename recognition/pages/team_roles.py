"""Roles in the team of a group: who has which, written down by those who look after the group and laid down by whoever has it."""

from typing import Any

from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.identity.models import Group
from recognition.identity.queries import member_by_handle
from recognition.pages.roles import words_in
from recognition.pages.team import curated, group_or_404, page
from recognition.roles import places, queries
from recognition.roles.holding import TEAM
from recognition.roles.queries import Reading
from recognition.roles.rules import LINE_MAX_CHARS, NotSaved
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("team_roles", __name__, url_prefix="/groups/<slug>/team/roles")
PLACE = f"<int(max={2**53}):place_id>"


@blueprint.post("/<role>")
@member_required
@limited("team-role", times=60)
def write_down(slug: str, role: str) -> Any:
    group, handle = curated(slug), request.form.get("handle", "").strip().removeprefix("@")
    here = _role(group, role)
    try:
        places.write_down(here.role, here.sheet.title, group, member_by_handle(handle), signed_in(), clock.utcnow())
    except NotSaved as fault:
        db.session.rollback()
        return page(group_or_404(slug), role={"role": role, "handle": handle, "error": fault.errors["handle"]}), 422
    db.session.commit()
    flash(_("Written down. They hear of it, and can lay it down."), "good")
    return _back(slug)


@blueprint.post(f"/lay-down/{PLACE}")
@member_required
@limited("team-role", times=60)
def lay_down(slug: str, place_id: int) -> Any:
    group_or_404(slug)
    if places.lay_down(place_id, signed_in().id, clock.utcnow()):
        flash(_("You have laid it down. Thank you for what you did."), "good")
    db.session.commit()
    return _back(slug)


@blueprint.post(f"/<role>/end/{PLACE}")
@member_required
@limited("team-role", times=60)
def end(slug: str, role: str, place_id: int) -> Any:
    group = curated(slug)
    here = _role(group, role)
    try:
        reason = words_in("reason", LINE_MAX_CHARS)
    except NotSaved as fault:
        typed = {"place": str(place_id), "reason": request.form.get("reason", ""), "error": fault.errors["reason"]}
        return page(group, role=typed), 422
    if places.end(place_id, here.role, here.sheet.title, group, signed_in(), reason, clock.utcnow()):
        flash(_("Ended. They read your reason."), "plain")
    db.session.commit()
    return _back(slug)


def _role(group: Group, slug: str) -> Reading:
    """One that the team of this group has, and nobody else's."""
    here = queries.reading(slug, signed_in(), clock.utcnow())
    if here is None or here.role.held_by != f"{TEAM}{group.slug}":
        abort(404)
    return here


def _back(slug: str) -> Any:
    return goto(url_for("team.show", slug=slug, _anchor="roles"))
