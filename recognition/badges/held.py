"""What members hold of a badge already, and whose wishes speak against giving them one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.badges.models import ACCEPTED, DECLINED, WAITING, Award, Badge, IssuerBlock
from recognition.badges.rules import Terms
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member

Pair = tuple[int, int]
"""(badge, member)"""


class Standing(NamedTuple):
    """One award as it stands."""

    id: int
    badge_id: int
    member_id: int
    occasion: str
    how: str
    answer: str
    shown: bool
    revoked_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True)
class Taker:
    """A member who takes badges."""

    is_counted: bool
    wears_at_once: bool


class Said(NamedTuple):
    """What a holder said to the awards of one badge, and whether any of them shows."""

    answer: str
    shown: bool


def standings(members: Iterable[int], badge_ids: Iterable[int]) -> list[Standing]:
    columns = [getattr(Award, name) for name in Standing._fields]
    wanted = sa.select(*columns).where(among(Award.member_id, members), among(Award.badge_id, badge_ids))
    return [Standing(*row) for row in db.session.execute(wanted.order_by(Award.id))]


def shown_awards() -> sa.ColumnElement[bool]:
    """On `activity`: its member shows the badge that it tells of. Wired into `activities.measuring`."""
    whole = sa.literal("badge:") + Badge.slug
    same = sa.or_(Activity.object == whole, Activity.object == whole + "/" + Award.occasion)
    held = sa.exists().where(Award.member_id == Activity.member_id, Award.badge_id == Badge.id, Award.shown,
                             Award.revoked_at.is_(None), same)  # fmt: skip
    return held.correlate(Activity)


def award_id_of(key: str) -> int | None:
    return db.session.scalar(sa.select(Award.id).where(Award.key == key))


def said(awards: Iterable[Standing]) -> dict[Pair, Said]:
    """One answer a badge: "declined" outweighs the others, since it is the one that asks us to stop; a revoked award
    says nothing."""
    found: dict[Pair, Said] = {}
    for one in awards:
        if one.revoked_at is None:
            pair = (one.badge_id, one.member_id)
            before = found.get(pair, Said(WAITING, False))
            answer = max(before.answer, one.answer, key=(WAITING, ACCEPTED, DECLINED).index)
            found[pair] = Said(answer, before.shown or one.shown)
    return found


def is_welcome(pair: Pair, takers: Mapping[int, Taker], blocked: set[Pair], answers: Mapping[Pair, Said]) -> bool:
    """Does no wish of the member speak against this badge?"""
    return pair[1] in takers and pair not in blocked and not (pair in answers and answers[pair].answer == DECLINED)


def takers(members: Iterable[int]) -> dict[int, Taker]:
    """A row that was joined to another is nobody, and takes none."""
    wanted = sa.select(Member.id, Member.state, Member.wears_at_once).where(
        among(Member.id, members), Member.takes_badges, Member.merged_into_id.is_(None)
    )
    return {row.id: Taker(row.state != "suspended", row.wears_at_once) for row in db.session.execute(wanted)}


def blocked(members: Iterable[int], terms: Iterable[Terms]) -> set[Pair]:
    """Who takes nothing from the group that gives a badge. Asks only where a group does."""
    issuers = {one.badge_id: one.issuer_id for one in terms if one.issuer_id is not None}
    if not issuers:
        return set()
    wanted = sa.select(IssuerBlock.member_id, IssuerBlock.group_id).where(
        among(IssuerBlock.member_id, members), among(IssuerBlock.group_id, set(issuers.values()))
    )
    blocks = {(row.group_id, row.member_id) for row in db.session.execute(wanted)}
    return {(badge_id, member_id) for badge_id, issuer in issuers.items() for group, member_id in blocks if group == issuer}
