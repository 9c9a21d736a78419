"""When two rows of one person become one: what they were told."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from recognition.announcements.models import Delivery, Follow, MailWish, Notice
from recognition.announcements.wishing import held, plan_follows
from recognition.extensions import db
from recognition.identity.services.merging import Merge

AS_IT_IS = {"synchronize_session": False}


def merge_members(one: Merge) -> dict[str, Any]:
    told = db.session.scalars(sa.select(Notice.id).where(Notice.member_id == one.from_id).order_by(Notice.id)).all()
    for model in (Notice, Delivery):
        db.session.execute(sa.update(model).where(model.member_id == one.from_id).values(member_id=one.into_id))
    moved = {"notices": list(told), "wish": _keep_wish(one)}
    return moved | {"follows": _move_follows(one)}


def _keep_wish(one: Merge) -> bool:
    """What the row that stays said about mails counts; where it said nothing, what the other did. True where that moved."""
    said = sa.select(MailWish.member_id).where(MailWish.member_id == one.into_id)
    moves = db.session.scalar(said) is None
    theirs = MailWish.member_id == one.from_id
    if not moves:
        db.session.execute(sa.delete(MailWish).where(theirs))
        return False
    moved = db.session.execute(sa.update(MailWish).where(theirs).values(member_id=one.into_id))
    return bool(moved.rowcount)  # type: ignore[attr-defined]


def _move_follows(one: Merge) -> int:
    """What the one followed the other follows, and who followed the one follows the other; nobody twice, nor themselves.
    How many: who follows whom is nobody's business, and stands in no record."""
    mine = _repoint(one, Follow.member_id, {"member_id": one.into_id})
    others = _repoint(one, Follow.person_id, {"person_id": one.into_id, "name": str(one.into_id)})
    db.session.execute(sa.delete(Follow).where(Follow.member_id == Follow.person_id), execution_options=AS_IT_IS)
    db.session.expire_all()
    if mine:
        plan_follows(held(one.into_id), one.now)
    return mine + others


def _repoint(one: Merge, column: Any, change: dict[str, Any]) -> int:
    """Save where a row says so already."""
    said = aliased(Follow)
    same = {name: getattr(Follow, name) for name in ("member_id", "sort", "name")} | change
    there = sa.exists().where(*(getattr(said, name) == same[name] for name in ("member_id", "sort", "name")))
    db.session.execute(sa.delete(Follow).where(column == one.from_id, there), execution_options=AS_IT_IS)
    moved = db.session.execute(sa.update(Follow).where(column == one.from_id).values(change), execution_options=AS_IT_IS)
    return int(moved.rowcount)  # type: ignore[attr-defined]
