"""Awards that wait for their holder's word, those that were declined, and from whom a member takes none."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from recognition.badges.models import DECLINED, WAITING, Award, Badge, IssuerBlock
from recognition.badges.queries import Pin, picture_url
from recognition.extensions import db
from recognition.identity.models import Group

TRAY_MAX = 200


@dataclass(frozen=True)
class Tray:
    """One pin a badge, at its highest level; newest first."""

    waiting: Sequence[Pin]
    declined: Sequence[Pin]


def tray(member_id: int) -> Tray:
    wanted = sa.select(Award).where(
        Award.member_id == member_id, Award.revoked_at.is_(None), Award.answer.in_((WAITING, DECLINED))
    )
    piles: dict[str, dict[int, Pin]] = {WAITING: {}, DECLINED: {}}
    for award in db.session.scalars(wanted.order_by(Award.id.desc()).limit(TRAY_MAX)):
        pile, known = piles[award.answer], piles[award.answer].get(award.badge_id)
        if known is None or (award.level or 0) > (known.award.level or 0):
            pile[award.badge_id] = Pin(award, picture_url(award.badge, 256, award.level), award.awarded_at)
    return Tray(list(piles[WAITING].values()), list(piles[DECLINED].values()))


def waiting_count(member_id: int) -> int:
    """How many badges wait for a word, as far as the tray holds them."""
    some = sa.select(Award.badge_id).where(_waits(member_id)).distinct().limit(TRAY_MAX)
    return db.session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


def _waits(member_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(Award.member_id == member_id, Award.answer == WAITING, Award.revoked_at.is_(None))


def issuer_of(badge: Badge) -> Group | None:
    """The group that gives it; None where it is the whole house."""
    return db.session.get(Group, badge.issuer_id) if badge.issuer_id is not None else None


def is_blocked(member_id: int, group_id: int) -> bool:
    return db.session.get(IssuerBlock, (member_id, group_id)) is not None


def blocked_groups(member_id: int) -> list[Group]:
    """By name, at most two hundred."""
    wanted = sa.select(Group).join(IssuerBlock, IssuerBlock.group_id == Group.id).where(IssuerBlock.member_id == member_id)
    return list(db.session.scalars(wanted.order_by(Group.name).limit(TRAY_MAX)))
