"""Opening a round: its roll and its candidates are frozen, then it takes votes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities import measure
from recognition.activities.criteria.decide import decide
from recognition.activities.criteria.parse import parse
from recognition.contests.jury import sitting
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.entry import IN, Entry
from recognition.contests.models.vote import Candidate, Voter
from recognition.contests.rules import CLOSED, DRAWING, JURY, OPEN, PUBLISHED, WAITING
from recognition.contests.secret import new_salt
from recognition.contests.services.closing import let_through
from recognition.contests.services.locks import hold_contest, hold_round
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Member, Membership
from recognition.jobs import ledger

SLICE_MEMBERS = 1000


def open_round(round_id: int, now: datetime) -> bool:
    """True once it takes votes. A roll that is longer than a slice is drawn up in the background; call it for rounds that
    wait and whose time has come, and for those that are being drawn, as often as you like."""
    state = draw_on(round_id, now)
    if state == DRAWING:
        draw_later(round_id)
    return state == OPEN


def draw_later(round_id: int) -> None:
    ledger.defer("contests.draw_roll", dedupe_key=f"contests.draw_roll:{round_id}", round_id=round_id)


def draw_on(round_id: int, now: datetime) -> str:
    """A slice of the roll, and the state that the round has after it. The round is held meanwhile, so any number of workers
    draw one roll; what a killed one has not committed is drawn again."""
    contest_id = db.session.scalar(sa.select(Round.contest_id).where(Round.id == round_id))
    # The contest first: whoever hands in at the last moment holds it, and is waited for.
    contest = hold_contest(contest_id) if contest_id is not None else None
    one = hold_round(round_id)
    if contest is None or one is None or contest.state != PUBLISHED:
        return one.state if one else CLOSED
    if one.state == WAITING and _is_due(contest, one, now):
        one.salt, one.state, one.roll_cursor, one.roll_count = new_salt(), DRAWING, 0, 0
        _freeze_candidates(contest, one)
    if one.state == DRAWING and _draw_slice(contest, one):
        one.state, one.opened_at = OPEN, now
    db.session.flush()
    return one.state


def _is_due(contest: Contest, one: Round, now: datetime) -> bool:
    before = _before(contest, one)
    return now >= one.starts_at and now >= contest.entries_until and (before is None or before.state == CLOSED)


def _before(contest: Contest, one: Round) -> Round | None:
    return next((other for other in contest.rounds if other.position == one.position - 1), None)


def _freeze_candidates(contest: Contest, one: Round) -> None:
    """Hidden entries are among them: they are not shown, but what was said of them counts if they come back."""
    standing = sa.select(Entry.id).where(
        Entry.contest_id == contest.id, Entry.state == IN, sa.or_(Entry.nominee_id.is_(None), Entry.nominee_agreed.is_(True))
    )
    if before := _before(contest, one):
        standing = standing.where(among(Entry.id, let_through(before)))
    rows = [{"round_id": one.id, "entry_id": entry_id, "seen_count": 0} for entry_id in db.session.scalars(standing)]
    insert_new(_table(Candidate), sorted(rows, key=lambda row: row["entry_id"]))


def _draw_slice(contest: Contest, one: Round) -> bool:
    """True when nobody is left to look at."""
    is_jury = one.judges == JURY
    people = _jury(one) if is_jury else _people(one)
    ids = [member_id for member_id, _group in people]
    may = set(ids) if is_jury else _who_may(contest, ids, one.starts_at)
    rows = [
        {"round_id": one.id, "member_id": member_id, "group_id": group, "voted": False}
        for member_id, group in people
        if member_id in may
    ]
    table = _table(Voter)
    one.roll_count += len(insert_new(table, rows, table.c.member_id))
    one.roll_cursor = ids[-1] if ids else one.roll_cursor
    return is_jury or len(ids) < SLICE_MEMBERS


def _people(one: Round) -> list[tuple[int, int | None]]:
    """Who was here at the round's first moment, however late it is now."""
    there = (Member.state == "active", Member.joined_at <= one.starts_at, Member.id > one.roll_cursor)
    wanted = _with_group().where(*there)
    return [(row[0], row[1]) for row in db.session.execute(wanted.order_by(Member.id).limit(SLICE_MEMBERS))]


def _jury(one: Round) -> list[tuple[int, int | None]]:
    """Deputies come in when they are called."""
    wanted = _with_group().where(among(Member.id, sitting(one.id)))
    return [(row[0], row[1]) for row in db.session.execute(wanted.order_by(Member.id))]


def _with_group() -> Any:
    """With the group for whose turnout they count: the first of those that they are in."""
    inside = sa.select(sa.func.min(Membership.group_id)).where(Membership.member_id == Member.id, Membership.state == "in")
    return sa.select(Member.id, inside.correlate(Member).scalar_subquery())


def _who_may(contest: Contest, ids: Sequence[int], moment: datetime) -> set[int]:
    """Judged as of the round's first moment, whichever slice they are in."""
    if contest.may_vote is None:
        return set(ids)
    rule = parse(contest.may_vote)
    return {one for one, values in measure.values(rule, ids, now=moment).items() if decide(rule, values).met}


def _table(model: Any) -> Any:
    return model.__table__
