"""Following a tag, a group, a campaign or a person. Only its member ever reads what they follow."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from recognition.announcements.models import Follow
from recognition.announcements.wishing import held, plan_follows
from recognition.database import insert_new
from recognition.extensions import db

TAG, GROUP, CAMPAIGN, PERSON = "tag", "group", "campaign", "member"
SORTS = (PERSON, GROUP, CAMPAIGN, TAG)
"""In the order in which they are told."""
FOLLOWS_MAX = 100


class TooMany(Exception):
    """Nobody reads of so many."""


class Thing(NamedTuple):
    """`name`: a tag, a slug, or the digits of the person's id."""

    sort: str
    name: str


def person(member_id: int) -> Thing:
    return Thing(PERSON, str(member_id))


def follow(member_id: int, thing: Thing, now: datetime) -> None:
    """Safe to repeat. Raises TooMany."""
    row = held(member_id)
    there = follows(member_id)
    if any((one.sort, one.name) == thing for one in there):
        return
    if len(there) >= FOLLOWS_MAX:
        raise TooMany
    person_id = int(thing.name) if thing.sort == PERSON else None
    new = {"member_id": member_id, "sort": thing.sort, "name": thing.name, "person_id": person_id, "since_at": now}
    insert_new(Follow.__table__, [new])
    if row.follows_due_at is None:
        plan_follows(row, now)


def stop(member_id: int, thing: Thing, now: datetime) -> None:
    """Safe to repeat."""
    _stop(member_id, Follow.sort == thing.sort, Follow.name == thing.name, now=now)


def stop_row(member_id: int, follow_id: int, now: datetime) -> None:
    """From the list: also what its reader may not see any more."""
    _stop(member_id, Follow.id == follow_id, now=now)


def _stop(member_id: int, *which: sa.ColumnElement[bool], now: datetime) -> None:
    row = held(member_id)
    db.session.execute(sa.delete(Follow).where(Follow.member_id == member_id, *which))
    if not is_following_any(member_id):
        plan_follows(row, now)


def follows(member_id: int) -> Sequence[Follow]:
    mine = sa.select(Follow).where(Follow.member_id == member_id)
    return db.session.scalars(mine.order_by(Follow.sort, Follow.name)).all()


def is_followed(member_id: int, thing: Thing) -> bool:
    mine = sa.exists().where(Follow.member_id == member_id, Follow.sort == thing.sort, Follow.name == thing.name)
    return bool(db.session.scalar(sa.select(mine)))


def is_following_any(member_id: int) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(Follow.member_id == member_id))))
