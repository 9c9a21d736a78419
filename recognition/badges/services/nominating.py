"""Asking that somebody gets a badge, and the answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.badges import nominations, policy
from recognition.badges.models import APPROVED, DECLINED, NOMINATION, OPEN, REFUSED, TAKEN_BACK, Award, Badge, Nomination
from recognition.badges.rules import NotGiven
from recognition.badges.services.giving import hand_out
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import NotAllowed, visible_fields
from recognition.refs import Ref

REASON_MAX = 500
BULK_MAX = 50


class BadNomination(ValueError):
    """`field` names the input, the text is a sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


class DecidedAlready(Exception):
    """Its text says who was faster."""


def nominate(
    badge: Badge, nominee: Member | None, nominator: Member, reason: str, level: int | None, now: datetime
) -> Nomination:
    """Whoever asked in vain or took it back may ask again in other words; also whoever was heard, once there is more to
    ask for. Raises BadNomination."""
    nominee_id = _check(badge, nominee, nominator, reason, level)
    table: Any = Nomination.__table__
    row = {"badge_id": badge.id, "member_id": nominee_id, "nominator_id": nominator.id, "level": level, "reason": reason,
           "state": OPEN, "created_at": now, "answer": ""}  # fmt: skip
    new = insert_new(table, [row], table.c.id)
    if new:
        return db.session.get_one(Nomination, new[0].id)
    same = (Nomination.badge_id == badge.id, Nomination.member_id == nominee_id, Nomination.nominator_id == nominator.id)
    decided = (REFUSED, TAKEN_BACK) if _is_settled(badge, nominee_id, level, now) else (REFUSED, TAKEN_BACK, APPROVED)
    again = sa.update(Nomination).where(*same, Nomination.state.in_(decided))
    fresh = {"state": OPEN, "reason": reason, "level": level, "created_at": now, "decided_at": None, "decided_by_id": None,
             "answer": ""}  # fmt: skip
    done: Any = db.session.execute(again.values(**fresh).execution_options(synchronize_session=False))
    if not done.rowcount:
        raise BadNomination("nominee", _("You nominated them for this badge already. See how it stands on your nominations."))
    return db.session.scalars(sa.select(Nomination).where(*same), execution_options={"populate_existing": True}).one()


def _check(badge: Badge, nominee: Member | None, nominator: Member, reason: str, level: int | None) -> int:
    """The nominee's id."""
    if not policy.can_nominate(nominator, badge):
        raise BadNomination("nominee", _("Nobody can be nominated for this badge now."))
    if nominee is None or nominee.state == "suspended":
        raise BadNomination("nominee", _("We know nobody of this handle. It stands on their page, after the @."))
    if nominee.id == nominator.id:
        raise BadNomination("nominee", _("It is for somebody else: nobody can nominate themselves."))
    if not reason or len(reason) > REASON_MAX:
        raise BadNomination("reason", _("Tell in up to %(most)s characters what they did.", most=REASON_MAX))
    if (level is None) != (not badge.levels) or (level is not None and level not in badge.levels):
        raise BadNomination("level", _("Choose one of the levels of this badge."))
    return nominee.id


def _is_settled(badge: Badge, member_id: int, level: int | None, now: datetime) -> bool:
    """Do they have it, or was it taken back or declined? What has expired may be given again."""
    same = (Award.badge_id == badge.id, Award.member_id == member_id, Award.occasion == ("" if level is None else str(level)))
    over = sa.and_(Award.expires_at.is_not(None), Award.expires_at <= now)
    said = sa.or_(Award.answer == DECLINED, Award.revoked_at.is_not(None))
    return bool(db.session.scalar(sa.select(sa.exists().where(*same, sa.or_(sa.not_(over), said)))))


def take_back(nomination_id: int, nominator_id: int, now: datetime) -> bool:
    """False: it was decided already, or is somebody else's."""
    own = sa.update(Nomination).where(
        Nomination.id == nomination_id, Nomination.nominator_id == nominator_id, Nomination.state == OPEN
    )
    done: Any = db.session.execute(own.values(state=TAKEN_BACK, decided_at=now).execution_options(synchronize_session=False))
    return bool(done.rowcount)


def decide(nomination_id: int, approver: Member, approve: bool, answer: str, now: datetime) -> str:
    """Approving gives the badge, in the nominator's words. Returns what `hand_out` says of it, or "refused". Raises
    NotAllowed, DecidedAlready, BadNomination, NotGiven."""
    asked = db.session.get(Nomination, nomination_id, populate_existing=True)
    if asked is None:
        raise DecidedAlready(_("This nomination is gone."))
    curated = nominations.curated_groups(approver.id)
    if not policy.can_decide(approver, asked.badge, curated, (asked.member_id, asked.nominator_id)):
        raise NotAllowed(_("Others decide about this one."))
    if len(answer) > REASON_MAX or not (approve or answer):
        raise BadNomination("answer", _("Say in up to %(most)s characters why not. Whoever asked reads it.", most=REASON_MAX))
    if approve and db.session.scalar(sa.select(Member.state).where(Member.id == asked.member_id)) == "suspended":
        raise NotGiven(_("Whoever was nominated is not here just now."))
    state = APPROVED if approve else REFUSED
    open_still = sa.update(Nomination).where(Nomination.id == nomination_id, Nomination.state == OPEN)
    values = {"state": state, "decided_at": now, "decided_by_id": approver.id, "answer": answer}
    done: Any = db.session.execute(open_still.values(**values).execution_options(synchronize_session=False))
    db.session.refresh(asked)
    if not done.rowcount:
        raise DecidedAlready(who_decided(asked, approver))
    audit.record(f"nomination.{state}", Ref("nomination", asked.id), approver.id, after={"badge": asked.badge.slug})
    outcome = "refused"
    if approve:
        outcome = hand_out(asked.badge, [asked.member_id], now, how=NOMINATION, giver_id=asked.nominator_id,
                           reason=asked.reason, level=asked.level)[asked.member_id]  # fmt: skip
    _tell_nominator(asked, now)
    return outcome


def decide_many(ids: Sequence[int], approver: Member, approve: bool, answer: str, now: datetime) -> tuple[int, list[str]]:
    """At most `BULK_MAX`. How many were decided, and a sentence for each that somebody else decided first or that cannot be
    given now."""
    decided, passed = 0, []
    for nomination_id in sorted(set(ids))[:BULK_MAX]:
        try:
            with db.session.begin_nested():
                decide(nomination_id, approver, approve, answer, now)
            decided += 1
        except (DecidedAlready, NotAllowed) as fault:
            passed.append(str(fault))
        except NotGiven as fault:
            asked = db.session.get_one(Nomination, nomination_id)
            passed.append(f"{asked.badge.name}: {fault}")
    return decided, passed


def who_decided(asked: Nomination, reader: Member) -> str:
    if asked.state == TAKEN_BACK:
        return _("Whoever nominated took it back a moment ago. Nothing is left to decide.")
    who = db.session.get(Member, asked.decided_by_id) if asked.decided_by_id else None
    name = visible_fields(who, reader).called if who else _("Somebody")
    if asked.state == APPROVED:
        return _("%(name)s was a moment faster and approved it.", name=name)
    return _("%(name)s was a moment faster and answered with a no.", name=name)


def _tell_nominator(asked: Nomination, now: datetime) -> None:
    data = {"badge": asked.badge.name, "person": asked.member_id}
    kind = "nomination.approved" if asked.state == APPROVED else "nomination.refused"
    key = f"nomination:{asked.id}:{asked.state}:{now.isoformat()}"
    tell([Message(asked.nominator_id, kind, key, "/nominations/", data)], now)
