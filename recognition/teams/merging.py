"""When two rows of one person become one: what they wrote, have and did."""

from typing import Any

import sqlalchemy as sa

from recognition.extensions import db
from recognition.identity.services.merging import Merge
from recognition.teams.models import Task


def merge_members(one: Merge) -> dict[str, Any]:
    for column in (Task.made_by_id, Task.taken_by_id, Task.done_by_id):
        db.session.execute(sa.update(Task).where(column == one.from_id).values({column.key: one.into_id}))
    db.session.expire_all()
    return {}
