"""When two rows of one person become one: what they were told."""

from typing import Any

import sqlalchemy as sa

from recognition.announcements.models import Delivery, Notice
from recognition.extensions import db
from recognition.identity.services.merging import Merge


def merge_members(one: Merge) -> dict[str, Any]:
    told = db.session.scalars(sa.select(Notice.id).where(Notice.member_id == one.from_id).order_by(Notice.id)).all()
    for model in (Notice, Delivery):
        db.session.execute(sa.update(model).where(model.member_id == one.from_id).values(member_id=one.into_id))
    return {"notices": list(told)}
