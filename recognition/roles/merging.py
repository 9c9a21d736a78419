"""When two rows of one person become one: what they wrote, said and asked for. Of two that wait for one role the older stays."""

from typing import Any

import sqlalchemy as sa

from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.merging import Merge
from recognition.roles.models import RoleApplication, RolePlace, RoleVersion, RoleWord
from recognition.roles.rules import WAITING, WITHDRAWN


def merge_members(one: Merge) -> dict[str, Any]:
    both = among(RoleApplication.member_id, [one.from_id, one.into_id])
    rows = sa.select(RoleApplication).where(both, RoleApplication.state == WAITING).order_by(RoleApplication.id)
    seen: set[int] = set()
    for row in db.session.scalars(rows.with_for_update()).all():
        if row.role_id in seen:
            row.state = WITHDRAWN
        seen.add(row.role_id)
    db.session.flush()
    held = sa.select(RolePlace.role_id).where(RolePlace.member_id == one.into_id, RolePlace.ended_at.is_(None))
    twice = sa.delete(RolePlace).where(RolePlace.member_id == one.from_id, RolePlace.ended_at.is_(None))
    db.session.execute(twice.where(among(RolePlace.role_id, db.session.scalars(held).all())))
    columns: tuple[Any, ...] = (RoleVersion.by_id, RoleWord.author_id, RoleApplication.member_id, RoleApplication.decided_by_id,
                                RolePlace.member_id, RolePlace.by_id)  # fmt: skip
    for column in columns:
        db.session.execute(sa.update(column.class_).where(column == one.from_id).values({column.key: one.into_id}))
    db.session.expire_all()
    return {}
