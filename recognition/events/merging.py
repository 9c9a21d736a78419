"""When two rows of one person become one: what they host, and where they mean to come."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from recognition.database import among
from recognition.events.models import Coming, Event
from recognition.events.rules import YES
from recognition.extensions import db
from recognition.identity.services.differences import Difference
from recognition.identity.services.merging import Merge


def merge_members(one: Merge) -> dict[str, Any]:
    """Who answered twice keeps the answer of the row that stays."""
    theirs = set(db.session.scalars(sa.select(Coming.event_id).where(Coming.member_id == one.into_id)))
    mine = Coming.member_id == one.from_id
    twice = sorted(id_ for id_ in db.session.scalars(sa.select(Coming.event_id).where(mine)) if id_ in theirs)
    if twice:
        db.session.execute(sa.delete(Coming).where(mine, among(Coming.event_id, twice)))
    db.session.execute(sa.update(Coming).where(mine).values(member_id=one.into_id))
    db.session.execute(sa.update(Event).where(Event.host_id == one.from_id).values(host_id=one.into_id))
    _count(twice)
    db.session.expire_all()
    return {"twice": twice}


def take_apart(_one: Merge, moved: Mapping[str, Any], _differences: list[Difference]) -> Callable[[], None]:
    def count() -> None:
        _count(moved.get("twice", []))
        db.session.expire_all()

    return count


def _count(event_ids: list[int]) -> None:
    """From the answers themselves."""
    if event_ids:
        which = among(Event.id, event_ids)
        db.session.scalars(sa.select(Event.id).where(which).order_by(Event.id).with_for_update()).all()
        yes = sa.select(sa.func.count()).where(Coming.event_id == Event.id, Coming.answer == YES).scalar_subquery()
        counted = sa.update(Event).where(which).values(coming_count=yes)
        db.session.execute(counted, execution_options={"synchronize_session": False})
