"""Asking for a role, and the answer: always by a person, always with its reason."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.services import groups
from recognition.identity.services import roles as grants
from recognition.refs import Ref
from recognition.roles import holding, places
from recognition.roles.entering import meets
from recognition.roles.models import Role, RoleApplication
from recognition.roles.queries import entry_of, own_application, reading
from recognition.roles.rules import ACCEPTED, DECLINED, WAITING, WITHDRAWN, TooLate


def apply(role_id: int, member: Member, words: str, now: datetime) -> RoleApplication:
    """Who has asked and waits has asked once. Raises TooLate, with a sentence that says why."""
    role = _held(role_id)
    own = own_application(role.id, member.id)
    if own is not None and own.state == WAITING:
        return own
    entry = entry_of(role)
    if not entry.is_open(now.date()) or holding.has(role, holding.belongs(member)):
        raise TooLate(_("This role is not open for you now."))
    if not meets(entry, member.id, now):
        raise TooLate(_("Something is still missing; it stands below, and so do other ways."))
    one = RoleApplication(role_id=role.id, member_id=member.id, words=words, at=now, state=WAITING)
    db.session.add(one)
    db.session.flush()
    return one


def withdraw(role_id: int, member_id: int) -> bool:
    mine = sa.update(RoleApplication).where(
        RoleApplication.role_id == role_id, RoleApplication.member_id == member_id, RoleApplication.state == WAITING
    )
    return bool(db.session.execute(mine.values(state=WITHDRAWN).returning(RoleApplication.id)).all())


def decide(application_id: int, actor: Member, outcome: str, answer: str, now: datetime) -> bool:
    """False where it was decided or taken back meanwhile. Who is taken in where a group holds the role comes into that group; a
    role of the house is given by an admin. Nobody decides about themselves. Raises TooLate, and Refused."""
    asked = db.session.get_one(RoleApplication, application_id)
    role = _held(asked.role_id)
    db.session.refresh(asked, with_for_update=True)
    if asked.member_id == actor.id:
        raise TooLate(_("This one is yours, so somebody else decides."))
    if asked.state != WAITING or outcome not in (ACCEPTED, DECLINED):
        return False
    member = db.session.get_one(Member, asked.member_id)
    if outcome == ACCEPTED:
        if member.state == "suspended":
            raise TooLate(_("They are suspended. A yes has to wait until that is over."))
        if role.places < 1:
            raise TooLate(_("Every place is taken. More can be opened under “How one comes to it”."))
        role.places -= 1
        _hand_over(role, member, actor, now)
    asked.state, asked.answer, asked.decided_at, asked.decided_by_id = outcome, answer, now, actor.id
    audit.record(f"role.{outcome}", Ref("role", role.slug), actor.id, after={"member": member.id, "reason": answer})
    data = {"title": _called(role, member, now), "words": answer}
    tell([Message(member.id, f"role.{outcome}", f"role.{outcome}:{asked.id}", f"/roles/{role.slug}/apply", data)], now)
    return True


def _hand_over(role: Role, member: Member, actor: Member, now: datetime) -> None:
    group = holding.group_of(role.held_by)
    if group is not None:
        groups.take_in(group, member, actor, now)
        if role.held_by.startswith(holding.TEAM):
            places.put(role.id, member.id, actor.id, now)
    elif role.held_by.startswith(holding.ROLE):
        grants.grant(member, role.held_by.removeprefix(holding.ROLE), actor, now)


def _called(role: Role, member: Member, now: datetime) -> str:
    """As they read it; what the draft calls it is the council's."""
    here = reading(role.slug, member, now)
    return here.sheet.title if here else role.slug


def _held(role_id: int) -> Role:
    one: Role = db.session.get_one(Role, role_id, with_for_update=True, populate_existing=True)
    return one
