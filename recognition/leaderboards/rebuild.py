"""Standings compared with the log, and made anew from it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.database import among, is_postgresql
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.leaderboards.models import Board, Standing
from recognition.leaderboards.rules import counts, periods_of
from recognition.leaderboards.services import Sums, add

MEMBERS_A_PAGE = 1000


def check() -> Iterator[dict[str, Any]]:
    """Each standing that the considered deeds do not support, or that is missing."""
    for members in _pages():
        true, kept = truth(members), _kept(members)
        for key in sorted(true.keys() | kept.keys()):
            if true.get(key) != kept.get(key):
                board_id, member_id, period = key
                yield {"board_id": board_id, "period": period, "member_id": member_id,
                       "log": true.get(key), "stored": kept.get(key)}  # fmt: skip


def rebuild() -> dict[str, int]:
    """Drains that run meanwhile wait at the table before they add; those that added already are waited for, so their
    deeds are in the sums. The caller commits."""
    if is_postgresql():
        db.session.execute(sa.text("LOCK TABLE standing IN EXCLUSIVE MODE"))
    db.session.execute(sa.delete(Standing))
    written = 0
    for members in _pages():
        found = {key: (score, deeds, reached) for key, (score, deeds, reached, _listed) in truth(members).items()}
        add(found)
        written += len(found)
    return {"standings": written}


def truth(members: dict[int, bool]) -> dict[tuple[int, int, str], tuple[int, int, datetime, bool]]:
    """What the standings of these members must be. `members`: is each to be listed on boards?"""
    boards = [(board_id, tuple(kinds)) for board_id, kinds in db.session.execute(sa.select(Board.id, Board.kinds))]
    columns = (Activity.member_id, Activity.kind, Activity.occurred_day)
    numbers = (sa.func.sum(Activity.points), sa.func.count(), sa.func.max(Activity.reported_at))
    deeds = sa.select(*columns, *numbers).where(
        among(Activity.member_id, members), Activity.considered_at.is_not(None), Activity.points != 0
    )
    sums: Sums = {}
    for member_id, kind, day, points, number, reported_at in db.session.execute(deeds.group_by(*columns)):
        for board_id, kinds in boards:
            if not counts(kinds, kind):
                continue
            for period in periods_of(day):
                score, count, reached = sums.get((board_id, member_id, period), (0, 0, reported_at))
                sums[board_id, member_id, period] = (score + int(points), count + number, max(reached, reported_at))
    return {key: (*value, members[key[1]]) for key, value in sums.items()}


def _kept(members: dict[int, bool]) -> dict[tuple[int, int, str], tuple[int, int, datetime, bool]]:
    rows = db.session.execute(sa.select(Standing.__table__).where(among(Standing.member_id, members)))
    return {(r.board_id, r.member_id, r.period): (r.score, r.deeds, r.reached_at, r.listed) for r in rows}


def _pages() -> Iterator[dict[int, bool]]:
    last = 0
    listed = sa.and_(Member.on_boards, Member.state == "active")
    while True:
        wanted = sa.select(Member.id, listed).where(Member.id > last).order_by(Member.id).limit(MEMBERS_A_PAGE)
        page = {member_id: bool(is_listed) for member_id, is_listed in db.session.execute(wanted)}
        if not page:
            return
        yield page
        last = max(page)
