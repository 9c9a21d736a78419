"""When two rows of one person become one: what they asked for, and what they decided."""

from typing import Any

import sqlalchemy as sa

from recognition.extensions import db
from recognition.identity.services.merging import Merge
from recognition.resources.models import ResourceAsk


def merge_members(one: Merge) -> dict[str, Any]:
    columns: tuple[Any, ...] = (ResourceAsk.member_id, ResourceAsk.decided_by_id)
    for column in columns:
        db.session.execute(sa.update(ResourceAsk).where(column == one.from_id).values({column.key: one.into_id}))
    db.session.expire_all()
    return {}
