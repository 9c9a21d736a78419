"""Who holds a role for an agreed term is asked before it ends, once, whether they would like to go on."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from recognition.announcements.services import Message, tell
from recognition.extensions import db
from recognition.identity.models import Grant, Member

ASK_BEFORE = timedelta(days=30)


def ask(now: datetime) -> int:
    """How many terms end within a month. Each holder hears of each end once."""
    today = now.date()
    ending = sa.select(Grant).join(Member, Member.id == Grant.member_id).where(
        Grant.ends_on >= today, Grant.ends_on <= today + ASK_BEFORE, Member.state != "suspended"
    )  # fmt: skip
    found = db.session.scalars(ending.order_by(Grant.id)).all()
    said = [(one, {"role": one.role, "day": str(one.ends_on)}) for one in found]
    tell([Message(one.member_id, "role.ending", _key(one.id, one.ends_on), "/me/terms", data) for one, data in said], now)
    return len(found)


def _key(grant_id: int, ends_on: date | None) -> str:
    return f"role.ending:{grant_id}:{ends_on}"
