"""Roles of the house and suspension. Both are privileged: each has its record in the audit."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.audit.services import newest, record
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity import policy
from recognition.identity.models import ROLES, ApiToken, Grant, Member
from recognition.identity.oauth.services import end_all
from recognition.identity.rules import NotAllowed, Refused
from recognition.identity.services.profiles import tell_changed
from recognition.identity.services.sessions import end_other_sessions
from recognition.refs import Ref
from recognition.text import is_blank

REASON_MAX_CHARS = 500
GO_ON, HAND_OVER = "go_on", "hand_over"
WISHES = (GO_ON, HAND_OVER)


@dataclass(frozen=True)
class Said:
    """Who decided that somebody loses a role, or the house, and why: a person with a name, also where a command does it. There
    is none without a reason: raises Refused."""

    by_id: int | None
    reason: str

    def __post_init__(self) -> None:
        if is_blank(self.reason):
            raise Refused(_("Nobody loses a role, or is suspended, without a reason. Say why."))
        if len(self.reason.strip()) > REASON_MAX_CHARS:
            raise Refused(_("At most %(max)s characters for the reason, please.", max=REASON_MAX_CHARS))

    @property
    def why(self) -> dict[str, str]:
        return {"reason": self.reason.strip()}


def grant(member: Member, role: str, actor: Member | None, now: datetime, ends_on: date | None = None) -> bool:
    """`actor` None is the command line. False if the member has the role already, with this term. Raises Refused."""
    _check(member, role, actor)
    who = actor.id if actor else None
    row = {"member_id": member.id, "role": role, "granted_at": now, "granted_by_id": who, "ends_on": ends_on}
    if not insert_new(Grant.__table__, [row], Grant.__table__.c.id):
        return ends_on is not None and set_term(member, role, actor, ends_on)
    record("role.granted", Ref("member", member.id), who, after={"role": role} | _term(ends_on))
    db.session.expire(member, ["grants"])
    return True


def set_term(member: Member, role: str, actor: Member | None, ends_on: date | None) -> bool:
    """Renew a role until another day, or for no set time. False where it is so already. Raises Refused."""
    _check(member, role, actor)
    mine = sa.select(Grant).where(Grant.member_id == member.id, Grant.role == role)
    held: Grant | None = db.session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if held is None:
        raise Refused(_("@%(handle)s does not have this role.", handle=member.handle))
    if held.ends_on == ends_on:
        return False
    said = ({"role": role} | _term(held.ends_on), {"role": role} | _term(ends_on))
    record("role.renewed", Ref("member", member.id), actor.id if actor else None, *said)
    held.ends_on, held.wish = ends_on, None
    return True


def _term(ends_on: date | None) -> dict[str, str]:
    return {"ends_on": ends_on.isoformat()} if ends_on else {}


def wish(member: Member, role: str, said: str) -> None:
    """What the holder would like after their term; they may change their mind until it is decided. Raises Refused."""
    mine = sa.select(Grant).where(Grant.member_id == member.id, Grant.role == role, Grant.ends_on.is_not(None))
    held: Grant | None = db.session.scalar(mine.with_for_update())
    if held is None or said not in WISHES:
        raise Refused(_("There is no term of yours to decide about."))
    held.wish = said


def revoke(member: Member, role: str, actor: Member | None, said: Said) -> bool:
    """False if the member does not have the role. Raises Refused, also for the last admin."""
    _check(member, role, actor)
    if role == "admin":
        _keep_an_admin(member)
    gone = db.session.execute(sa.delete(Grant).where(Grant.member_id == member.id, Grant.role == role))
    if not gone.rowcount:  # type: ignore[attr-defined]
        return False
    record("role.revoked", Ref("member", member.id), said.by_id, {"role": role}, said.why)
    db.session.expire(member, ["grants"])
    return True


def suspend(member: Member, actor: Member | None, now: datetime, said: Said) -> None:
    """No writing, no login, no tokens, no place on boards, from the next request on. Raises Refused."""
    _check_state(member, actor)
    _keep_an_admin(member)
    if member.state == "suspended":
        return
    record("member.suspended", Ref("member", member.id), said.by_id, {"state": member.state}, said.why)
    member.state = "suspended"
    end_other_sessions(member.id, kept_id=None)
    db.session.execute(
        sa.update(ApiToken).where(ApiToken.member_id == member.id, ApiToken.revoked_at.is_(None)).values(revoked_at=now)
    )
    end_all(member.id, now)
    db.session.flush()
    tell_changed(member.id)


def reinstate(member: Member, actor: Member | None) -> None:
    """What the member was before; tokens stay revoked. Raises Refused."""
    _check_state(member, actor)
    if member.merged_into_id is not None:
        raise Refused(_("This row was joined to another one, and lives on there."))
    if member.state != "suspended":
        return
    record("member.reinstated", Ref("member", member.id), actor.id if actor else None, {"state": "suspended"})
    member.state = _state_before(member)
    db.session.flush()
    tell_changed(member.id)


def _state_before(member: Member) -> str:
    """As the suspension wrote it down."""
    entry = newest("member.suspended", Ref("member", member.id))
    return str(entry.before["state"]) if entry and entry.before else "active"


def _check(member: Member, role: str, actor: Member | None) -> None:
    if role not in ROLES:
        raise Refused(_("There is no role %(role)s. Known: %(known)s.", role=role, known=", ".join(ROLES)))
    if not policy.can_change_roles(actor, member.id):
        raise NotAllowed(_("Only an admin changes roles, and nobody their own."))


def _check_state(member: Member, actor: Member | None) -> None:
    if not policy.can_suspend(actor, member.id):
        raise NotAllowed(_("Only an admin suspends and reinstates, and nobody themselves."))


def _keep_an_admin(member: Member) -> None:
    """Raises Refused for the last one who can act. Locks their grants, so that two last ones cannot leave at once."""
    admins = sa.select(Grant.member_id).where(Grant.role == "admin").order_by(Grant.id).with_for_update()
    ids = set(db.session.scalars(admins))
    acting = set(db.session.scalars(sa.select(Member.id).where(Member.id.in_(ids), Member.state != "suspended")))
    if acting == {member.id}:
        raise Refused(_("This is the last admin. Make somebody else admin first."))
