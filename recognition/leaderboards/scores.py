"""A score opened: the deeds behind it, each with what it pays or why it does not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.kinds import called
from recognition.activities.models import Activity, Kind
from recognition.activities.queries import visible
from recognition.activities.rules import INTERNAL_KINDS
from recognition.database import UtcDateTime
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.leaderboards.models import Standing
from recognition.leaderboards.paying import paying
from recognition.leaderboards.rules import ALL, days_of
from recognition.leaderboards.scoring import ONLY_ME, Scoring, Why
from recognition.leaderboards.truth import COLUMNS, considered
from recognition.web.pagination import PAGE_SIZE, Page, as_moment, as_number, decode, page


@dataclass(frozen=True)
class Row:
    """A deed as this reader may see it. What the product wrote by itself has no words here: thanks have a page."""

    id: int
    text: str
    kind_label: str
    family: str
    occurred_at: datetime
    told: bool
    private: bool
    pay: int
    why: Why


@dataclass(frozen=True)
class Opened:
    """`private`: how many deeds count nowhere because only their owner sees them; told to nobody else."""

    score: int
    rows: Page[Row]
    private: int


def opened(
    scoring: Scoring, period: str, owner: Member, viewer: Member | None, cursor: str | None = None, size: int = PAGE_SIZE
) -> Opened | None:
    """Newest first. Only rows that this reader may see are listed; how many others there are is not said. None where the
    owner stands on no board, for anybody but themselves."""
    own = viewer is not None and viewer.id == owner.id
    if not own and not (owner.on_boards and owner.state == "active"):
        return None
    standing = db.session.get(Standing, (scoring.board_id, owner.id, period))
    found = _rows(scoring, owner.id, period, viewer, cursor, size)
    pay = paying(scoring, period, found.items)
    rows = [_row(row, *pay[row.id]) for row in found.items]
    private = _private_count(scoring, owner.id, period) if own else 0
    return Opened(standing.score if standing else 0, Page(rows, found.next_cursor), private)


def _row(row: Any, pay: int, why: Why) -> Row:
    told = row.kind not in INTERNAL_KINDS
    text = row.text if told else ""
    label = called(row.label, row.labels) if row.label else row.kind
    return Row(row.id, text, label, row.family or "helping", row.occurred_at, told, row.visibility == ONLY_ME, pay, why)


def _rows(scoring: Scoring, member_id: int, period: str, viewer: Member | None, cursor: str | None, size: int) -> Page[Any]:
    asked = (
        sa.select(*COLUMNS, Activity.text, Activity.occurred_at, Kind.label, Kind.labels, Kind.family)
        .join(Member, Member.id == Activity.member_id)
        .outerjoin(Kind, Kind.slug == Activity.kind)
        .where(Activity.member_id == member_id, considered(), _heard(scoring), visible(viewer.id if viewer else None))
        .where(*_within(period))
    )
    last = decode(cursor, (int, int))
    if last:
        key = sa.tuple_(Activity.occurred_at, Activity.id)
        asked = asked.where(key < sa.tuple_(sa.literal(as_moment(last[0]), UtcDateTime), sa.literal(last[1])))
    # As the index of a member's deeds has them: a page reads its own rows and no more.
    asked = asked.order_by(Activity.occurred_at.desc(), Activity.id.desc()).limit(size + 1)
    return page(db.session.execute(asked).all(), size, lambda row: [as_number(row.occurred_at), row.id])


def _within(period: str) -> list[sa.ColumnElement[bool]]:
    if period == ALL:
        return []
    since, before = (clock.start_of(day) for day in days_of(period))
    return [Activity.occurred_at >= since, Activity.occurred_at < before]


def _heard(scoring: Scoring) -> sa.ColumnElement[bool]:
    """Deeds of the board's kinds, whether they pay or not; what can never bring a point is not listed as paying none."""
    asked: list[sa.ColumnElement[bool]] = []
    if scoring.only is not None:
        asked.append(Activity.kind.in_(sorted(scoring.only)))
    elif scoring.never:
        asked.append(Activity.kind.not_in(scoring.never))
    if scoring.measure == "points" and not scoring.weights:
        asked.append(sa.or_(Activity.points != 0, Activity.repeat_of_id.is_not(None)))
    return sa.and_(sa.true(), *asked)


def _private_count(scoring: Scoring, member_id: int, period: str) -> int:
    mine = sa.select(sa.func.count()).where(
        Activity.member_id == member_id, considered(), _heard(scoring), Activity.visibility == ONLY_ME, *_within(period)
    )
    return db.session.scalar(mine) or 0
