"""Who is meant: a rule over all members, slice by slice, and how many that will be. For announcements, surveys and whatever
else speaks to many; the same rule language as everywhere."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities import measure
from recognition.activities.criteria.decide import decide
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import opened
from recognition.crowds import SMALL, about
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member

HERE = ("active", "away", "alumni")
"""Everybody but those who are suspended."""
SLICE_MEMBERS = 1000
LOOKED_AT_MAX = 5000


@dataclass(frozen=True)
class Counted:
    """`matched` of the `looked_at` members who were looked at; `everybody` is all there are. Where not all were, what it
    comes to is an estimate. `is_all`: no rule was asked. Pages tell `told` and nothing else of it."""

    matched: int
    looked_at: int
    everybody: int
    is_all: bool = False

    @property
    def is_exact(self) -> bool:
        return self.looked_at == self.everybody

    @property
    def about(self) -> int:
        return self.matched if self.is_exact else round(self.matched * self.everybody / max(self.looked_at, 1))

    @property
    def told(self) -> int | None:
        """To the nearest five; None for a few, none included. Everybody is no secret."""
        return self.everybody if self.is_all and self.everybody >= SMALL else about(self.about)

    @property
    def is_nearly_all(self) -> bool:
        """All, or all but a few: which of the two is not told, that would be a word about the few."""
        return not self.is_all and self.told is not None and self.everybody - self.about < SMALL


def meeting(rule: dict[str, Any] | None, members: Sequence[int], now: datetime, openly: bool = False) -> list[int]:
    """Those of the members who meet the rule, in their order; None is met by everybody. `openly`: by what every member may
    see."""
    if rule is None or not members:
        return list(members)
    criteria = opened(parse(rule)) if openly else parse(rule)
    values = measure.values(criteria, members, now=now)
    return [member_id for member_id in members if decide(criteria, values[member_id]).met]


def next_slice(after: int, states: Collection[str] = HERE, size: int = SLICE_MEMBERS) -> list[int]:
    """Members behind this id, in the order of their ids; empty at the end."""
    wanted = sa.select(Member.id).where(Member.id > after, among(Member.state, sorted(states)), Member.merged_into_id.is_(None))
    return list(db.session.scalars(wanted.order_by(Member.id).limit(size)))


def count(rule: dict[str, Any] | None, now: datetime, states: Collection[str] = HERE, most: int = LOOKED_AT_MAX) -> Counted:
    """How many meet the rule by what every member may see, from at most `most` members: those who joined last, when there are
    more. Whoever writes rules and compares their numbers learns nothing that the pages of people do not tell."""
    here = (among(Member.state, sorted(states)), Member.merged_into_id.is_(None))
    everybody = db.session.scalar(sa.select(sa.func.count()).select_from(Member).where(*here)) or 0
    if rule is None:
        return Counted(everybody, everybody, everybody, is_all=True)
    ids = sorted(db.session.scalars(sa.select(Member.id).where(*here).order_by(Member.id.desc()).limit(most)))
    matched = sum(len(meeting(rule, ids[at : at + SLICE_MEMBERS], now, openly=True)) for at in range(0, len(ids), SLICE_MEMBERS))
    return Counted(matched, len(ids), everybody)
