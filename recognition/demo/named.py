"""Deeds that name somebody, whose answer is still open, and deeds at which somebody was there."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from recognition.activities import confirming, naming
from recognition.activities.models import Activity
from recognition.activities.rules import INTERNAL_KINDS
from recognition.extensions import db

ASKS = (
    ("bram", ("amina",), ()),
    ("mirembe", ("amina", "noor"), ()),
    ("teo", (), ("amina",)),
    ("amina", ("bram",), ("noor",)),
)
"""(whose newest deed, who did it with them, who saw it)"""
THERE = (("marta", "teo"), ("jonas", "teo"), ("teo", "marta"), ("amina", "mirembe"))
"""(whose newest deed, who was there): both like it to be shown with whom they worked."""


def leave(ids: Mapping[str, int], now: datetime) -> None:
    """Each is asked once, also where the demo is loaded again."""
    for doer, with_, seen in ASKS:
        deed_id = _newest(ids.get(doer, 0))
        if deed_id is not None:
            people = [[ids[one] for one in some if one in ids] for some in (with_, seen)]
            naming.name(deed_id, ids[doer], people[0], people[1], now)


def witness(ids: Mapping[str, int], now: datetime) -> None:
    """Before the last evening's drain, which reads what somebody saw as it reads deeds."""
    for doer, who in THERE:
        deed_id = _newest(ids.get(doer, 0))
        if deed_id is not None and who in ids:
            confirming.confirm(deed_id, ids[who], now)


def _newest(member_id: int) -> int | None:
    """Of those told in words that others may read."""
    told = sa.select(Activity.id).where(Activity.member_id == member_id, Activity.kind.not_in(INTERNAL_KINDS))
    told = told.where(Activity.visibility != "me", Activity.text != "", Activity.withdrawn_at.is_(None))
    found: int | None = db.session.scalar(told.order_by(Activity.occurred_at.desc(), Activity.id.desc()).limit(1))
    return found
