"""Who has which role in the team of a group: written down by people, laid down by whoever has it, and taken by nobody but a
person who says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition import clock
from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group, Member
from recognition.identity.queries import membership, profiles
from recognition.identity.rules import ProfileView
from recognition.identity.services.groups import check_curator
from recognition.refs import Ref
from recognition.roles.holding import TEAM, counts
from recognition.roles.models import Role, RolePlace
from recognition.roles.rules import NotSaved

SHOWN_MAX = 200


@dataclass(frozen=True)
class Holder:
    """`who` None: somebody who does not show this reader in which groups they are."""

    id: int
    role_id: int
    who: ProfileView | None
    is_mine: bool


def holders(role_ids: Sequence[int], viewer: Member, sees_all: bool) -> dict[int, list[Holder]]:
    """By role, the longest first; `sees_all`: the reader looks after the group."""
    if not role_ids:
        return {}
    wanted = sa.select(RolePlace).join(Member, Member.id == RolePlace.member_id).join(Role, Role.id == RolePlace.role_id)
    wanted = wanted.where(among(RolePlace.role_id, role_ids), counts(), Member.state != "suspended")
    rows = db.session.scalars(wanted.order_by(RolePlace.since, RolePlace.id).limit(SHOWN_MAX)).all()
    people = profiles([row.member_id for row in rows], viewer)
    found: dict[int, list[Holder]] = {}
    for row in rows:
        one = people.get(row.member_id)
        shown = one if one is not None and (one.shows_groups or sees_all) else None
        found.setdefault(row.role_id, []).append(Holder(row.id, row.role_id, shown, row.member_id == viewer.id))
    return found


def put(role_id: int, member_id: int, by_id: int, now: datetime) -> bool:
    """False where they have it."""
    db.session.scalar(sa.select(Role.id).where(Role.id == role_id).with_for_update())
    there = sa.select(RolePlace.id).where(
        RolePlace.role_id == role_id, RolePlace.member_id == member_id, RolePlace.ended_at.is_(None)
    )
    if db.session.scalar(there) is not None:
        return False
    db.session.add(RolePlace(role_id=role_id, member_id=member_id, by_id=by_id, since=now))
    db.session.flush()
    return True


def write_down(role: Role, title: str, group: Group, member: Member | None, actor: Member, now: datetime) -> None:
    """By whoever looks after the group, of somebody who is in it; an open place stays open. Raises NotAllowed and NotSaved."""
    check_curator(group, actor)
    own = membership(group.id, member.id) if member else None
    if member is None or own is None or own.state != "in" or member.state == "suspended":
        raise NotSaved({"handle": _("Nobody of this handle is in the group. They come in first, then they have a role here.")})
    if not put(role.id, member.id, actor.id, now):
        return
    audit.record("role.placed", Ref("role", role.slug), actor.id, after={"member": member.id})
    if member.id != actor.id:
        told = {"person": actor.id, "title": title, "group": group.name}
        key = f"role.placed:{role.id}:{member.id}:{now:%Y%m%d%H%M%S}"
        tell([Message(member.id, "role.placed", key, f"/groups/{group.slug}/team", told)], now)


def lay_down(place_id: int, member_id: int, now: datetime) -> bool:
    """By whoever has it, without a reason."""
    mine = sa.update(RolePlace).where(RolePlace.id == place_id, RolePlace.member_id == member_id, RolePlace.ended_at.is_(None))
    return db.session.execute(mine.values(ended_at=now).returning(RolePlace.id)).first() is not None


def follow(member_id: int) -> None:
    """Who is not in the group any more has laid down what they had in its team; coming back does not bring it back."""
    of_teams = sa.select(Role.id).where(Role.held_by.startswith(TEAM, autoescape=True))
    there = sa.select(RolePlace.id).join(Role, Role.id == RolePlace.role_id).where(RolePlace.member_id == member_id, counts())
    gone = sa.update(RolePlace).where(
        RolePlace.member_id == member_id,
        RolePlace.ended_at.is_(None),
        RolePlace.role_id.in_(of_teams),
        RolePlace.id.not_in(there),
    )
    db.session.execute(gone.values(ended_at=clock.utcnow()), execution_options={"synchronize_session": False})


def end(place_id: int, role: Role, title: str, group: Group, actor: Member, reason: str, now: datetime) -> bool:
    """By whoever looks after the group, with the reason, which its holder reads. Raises NotAllowed."""
    check_curator(group, actor)
    there = sa.update(RolePlace).where(
        RolePlace.id == place_id, RolePlace.role_id == role.id, RolePlace.ended_at.is_(None), RolePlace.member_id != actor.id
    )
    member_id = db.session.scalar(there.values(ended_at=now).returning(RolePlace.member_id))
    if member_id is None:
        return False
    audit.record("role.place_ended", Ref("role", role.slug), actor.id, after={"member": member_id, "reason": reason})
    told = {"title": title, "group": group.name, "words": reason}
    tell([Message(member_id, "role.place_ended", f"role.place_ended:{place_id}", f"/groups/{group.slug}/team", told)], now)
    return True
