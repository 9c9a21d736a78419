"""For paid staff: one page with what their community needs, and an admin's right to say who is staff. The role opens this page
and nothing else; whatever stands on it, every member may read."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.announcements import following
from recognition.announcements.following import CAMPAIGN, GROUP, TAG, Thing, TooMany
from recognition.campaigns.models import Campaign
from recognition.campaigns.queries import campaign_by_slug
from recognition.extensions import db
from recognition.identity.access import role_required, signed_in
from recognition.identity.models import Group, Member
from recognition.identity.queries import group_by_slug, member_by_handle
from recognition.identity.rules import NotAllowed, Refused
from recognition.identity.services import roles
from recognition.identity.services.roles import Said
from recognition.news.texts import text_in
from recognition.pages import follows, terms
from recognition.pages.staff_needs import THINGS, Scope, needs
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("staff", __name__)
STAFF = "staff"
staff_only = role_required(STAFF)
OFFERED = 60
"""Groups and campaigns in the list to choose from; on its own page each of the others can be followed too."""


@blueprint.get("/staff/")
@staff_only
def index() -> Any:
    member, now = signed_in(), clock.utcnow()
    mine = [one for one in follows.mine(member) if one.sort in (GROUP, CAMPAIGN, TAG)]
    scope = _scope(mine, request.args.get("of", "") == "all")
    found = needs(member, scope, now)
    told = [(one, text_in(one, "")) for one in found.digests]
    return render_template("staff/index.html", needs=found, digests=told, mine=mine, scope=scope, choices=_choices(mine))


@blueprint.post("/staff/follow")
@staff_only
@limited("follows", times=60)
def follow() -> Any:
    """`thing`: "group:nairobi", "campaign:draw-mdm" or "tag:garden"; `do`: follow or stop."""
    member, now = signed_in(), clock.utcnow()
    sort, _colon, name = request.form.get("thing", "").partition(":")
    if request.form.get("do") == "stop" and sort in (GROUP, CAMPAIGN, TAG):
        following.stop(member.id, Thing(sort, name), now)
        said = (_("You do not follow it any more."), "good")
    elif not _is_there(sort, name):
        said = (_("Please choose one of the list."), "care")
    else:
        said = _follow(member, Thing(sort, name))
    db.session.commit()
    flash(*said)
    return goto(url_for(".index", _anchor="follows"))


def _is_there(sort: str, name: str) -> bool:
    found: object = None
    if name.isprintable():
        found = group_by_slug(name) if sort == GROUP else campaign_by_slug(name) if sort == CAMPAIGN else None
    return found is not None


def _follow(member: Member, thing: Thing) -> tuple[str, str]:
    try:
        following.follow(member.id, thing, clock.utcnow())
    except TooMany:
        return _("You follow a hundred things already. Stop with one of them first; all are on your page of mails."), "care"
    return _("You follow it. Only you see what you follow."), "good"


@blueprint.post("/council/staff")
@role_required("admin")
def decide() -> Any:
    """`do`: give or take. Who, since when and why stands in the audit."""
    do, typed = request.form.get("do", ""), request.form.get("handle", "").strip().removeprefix("@")
    member = member_by_handle(typed[:40])
    try:
        words = _decided(member, do)
    except Refused as fault:
        db.session.rollback()
        is_unsaid = member is not None and do == "take" and not isinstance(fault, NotAllowed)
        return _undecided(str(fault), typed, is_unsaid), 422
    db.session.commit()
    flash(words, "good")
    return goto(url_for("terms.index", _anchor=STAFF))


def _undecided(error: str, handle: str, is_unsaid: bool) -> str:
    """With what was typed: the handle of nobody, or, where it `is_unsaid`, why somebody loses the role."""
    if is_unsaid:
        return terms.listed(error, f"{handle}-{STAFF}", "reason", request.form.get("reason", ""))
    return terms.listed(error, field="handle", typed=handle)


def _decided(member: Member | None, do: str) -> str:
    """Raises Refused."""
    if member is None or member.merged_into_id is not None:
        raise Refused(_("There is nobody of that handle."))
    if do == "take":
        actor = signed_in()
        roles.revoke(member, STAFF, actor, Said(actor.id, request.form.get("reason", "")))
        return _("@%(handle)s is not staff any more.", handle=member.handle)
    if do != "give":
        abort(400)
    roles.grant(member, STAFF, signed_in(), clock.utcnow())
    return _("@%(handle)s is staff now, and finds their page in the menu.", handle=member.handle)


def _scope(mine: Sequence[follows.Line], wants_all: bool) -> Scope:
    if wants_all or not mine:
        return Scope()
    names = {sort: [one.name for one in mine if one.sort == sort and one.path][:THINGS] for sort in (GROUP, CAMPAIGN, TAG)}
    return Scope(names[GROUP], names[CAMPAIGN], names[TAG], is_all=False)


def _choices(mine: Sequence[follows.Line]) -> list[tuple[str, str]]:
    """The newest campaigns that are out, then groups by name, without what is followed."""
    campaigns = sa.select(sa.literal(CAMPAIGN), Campaign.slug, Campaign.title).where(Campaign.state != "draft")
    groups = sa.select(sa.literal(GROUP), Group.slug, Group.name).order_by(Group.name, Group.id)
    rows = [*db.session.execute(campaigns.order_by(Campaign.id.desc()).limit(OFFERED)),
            *db.session.execute(groups.limit(OFFERED))]  # fmt: skip
    known = {(one.sort, one.name) for one in mine}
    words = {CAMPAIGN: _("Campaign: %(title)s"), GROUP: _("Group: %(title)s")}
    return [
        (f"{sort}:{slug}", words[sort].replace("%(title)s", title)) for sort, slug, title in rows if (sort, slug) not in known
    ]
