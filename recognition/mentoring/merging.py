"""When two rows of one person become one: whom they stood by, who stood by them, questions and words. What would be somebody's
own mentor is none."""

from typing import Any

import sqlalchemy as sa

from recognition.extensions import db
from recognition.identity.services.merging import Merge
from recognition.mentoring.models import MentorAsk, MentorLink, MentorOffer, MentorWord
from recognition.mentoring.rules import BY_GONE

_QUIET = {"synchronize_session": False}


def merge_members(one: Merge) -> dict[str, Any]:
    """Of two mentors the one of the row that stays goes on; the offer of that row stays, too."""
    db.session.flush()
    pair = sa.or_(
        sa.and_(MentorLink.mentee_id == one.from_id, MentorLink.mentor_id == one.into_id),
        sa.and_(MentorLink.mentee_id == one.into_id, MentorLink.mentor_id == one.from_id),
    )
    db.session.execute(sa.delete(MentorLink).where(pair), execution_options=_QUIET)
    open_now = MentorLink.ended_at.is_(None)
    if db.session.scalar(sa.select(sa.exists().where(MentorLink.mentee_id == one.into_id, open_now))):
        over = sa.update(MentorLink).where(MentorLink.mentee_id == one.from_id, open_now)
        db.session.execute(over.values(ended_at=one.now, ended_by=BY_GONE), execution_options=_QUIET)
    if db.session.get(MentorOffer, one.into_id) is not None:
        db.session.execute(sa.delete(MentorOffer).where(MentorOffer.member_id == one.from_id), execution_options=_QUIET)
    columns: tuple[Any, ...] = (
        MentorLink.mentee_id, MentorLink.mentor_id, MentorOffer.member_id, MentorAsk.mentee_id, MentorAsk.mentor_id,
        MentorAsk.answered_by_id, MentorWord.member_id, MentorWord.mentor_id,
    )  # fmt: skip
    for column in columns:
        moved = sa.update(column.class_).where(column == one.from_id).values({column.key: one.into_id})
        db.session.execute(moved, execution_options=_QUIET)
    own = sa.update(MentorAsk).where(MentorAsk.mentee_id == one.into_id, MentorAsk.mentor_id == one.into_id)
    db.session.execute(own.values(mentor_id=None), execution_options=_QUIET)
    db.session.expire_all()
    return {}
