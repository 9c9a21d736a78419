"""When two rows of one person become one: where they belong, whom they vouch for, and who vouches for them. Nobody vouches for
themselves, and of two words between the same two people the one of the row that stays goes on; a no stays a no."""

from typing import Any

import sqlalchemy as sa

from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.merging import Merge
from recognition.vouching.models import Affiliation, Vouch


def merge_members(one: Merge) -> dict[str, Any]:
    both = (one.from_id, one.into_id)
    own = sa.delete(Vouch).where(among(Vouch.member_id, both), among(Vouch.by_id, both))
    dropped = list(db.session.scalars(own.returning(Vouch.id)))
    dropped += _move(Vouch.member_id, (Vouch.by_id,), one) + _move(Vouch.by_id, (Vouch.member_id,), one)
    twice = _move(Affiliation.member_id, (Affiliation.sort, Affiliation.name), one)
    db.session.expire_all()
    return {"vouches_dropped": sorted(dropped), "affiliations_dropped": sorted(twice)}


def _move(column: Any, same: tuple[Any, ...], one: Merge) -> list[int]:
    """The ids of rows that gave way."""
    model = column.class_
    stays = {tuple(getattr(row, name.key) for name in same): row for row in _rows(column, one.into_id)}
    gone = []
    for row in _rows(column, one.from_id):
        other = stays.get(tuple(getattr(row, name.key) for name in same))
        if other is None:
            continue
        if isinstance(row, Vouch):
            other.declined_at = other.declined_at or row.declined_at
            other.back_at = other.back_at and row.back_at
        gone.append(row.id)
    db.session.flush()
    db.session.execute(sa.delete(model).where(among(model.id, gone)))
    db.session.execute(sa.update(model).where(column == one.from_id).values({column.key: one.into_id}))
    db.session.expire_all()
    return gone


def _rows(column: Any, member_id: int) -> list[Any]:
    return list(db.session.scalars(sa.select(column.class_).where(column == member_id)))
