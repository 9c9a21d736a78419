"""Groups on a board, per head: so that a small group stands as tall as a large one. Summed up by a job.

Only people who are on boards and show their groups are in a sum, and only they are heads: who opted out, left or is
suspended adds nothing and makes nobody's number smaller. Fewer than three heads would tell what each of them did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.extensions import db
from recognition.identity.fields import DEFAULT_VISIBILITY, ONLY_ME
from recognition.identity.models import Group, Member, Membership
from recognition.leaderboards.models import Board, GroupStanding, Standing
from recognition.leaderboards.rules import periods_of

FEWEST_HEADS = 3
SHOWN = 20


@dataclass(frozen=True)
class GroupLine:
    rank: int
    slug: str
    name: str
    per_head: float
    people: int


def sum_up(today: date) -> int:
    """The present periods of every board per head. A past one stays as it was when it ended."""
    periods = periods_of(clock.day_number(today))
    boards = list(db.session.scalars(sa.select(Board.id).where(Board.per_head)))
    written = 0
    for board_id in boards:
        for period in periods:
            db.session.execute(sa.delete(GroupStanding).where(GroupStanding.board_id == board_id, GroupStanding.period == period))
            done = db.session.execute(sa.insert(GroupStanding).from_select(_COLUMNS, _sums(board_id, period)))
            written += int(done.rowcount)  # type: ignore[attr-defined]
    db.session.execute(sa.delete(GroupStanding).where(GroupStanding.board_id.not_in(boards)))
    return written


_COLUMNS = ["board_id", "period", "group_id", "score", "people", "per_head"]


def _sums(board_id: int, period: str) -> Any:
    chosen = sa.func.coalesce(Member.visibility["groups"].as_string(), DEFAULT_VISIBILITY["groups"])
    heads = sa.func.count(Member.id)
    score = sa.func.coalesce(sa.func.sum(Standing.score), 0)
    own = (Standing.board_id == board_id) & (Standing.period == period) & (Standing.member_id == Member.id)
    return (
        sa.select(sa.literal(board_id), sa.literal(period), Membership.group_id, score, heads, score * 1.0 / heads)
        .select_from(Membership)
        .join(Member, Member.id == Membership.member_id)
        .outerjoin(Standing, own)
        .where(Membership.state == "in", Member.on_boards, Member.state == "active", chosen != ONLY_ME)
        .group_by(Membership.group_id)
        .having(heads >= FEWEST_HEADS, score > 0)
    )


def leading(board_id: int, period: str) -> Sequence[GroupLine]:
    """The first twenty; equal ones share a place. Never the last ones."""
    asked = (
        sa.select(Group.slug, Group.name, GroupStanding.per_head, GroupStanding.people)
        .join(Group, Group.id == GroupStanding.group_id)
        .where(GroupStanding.board_id == board_id, GroupStanding.period == period)
        .order_by(GroupStanding.per_head.desc(), GroupStanding.group_id)
        .limit(SHOWN)
    )
    lines: list[GroupLine] = []
    for place, row in enumerate(db.session.execute(asked), 1):
        shared = bool(lines) and lines[-1].per_head == row.per_head
        lines.append(GroupLine(lines[-1].rank if shared else place, row.slug, row.name, row.per_head, row.people))
    return lines
