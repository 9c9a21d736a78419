"""The roster of a group: whom news reach, of those who allow it to whoever looks after the group, so that nobody misses any."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.crowds import about
from recognition.extensions import db
from recognition.identity import policy
from recognition.identity.access import member_required, signed_in
from recognition.identity.models import Group
from recognition.identity.queries import group_by_slug, member_by_handle, membership
from recognition.identity.rules import Refused
from recognition.news import reaching
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("group_roster", __name__)


@blueprint.get("/groups/<slug>/roster")
@member_required
def show(slug: str) -> Any:
    group, now = _looked_after(slug), clock.utcnow()
    found = reaching.roster(group, signed_in(), now, request.args.get("after"))
    older = url_for(".show", slug=slug, after=found.next_cursor) if found.next_cursor else ""
    return render_template(
        "pages/group_roster.html", group=group, rows=found.items, older=older, others=about(reaching.others(group.id)),
        also_at=reaching.places(group.id), last_out=reaching.last_out(), days=reaching.UNREACHED_DAYS,
    ), 200, {"Cache-Control": "private, no-store"}  # fmt: skip


@blueprint.post("/groups/<slug>/roster")
@member_required
@limited("roster", times=60)
def allow(slug: str) -> Any:
    """One's own word, either way."""
    group, is_on = group_by_slug(slug) or abort(404), request.form.get("answer") == "on"
    try:
        reaching.allow(group, signed_in(), is_on, clock.utcnow())
    except Refused as fault:
        db.session.rollback()
        flash(str(fault), "care")
    else:
        db.session.commit()
        flash(_("Thank you. They see it from now on.") if is_on else _("Taken back. They see nothing of it any more."), "good")
    return goto(url_for("identity.group", slug=slug, _anchor="roster"))


@blueprint.post("/groups/<slug>/roster/<handle>")
@member_required
@limited("roster", times=120)
def told(slug: str, handle: str) -> Any:
    """Somebody called, or handed over a paper; `answer` back: it was a slip."""
    group, is_told = _looked_after(slug), request.form.get("answer") != "back"
    member = member_by_handle(handle)
    if member is None or not reaching.tell_in_person(group, member.id, is_told, clock.utcnow()):
        db.session.rollback()
        flash(_("They are not on the roster any more."), "care")
    else:
        db.session.commit()
        flash(_("Thank you for telling them.") if is_told else _("Taken back."), "good")
    return goto(url_for(".show", slug=slug))


def _looked_after(slug: str) -> Group:
    found, viewer = group_by_slug(slug), signed_in()
    if found is None or found.is_outside:
        abort(404)
    if not policy.sees_roster(viewer, membership(found.id, viewer.id)):
        abort(403)
    return found
