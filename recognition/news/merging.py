"""When two rows of one person become one: what they wrote for everybody."""

from typing import Any

import sqlalchemy as sa

from recognition.extensions import db
from recognition.identity.services.merging import Merge
from recognition.news.models import Announcement


def merge_members(one: Merge) -> dict[str, Any]:
    theirs = sa.update(Announcement).where(Announcement.author_id == one.from_id).values(author_id=one.into_id)
    moved = db.session.scalars(theirs.returning(Announcement.id), execution_options={"synchronize_session": False})
    return {"announcements": sorted(moved)}
