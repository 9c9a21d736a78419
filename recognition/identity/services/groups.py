"""Groups: making them, coming in, going out, and who decides."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from recognition.audit.services import record
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity import policy
from recognition.identity.models import Group, Member, Membership
from recognition.identity.queries import membership
from recognition.identity.rules import GroupForm, NotAllowed, Refused
from recognition.identity.services.profiles import look_again
from recognition.identity.words import slug as slug_of
from recognition.media import services as media
from recognition.media.services import Prepared
from recognition.refs import Ref


def create_group(form: GroupForm, actor: Member, now: datetime) -> Group:
    """Whoever makes a group looks after it until somebody else does; nobody is in a partner from outside, which is the
    council's. Raises Refused."""
    if not policy.can_create_group(actor):
        raise NotAllowed(_("The council makes groups. Tell them about your idea."))
    slug = slug_of(form.name)
    if len(slug) < 2 or slug == "new":
        raise Refused(_("The name needs at least two letters a to z, for the group's address."))
    entry = "closed" if form.is_outside else form.entry
    group = Group(slug=slug, name=form.name, place=form.place, about=form.about, entry=entry, website=form.website,
                  is_outside=form.is_outside, created_at=now)  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(group)
            db.session.flush()
    except IntegrityError:
        raise Refused(_("There is a group of this name already.")) from None
    if not group.is_outside:
        db.session.add(Membership(group_id=group.id, member_id=actor.id, is_curator=True, state="in", since=now))
        look_again(actor.id)
    record("group.created", Ref("group", slug), actor.id, after={"entry": group.entry, "outside": group.is_outside})
    db.session.flush()
    return group


def update_group(group: Group, form: GroupForm, actor: Member) -> None:
    """The address stays, and whether it is from outside. Raises NotAllowed."""
    check_curator(group, actor)
    group.name, group.place, group.about, group.website = form.name, form.place, form.about, form.website
    group.entry = "closed" if group.is_outside else form.entry
    db.session.flush()


def set_logo(group: Group, prepared: Prepared | None, alt: str, actor: Member) -> None:
    """None takes the picture away; the old one is forgotten in both cases. Raises NotAllowed."""
    check_curator(group, actor)
    db.session.refresh(group, with_for_update=True)  # of two at once, neither leaves a picture behind that nobody names
    old_id = group.logo_id
    group.logo_id = media.keep_picture(prepared, None).id if prepared else None
    group.logo_alt = alt
    db.session.flush()
    if old_id is not None:
        media.forget_picture(old_id)
    db.session.expire(group, ["logo"])
    record("group.logo", Ref("group", group.slug), actor.id, after={"alt": alt} if prepared else {})


def join(group: Group, member: Member, now: datetime) -> str:
    """The state that follows: "in" for an open group, "asked" where a curator decides. Raises NotAllowed."""
    own = membership(group.id, member.id)
    if own is not None and own.state != "out":
        return own.state
    if not policy.can_join(member, group, own):
        raise NotAllowed(_("This group is closed for now."))
    state = "in" if group.entry == "open" else "asked"
    if own is not None:
        own.state, own.since, own.is_curator = state, now, False
        _forget_said(own)
        db.session.flush()
        look_again(member.id)
        return state
    row = {"group_id": group.id, "member_id": member.id, "state": state, "since": now, "is_curator": False}
    insert_new(Membership.__table__, [row])
    look_again(member.id)
    return state


def leave(group: Group, member: Member, now: datetime) -> None:
    """Also takes back a request. Raises Refused for the last curator while others are in the group."""
    own = membership(group.id, member.id)
    if own is None or own.state == "out":
        return
    if own.is_curator:
        _keep_a_curator(group, own)
    own.state, own.is_curator, own.since = "out", False, now
    _forget_said(own)
    db.session.flush()
    look_again(member.id)


def decide(group: Group, asker_id: int, accept: bool, actor: Member, now: datetime) -> bool:
    """False if the request is gone, or decided by another curator. Raises NotAllowed."""
    if not policy.can_decide(actor, membership(group.id, actor.id), asker_id):
        raise NotAllowed(_("The curators of the group decide, and nobody about themselves."))
    waiting = sa.update(Membership).where(
        Membership.group_id == group.id, Membership.member_id == asker_id, Membership.state == "asked"
    )
    done = db.session.execute(waiting.values(state="in" if accept else "out", since=now))
    if not done.rowcount:  # type: ignore[attr-defined]
        return False
    look_again(asker_id)
    record("group.accepted" if accept else "group.declined", Ref("group", group.slug), actor.id, after={"member": asker_id})
    return True


def take_in(group: Group, member: Member, actor: Member, now: datetime) -> None:
    """Somebody who is chosen comes in, whatever they were here before, also where the group is closed. Raises NotAllowed."""
    own = membership(group.id, member.id)
    if not policy.can_decide(actor, membership(group.id, actor.id), member.id):
        raise NotAllowed(_("The curators of the group decide, and nobody about themselves."))
    if own is None:
        row = {"group_id": group.id, "member_id": member.id, "state": "in", "since": now, "is_curator": False}
        insert_new(Membership.__table__, [row])
    elif own.state == "in":
        return
    else:
        own.state, own.since, own.is_curator = "in", now, False
        db.session.flush()
    look_again(member.id)
    record("group.accepted", Ref("group", group.slug), actor.id, after={"member": member.id})


def set_curator(group: Group, member_id: int, on: bool, actor: Member) -> None:
    """Raises Refused: only a curator or the council, nobody about themselves, and never the last one."""
    if not policy.can_decide(actor, membership(group.id, actor.id), member_id):
        raise NotAllowed(_("The curators of the group decide, and nobody about themselves."))
    theirs = membership(group.id, member_id)
    if theirs is None or theirs.state != "in":
        raise Refused(_("Only somebody who is in the group can look after it."))
    if theirs.is_curator == on:
        return
    if not on:
        _keep_a_curator(group, theirs)
    theirs.is_curator = on
    look_again(member_id)
    record("group.curator", Ref("group", group.slug), actor.id, after={"member": member_id, "curator": on})
    db.session.flush()


def check_curator(group: Group, actor: Member) -> None:
    """Raises NotAllowed."""
    if not policy.can_curate(actor, membership(group.id, actor.id)):
        raise NotAllowed(_("The curators of the group do this."))


def _forget_said(own: Membership) -> None:
    """What they accepted and allowed goes with them, whatever a job writes down meanwhile."""
    nothing: dict[str, Any] = dict.fromkeys(("terms_version", "terms_at", "reached_on", "told_on", "told_before"))
    nothing["on_roster"] = False
    db.session.flush()
    db.session.execute(sa.update(Membership).where(Membership.id == own.id).values(nothing))


def _keep_a_curator(group: Group, leaving: Membership) -> None:
    inside = sa.select(Membership.id, Membership.is_curator).where(Membership.group_id == group.id, Membership.state == "in")
    others = [row for row in db.session.execute(inside.with_for_update()) if row.id != leaving.id]
    if others and not any(row.is_curator for row in others):
        raise Refused(_("You are the last one who looks after this group. Ask somebody to take over first."))
