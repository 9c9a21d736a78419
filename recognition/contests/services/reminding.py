"""A word to those on the roll who have not voted: halfway through, and on the last day. The system tells each of them; no
list of theirs is shown to anybody."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.announcements.services import Message, tell
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.vote import Voter
from recognition.contests.rules import OPEN, PUBLISHED
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs import ledger

LAST = timedelta(days=1)
SLICE_MEMBERS = 1000


def reminders(starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """When they are due. A vote of two days or less has one, halfway through."""
    halfway = starts_at + (ends_at - starts_at) / 2
    return sorted({halfway, max(ends_at - LAST, halfway)})


def remind_due(now: datetime) -> int:
    """Begin what is due and was not begun yet. Any number of workers may ask. Returns how many rounds were begun."""
    running = sa.select(Round).join(Contest, Contest.id == Round.contest_id).where(
        Contest.state == PUBLISHED, Round.state == OPEN, Round.ends_at > now
    )  # fmt: skip
    return sum(_begin(one, now) for one in db.session.scalars(running.order_by(Round.id)).all())


def _begin(one: Round, now: datetime) -> bool:
    due = [moment for moment in reminders(one.starts_at, one.ends_at) if moment <= now]
    if not due:
        return False
    unsaid = sa.or_(Round.reminded_at.is_(None), Round.reminded_at < due[-1])
    mine = sa.update(Round).where(Round.id == one.id, unsaid).values(reminded_at=now).returning(Round.id)
    if db.session.scalar(mine) is None:
        return False
    remind_later(one.id, due[-1].isoformat())
    return True


def remind_later(round_id: int, due: str, after: int = 0) -> None:
    key = f"contests.remind:{round_id}:{due}:{after}"
    ledger.defer("contests.remind", dedupe_key=key, round_id=round_id, due=due, after=after)


def remind_slice(round_id: int, due: str, after: int, now: datetime) -> int | None:
    """Tell the silent ones of the next slice of the roll behind this member's id; where to go on, None at the end. By the
    roll, not by the silent: jobs are listed for admins, and neither their number nor their places may tell who is silent.
    Each is told once for each `due`."""
    one = db.session.get_one(Round, round_id)
    if one.state != OPEN or now >= one.ends_at or one.contest.state != PUBLISHED:
        return None
    rest = sa.select(Voter.member_id).where(Voter.round_id == round_id, Voter.member_id > after)
    last = db.session.scalar(rest.order_by(Voter.member_id).offset(SLICE_MEMBERS - 1).limit(1))
    silent = rest.join(Member, Member.id == Voter.member_id).where(Voter.voted.is_(False), Member.state != "suspended")
    ids = db.session.scalars(silent.where(Voter.member_id <= last) if last is not None else silent).all()
    path, data = f"/contests/{one.contest.slug}/vote", {"contest": one.contest.title}
    tell([Message(who, "contest.reminder", f"contest.reminder:{round_id}:{due}:{who}", path, data) for who in ids], now)
    return last
