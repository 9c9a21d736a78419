"""When two rows of one person become one: their notes. Of two open ones the older stays open."""

from typing import Any

import sqlalchemy as sa

from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.merging import Merge
from recognition.quiet.models import QuietNote
from recognition.quiet.services.asking import OPEN, close


def merge_members(one: Merge) -> dict[str, Any]:
    both = sa.select(QuietNote.id).where(among(QuietNote.member_id, [one.from_id, one.into_id]), *OPEN)
    notes = db.session.scalars(both.order_by(QuietNote.id).with_for_update()).all()
    close(notes[1:], one.now)
    mine = sa.update(QuietNote).where(QuietNote.member_id == one.from_id).values(member_id=one.into_id)
    db.session.execute(mine, execution_options={"synchronize_session": "fetch"})
    return {}
