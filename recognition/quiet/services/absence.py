"""Being away, becoming alumni, and coming back: each by one's own word. The only thing that a clock does is to end an absence on
the day that its owner named."""

from datetime import date, datetime

import sqlalchemy as sa

from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.services.profiles import tell_changed
from recognition.quiet.services.asking import close_of

ACTIVE, AWAY, ALUMNI = "active", "away", "alumni"
BACK_A_TIME = 500


def go_away(member_id: int, until: date, now: datetime) -> bool:
    """`until`: the last day of it. Again and again sets another day."""
    return _become(member_id, AWAY, (ACTIVE, AWAY), now, away_until=until)


def become_alumni(member_id: int, now: datetime) -> bool:
    return _become(member_id, ALUMNI, (ACTIVE, AWAY), now)


def come_back(member_id: int, now: datetime) -> bool:
    """From an absence, or from among the alumni. Whoever was suspended does not come back this way."""
    return _become(member_id, ACTIVE, (AWAY, ALUMNI), now)


def bring_back(now: datetime) -> int:
    """Those whose absence ended yesterday or before; how many. So many at a time."""
    over = sa.select(Member.id).where(Member.state == AWAY, Member.away_until < now.date()).order_by(Member.id)
    ids = db.session.scalars(over.limit(BACK_A_TIME)).all()
    return sum(_become(member_id, ACTIVE, (AWAY,), now, Member.away_until < now.date()) for member_id in ids)


def _become(
    member_id: int,
    state: str,
    known: tuple[str, ...],
    now: datetime,
    *conditions: sa.ColumnElement[bool],
    away_until: date | None = None,
) -> bool:
    """Only from these states, in one statement: two who press at once come to one end."""
    change = sa.update(Member).where(Member.id == member_id, Member.state.in_(known), *conditions)
    done = db.session.execute(
        change.values(state=state, away_until=away_until).returning(Member.id), execution_options={"synchronize_session": False}
    ).first()
    if done is None:
        return False
    db.session.expire_all()
    if state != ACTIVE:
        close_of(member_id, now)
    tell_changed(member_id)
    return True
