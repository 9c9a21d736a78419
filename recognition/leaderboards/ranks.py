"""Places on a board: whose rank is which, and who stands beside whom. Read by key, so that a place far down costs what
the first one costs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition.database import UtcDateTime
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.leaderboards.counting import MANY, MANY_BITS, SCORE, STRETCH, STRETCH_BITS, buckets, stretch_start
from recognition.leaderboards.models import Standing
from recognition.leaderboards.rules import Place

_LIST = "board_id = :board AND period = :period"
_BEFORE = f"""
SELECT CASE WHEN EXISTS (SELECT 1 FROM counted_period WHERE {_LIST}) THEN
    coalesce((SELECT sum(people) FROM standing_count WHERE {_LIST} AND level = {MANY} AND bucket > :many), 0)
    + coalesce((SELECT sum(people) FROM standing_count WHERE {_LIST} AND level = {SCORE}
                AND bucket > :score AND bucket < :next_many), 0)
    + coalesce((SELECT sum(people) FROM standing_count WHERE {_LIST} AND level = {STRETCH}
                AND bucket >= :stretches AND bucket < :stretch), 0)
    + (SELECT count(*) FROM standing WHERE {_LIST} AND listed AND score = :score
       AND reached_at >= :begun AND (reached_at, member_id) < (:reached, :member))
ELSE
    (SELECT count(*) FROM standing WHERE {_LIST} AND listed AND score > :score)
    + (SELECT count(*) FROM standing WHERE {_LIST} AND listed AND score = :score
       AND (reached_at, member_id) < (:reached, :member))
END"""  # noqa: S608 - nothing but our own constants
_MOMENTS = [sa.bindparam("begun", type_=UtcDateTime), sa.bindparam("reached", type_=UtcDateTime)]
BEFORE = sa.text(_BEFORE).bindparams(*_MOMENTS).columns(before=sa.BigInteger)
_PEOPLE = f"""
SELECT CASE WHEN EXISTS (SELECT 1 FROM counted_period WHERE {_LIST}) THEN
    coalesce((SELECT sum(people) FROM standing_count WHERE {_LIST} AND level = {MANY}), 0)
ELSE (SELECT count(*) FROM standing WHERE {_LIST} AND listed) END"""  # noqa: S608
PEOPLE = sa.text(_PEOPLE).columns(people=sa.BigInteger)


class Stood(NamedTuple):
    """One listed row of a board, in the order of `Place`."""

    member_id: int
    score: int
    reached_at: datetime

    @property
    def place(self) -> Place:
        return Place(self.score, self.reached_at, self.member_id)


class Sides(NamedTuple):
    top: Sequence[Stood]
    above: Sequence[Stood]
    below: Sequence[Stood]


def rank_of(board_id: int, period: str, place: Place) -> int:
    """1 + how many listed standings come before. The lists are read in the same order, so the two cannot disagree."""
    (_many, many), (_score, score), (_stretch, stretch) = buckets(period, place.score, place.reached_at)
    values = {
        "board": board_id, "period": period, "many": many, "next_many": (many + 1) << MANY_BITS, "score": score,
        "stretches": score << STRETCH_BITS, "stretch": stretch, "begun": stretch_start(period, place.reached_at),
        "reached": place.reached_at, "member": place.member_id,
    }  # fmt: skip
    return 1 + int(db.session.scalar(BEFORE, values) or 0)


def people_on(board_id: int, period: str) -> int:
    """How many are listed."""
    return int(db.session.scalar(PEOPLE, {"board": board_id, "period": period}) or 0)


def sides(board_id: int, period: str, place: Place | None, top: int, around: int) -> Sides:
    """The top, and who stands before and after a place; in one statement, each part a short walk down the index."""
    parts = [_part("top", board_id, period, sa.true(), FORWARD, top)] if top else []
    if place:
        parts += _before(board_id, period, place, around) + _after(board_id, period, place, around)
    found: dict[str, list[Stood]] = {"top": [], "above": [], "below": []}
    if parts:
        for name, *row in db.session.execute(sa.union_all(*parts)):
            found[name].append(Stood(*row))
    for rows in found.values():
        rows.sort(key=lambda row: row.place)
    return Sides(found["top"], found["above"][-around:] if around else [], found["below"][:around])


FORWARD: tuple[Any, ...] = (Standing.score.desc(), Standing.reached_at, Standing.member_id)
BACKWARD: tuple[Any, ...] = (Standing.score, Standing.reached_at.desc(), Standing.member_id.desc())
_KEY = sa.tuple_(Standing.reached_at, Standing.member_id)


def _before(board_id: int, period: str, place: Place, limit: int) -> list[sa.Select[Any]]:
    """Scores run down and moments run up: two ranges, since no single comparison of the three is one."""
    tied = sa.and_(Standing.score == place.score, _own(place) > _KEY)
    return [
        _part("above", board_id, period, tied, BACKWARD, limit),
        _part("above", board_id, period, Standing.score > place.score, BACKWARD, limit),
    ]


def _after(board_id: int, period: str, place: Place, limit: int) -> list[sa.Select[Any]]:
    tied = sa.and_(Standing.score == place.score, _own(place) < _KEY)
    return [
        _part("below", board_id, period, tied, FORWARD, limit),
        _part("below", board_id, period, Standing.score < place.score, FORWARD, limit),
    ]


def _own(place: Place) -> sa.Tuple:
    return sa.tuple_(sa.literal(place.reached_at, Standing.reached_at.type), sa.literal(place.member_id))


def _part(
    name: str, board_id: int, period: str, side: sa.ColumnElement[bool], order: tuple[Any, ...], limit: int
) -> sa.Select[Any]:
    """The member's own word is asked for again: a standing may follow a changed wish a moment later."""
    rows = (
        sa.select(Standing.member_id, Standing.score, Standing.reached_at)
        .join(Member, Member.id == Standing.member_id)
        .where(Standing.board_id == board_id, Standing.period == period, Standing.listed.is_(True))
        .where(Member.on_boards, Member.state == "active", side)
        .order_by(*order)
        .limit(limit)
        .subquery()
    )
    return sa.select(sa.literal(name).label("part"), rows)
