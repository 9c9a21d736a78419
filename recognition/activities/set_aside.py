"""Deeds that a reaction stumbled over: listed, counted, given another chance."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from recognition.activities.models import SET_ASIDE, Activity
from recognition.activities.services import DRAIN_BELL
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs import ledger


class SetAside(NamedTuple):
    id: int
    member: str
    kind: str
    error: str
    when: datetime


def newest(limit: int, below: int | None = None) -> Sequence[SetAside]:
    """`below`: those with a smaller number only, for the next page."""
    columns = (Activity.id, Member.handle, Activity.kind, Activity.set_aside_error, Activity.set_aside_at)
    wanted = sa.select(*columns).join_from(Activity, Member, Member.id == Activity.member_id).where(sa.text(SET_ASIDE))
    if below is not None:
        wanted = wanted.where(Activity.id < below)
    return [SetAside._make(row) for row in db.session.execute(wanted.order_by(Activity.id.desc()).limit(limit))]


def count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Activity).where(sa.text(SET_ASIDE))) or 0


def retry(activity_id: int | None = None) -> int:
    """Let the drain consider this deed once more, or all of them. Returns how many."""
    again = sa.update(Activity.__table__).where(sa.text(SET_ASIDE))
    if activity_id is not None:
        again = again.where(Activity.__table__.c.id == activity_id)
    changed = db.session.execute(again.values(set_aside_at=None, set_aside_error=None)).rowcount  # type: ignore[attr-defined]
    if changed:
        ledger.ring(DRAIN_BELL)
    return int(changed)
