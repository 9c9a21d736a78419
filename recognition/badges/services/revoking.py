"""An award is taken back, or kept although the log no longer bears it out: by a person, who says why. Nothing is deleted."""

from datetime import datetime

import sqlalchemy as sa

from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.badges import holders
from recognition.badges.models import DECLINED, Award
from recognition.badges.portable import due
from recognition.badges.rules import NoReason
from recognition.badges.services.facts import hold_facts, withdraw_facts
from recognition.badges.services.locks import hold_awards
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.refs import Ref
from recognition.text import is_blank


def revoke(award_id: int, actor_id: int | None, reason: str, now: datetime) -> bool:
    """The holder is told, and whatever was counted from it follows. False: somebody did it before. Raises NoReason."""
    _check(reason)
    award = _with_facts(award_id)
    if award.revoked_at is not None:
        return False
    _take(award, actor_id, reason, now)
    return True


def revoke_in_question(award_id: int, actor_id: int | None, reason: str, now: datetime) -> bool:
    """Because the log does not bear it out. False: it does again, or somebody decided before. Raises NoReason."""
    _check(reason)
    award = _with_facts(award_id)
    if not is_in_question(award):
        return False
    _take(award, actor_id, reason, now)
    return True


def _check(reason: str) -> None:
    if is_blank(reason):
        raise NoReason


def is_in_question(award: Award) -> bool:
    """The log no longer bears it out, and nobody has said anything about it."""
    is_open = award.kept_at is None and award.revoked_at is None and award.answer != DECLINED
    return award.unsupported_at is not None and is_open


def _take(award: Award, actor_id: int | None, reason: str, now: datetime) -> None:
    award.revoked_at, award.revoked_by_id, award.revoked_reason = now, actor_id, reason
    due.taken_back(award)
    audit.record("award.revoked", Ref("award", award.id), actor_id, None, {"badge": award.badge.slug, "reason": reason})
    tell([Message(award.member_id, "award.revoked", f"award.revoked:{award.id}", f"/awards/{award.key}",
                  {"badge": award.badge.name, "reason": reason})], now)  # fmt: skip
    withdraw_facts([award], actor_id, reason[:300], now)
    # The drain, too, counts last.
    if award.shown and not _shows_another(award) and _is_counted(award.member_id):
        holders.add({award.badge_id: -1})


def keep(award_id: int, actor_id: int | None, now: datetime) -> bool:
    """It stays, although the log says otherwise. False: it is not in question, or somebody decided before."""
    award = _locked(award_id)
    if not is_in_question(award):
        return False
    award.kept_at, award.kept_by_id = now, actor_id
    audit.record("award.kept", Ref("award", award.id), actor_id, None, {"badge": award.badge.slug})
    db.session.flush()
    return True


def _with_facts(award_id: int) -> Award:
    hold_facts([db.session.get_one(Award, award_id)])
    return _locked(award_id)


def _locked(award_id: int) -> Award:
    """With all that its holder has of the badge: two at once would both count it off."""
    same = sa.select(Award.badge_id, Award.member_id).where(Award.id == award_id).subquery()
    hold_awards(Award.badge_id == same.c.badge_id, Award.member_id == same.c.member_id)
    return db.session.get_one(Award, award_id, populate_existing=True)


def _shows_another(award: Award) -> bool:
    others = sa.exists().where(
        Award.badge_id == award.badge_id, Award.member_id == award.member_id, Award.shown, Award.revoked_at.is_(None)
    )
    return bool(db.session.scalar(sa.select(others)))


def _is_counted(member_id: int) -> bool:
    return db.session.scalar(sa.select(Member.state).where(Member.id == member_id)) != "suspended"
