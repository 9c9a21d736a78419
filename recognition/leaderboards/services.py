"""Keeping standings: each new deed is added once, in the transaction that marks it as considered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.drain import Batch, Fact
from recognition.database import among, put
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs import ledger
from recognition.leaderboards.models import Board, Standing
from recognition.leaderboards.rules import counts, periods_of

Sums = dict[tuple[int, int, str], tuple[int, int, datetime]]
"""(score, deeds, reached_at) by (board, member, period)."""

_periods_of = lru_cache(maxsize=20_000)(periods_of)


def restate(batch: Batch) -> int:
    """The drain's reaction: add the batch's points. Being considered once is what makes this exactly once."""
    boards = [(board_id, tuple(kinds)) for board_id, kinds in db.session.execute(sa.select(Board.id, Board.kinds))]
    add(sums(batch.facts, boards))
    return 0


def relist(member_id: int) -> None:
    """The member opted in or out, was suspended or is back: their standings follow, on every board. Once more a little
    later, for a drain that had asked for their wish just before they changed it."""
    follow_wish(member_id)
    after = clock.utcnow() + timedelta(minutes=1)
    ledger.defer("leaderboards.follow_wish", dedupe_key=f"leaderboards.follow_wish:{member_id}", run_after=after,
                 member_id=member_id)  # fmt: skip


def follow_wish(member_id: int) -> None:
    """List this member's standings if they want to be on boards and may, else none of them."""
    wished = sa.select(Member.on_boards & (Member.state == "active")).where(Member.id == member_id)
    listed = bool(db.session.scalar(wished))
    boards = db.session.scalars(sa.select(Board.id)).all()
    mine = sa.update(Standing).where(among(Standing.board_id, boards), Standing.member_id == member_id)
    db.session.execute(mine.where(Standing.listed != listed).values(listed=listed))


def sums(facts: Sequence[Fact], boards: Sequence[tuple[int, tuple[str, ...]]]) -> Sums:
    found: Sums = {}
    for fact in facts:
        if not fact.points:
            continue
        for board_id, kinds in boards:
            if counts(kinds, fact.kind):
                for period in _periods_of(fact.occurred_day):
                    score, deeds, reached = found.get((board_id, fact.member_id, period), (0, 0, fact.reported_at))
                    found[board_id, fact.member_id, period] = (
                        score + fact.points,
                        deeds + 1,
                        max(reached, fact.reported_at),
                    )
    return found


def add(found: Sums) -> None:
    if not found:
        return
    wished = sa.select(Member.id).where(Member.on_boards, Member.state == "active")
    listed = set(db.session.scalars(wished.where(among(Member.id, {key[1] for key in found}))))
    rows = [
        {
            "board_id": b,
            "period": p,
            "member_id": m,
            "score": score,
            "deeds": deeds,
            "reached_at": reached,
            "listed": m in listed,
        }
        for (b, m, p), (score, deeds, reached) in sorted(found.items())
    ]
    table: Any = Standing.__table__

    def added(new: Any) -> dict[str, Any]:
        later = sa.case((new.reached_at > table.c.reached_at, new.reached_at), else_=table.c.reached_at)
        return {"score": table.c.score + new.score, "deeds": table.c.deeds + new.deeds, "reached_at": later}

    put(table, rows, ("board_id", "member_id", "period"), added)
