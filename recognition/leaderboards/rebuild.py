"""Standings compared with the log, and made anew from it."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from recognition.extensions import db
from recognition.identity.models import Member
from recognition.leaderboards import counting, keeping
from recognition.leaderboards.models import CountedPeriod, Standing, StandingCount
from recognition.leaderboards.truth import scorings, truth

MEMBERS_A_PAGE = 1000


def check() -> Iterator[dict[str, Any]]:
    """Each standing that the considered deeds do not support, or that is missing; each wrong count behind a rank."""
    rules = scorings()
    boards = [one.board_id for one in rules]
    for members in _pages():
        true, kept = truth(members, rules), keeping.stored(members, boards)
        for key in sorted(true.keys() | kept.keys()):
            log = (*true[key], members[key[1]]) if key in true else None
            stored = (*kept[key][0], kept[key][1]) if key in kept else None
            if log != stored:
                board_id, member_id, period = key
                yield {"board_id": board_id, "period": period, "member_id": member_id, "log": log, "stored": stored}
    yield from counting.differences()


def rebuild() -> dict[str, int]:
    """Drains that run meanwhile wait at the table before they read; those that began already are waited for, so their
    deeds are in the sums. The caller commits."""
    counting.hold_standings()
    rules = scorings()
    counted = db.session.execute(sa.select(CountedPeriod.board_id, CountedPeriod.period)).all()
    for table in (StandingCount, CountedPeriod, Standing):
        db.session.execute(sa.delete(table))
    written = 0
    for members in _pages():
        found = truth(members, rules)
        keeping.add(found)
        written += len(found)
    boards = {one.board_id for one in rules}
    for board_id, period in counted:
        if board_id in boards:
            counting.count(board_id, period)
    return {"standings": written}


def _pages() -> Iterator[dict[int, bool]]:
    """Members, and whether each is to be listed."""
    last = 0
    listed = sa.and_(Member.on_boards, Member.state == "active")
    while True:
        wanted = sa.select(Member.id, listed).where(Member.id > last).order_by(Member.id).limit(MEMBERS_A_PAGE)
        page = {member_id: bool(is_listed) for member_id, is_listed in db.session.execute(wanted)}
        if not page:
            return
        yield page
        last = max(page)
