"""Time passes: rounds open, deputies are called, rounds end. Nothing else moves a contest on. The timetable asks every half
minute, and a job waits for each date; any number of workers may ask at once, since each step holds its round and looks
again."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from recognition.contests.models.contest import Contest, Round
from recognition.contests.rules import CLOSED, DRAWING, OPEN, PUBLISHED, WAITING
from recognition.contests.services import closing, juries, opening
from recognition.database import moment
from recognition.extensions import db
from recognition.jobs import ledger


def move_later(now: datetime) -> None:
    """A job for each round whose time has come, so that one that fails keeps none of the others waiting."""
    for round_id in due(now):
        ledger.defer("contests.move_round", dedupe_key=f"contests.move_round:{round_id}", round_id=round_id)


def remind_of_dates(contest: Contest) -> None:
    """Look again at each moment at which something changes, not half a minute later. For whoever publishes it or sets its
    dates anew."""
    now = moment()
    for one in contest.rounds:
        for date in (one.starts_at, one.deputies_at, one.ends_at):
            if date is not None and date > now:
                key = f"contests.move_round:{one.id}:{date.isoformat()}"
                ledger.defer("contests.move_round", dedupe_key=key, run_after=date, round_id=one.id)


def due(now: datetime) -> Sequence[int]:
    """Rounds that are to be opened, given deputies or closed, in the order in which they began."""
    before = sa.orm.aliased(Round)
    held_up = sa.exists().where(before.contest_id == Round.contest_id, before.position < Round.position, before.state != CLOSED)
    opens = sa.and_(Round.state.in_((WAITING, DRAWING)), Round.starts_at <= now, ~held_up)
    wants_deputies = sa.and_(Round.deputies_at <= now, Round.deputies_called_at.is_(None))
    wanted = (
        sa.select(Round.id)
        .join(Contest, Contest.id == Round.contest_id)
        .where(
            Contest.state == PUBLISHED,
            sa.or_(opens, sa.and_(Round.state == OPEN, sa.or_(Round.ends_at <= now, wants_deputies))),
        )
        .order_by(Round.starts_at, Round.id)
    )
    return db.session.scalars(wanted).all()


def move_round(round_id: int, now: datetime) -> bool:
    """Whatever is due for this round, in one transaction. False: nothing was."""
    one = db.session.get(Round, round_id)
    if one is None or round_id not in due(now):
        return False
    if one.state in (WAITING, DRAWING):
        return opening.open_round(round_id, now)
    if one.ends_at <= now:
        return _close(one, now)
    juries.call_deputies(round_id, now)
    return True


def _close(one: Round, now: datetime) -> bool:
    closed = closing.close_round(one.id, now)
    # The next round may have been waiting for this one, and an extended one has a new end.
    remind_of_dates(one.contest)
    if closed:
        move_later(now)
    return closed
