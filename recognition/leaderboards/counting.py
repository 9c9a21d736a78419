"""How many listed people have which score, for lists that are too long to be counted whenever somebody asks for a rank.

Three levels of buckets: 256 scores together, one score, and one score reached in one stretch of time. A rank is read from
the buckets before it on each level, a few hundred short rows at most, and from the few people of its own last bucket. The
counts are written in the transaction that writes the standings."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.database import insert_new, is_postgresql
from recognition.driver import run
from recognition.extensions import db
from recognition.leaderboards.models import Board, CountedPeriod, Standing, StandingCount
from recognition.leaderboards.rules import ALL, periods_of, sort_of
from recognition.leaderboards.scoring import Key, Sum

COUNTED_FROM = 2000
"""Below so many listed people counting them takes no longer than asking the buckets."""
MANY, SCORE, STRETCH = 0, 1, 2
MANY_BITS, STRETCH_BITS = 8, 24
HOURS = {"week": 1, "month": 4, "season": 12, ALL: 48}
_TABLE: Any = StandingCount.__table__
_COLUMNS = ("board_id", "period", "level", "bucket")
Bucket = tuple[int, str, int, int]


def stretch_of(period: str, moment: datetime) -> int:
    """The number of the stretch of time: a few hours in a week, two days in all time."""
    return _hour(moment) // HOURS[sort_of(period)]


def _hour(moment: datetime) -> int:
    return clock.day_number(moment) * 24 + moment.hour


def buckets(period: str, score: int, reached_at: datetime) -> tuple[tuple[int, int], ...]:
    """(level, bucket), from wide to narrow."""
    stretch = score << STRETCH_BITS | stretch_of(period, reached_at)
    return ((MANY, score >> MANY_BITS), (SCORE, score), (STRETCH, stretch))


class Moves:
    """Who comes into which bucket and who leaves it; written at once, in one order for everybody."""

    def __init__(self) -> None:
        self.by_bucket: Counter[Bucket] = Counter()

    def enter(self, key: Key, one: Sum, listed: bool = True, people: int = 1) -> None:
        board_id, _member_id, period = key
        if listed:
            for level, bucket in buckets(period, one.score, one.reached_at):
                self.by_bucket[board_id, period, level, bucket] += people

    def leave(self, key: Key, one: Sum) -> None:
        self.enter(key, one, people=-1)

    def rows(self) -> list[dict[str, Any]]:
        moved = sorted((bucket, people) for bucket, people in self.by_bucket.items() if people)
        return [dict(zip(_COLUMNS, bucket, strict=True), people=people) for bucket, people in moved]

    def write(self) -> None:
        """Buckets that nobody is in any more stay until `sweep`: nearly every deed leaves one behind."""
        rows = self.rows()
        if rows and is_postgresql():
            run(MOVE_MANY, {"moved": json.dumps(rows)})
        elif rows:
            run(_MOVE_EACH, rows)


_ADD = "ON CONFLICT (board_id, period, level, bucket) DO UPDATE SET people = standing_count.people + excluded.people"
_INTO = "INSERT INTO standing_count (board_id, period, level, bucket, people)"
_MOVE_EACH = f"{_INTO} VALUES (:board_id, :period, :level, :bucket, :people) {_ADD}"
MOVE_MANY = f"""{_INTO} SELECT board_id, period, level, bucket, people FROM json_to_recordset(CAST(:moved AS json)) AS moved
(board_id integer, period text, level smallint, bucket bigint, people integer) {_ADD}"""  # noqa: S608


def sweep() -> None:
    """Drop the buckets that nobody is in. What somebody writes at this moment is left for the next time, so that nobody
    waits."""
    keys = [_TABLE.c[name] for name in _COLUMNS]
    empty = sa.select(*keys).where(_TABLE.c.people == 0).order_by(*keys).with_for_update(skip_locked=True)
    db.session.execute(sa.delete(_TABLE).where(_TABLE.c.people == 0, sa.tuple_(*keys).in_(empty)))


def counted(keys: Iterable[Key]) -> set[tuple[int, str]]:
    """(board, period) of those among the keys that are counted."""
    periods = {key[2] for key in keys}
    if not periods:
        return set()
    rows = run("SELECT board_id, period FROM counted_period WHERE period IN LIST(:periods)", {"periods": sorted(periods)})
    return {(row[0], row[1]) for row in rows}


def count_crowded() -> int:
    """Begin to count each list of today that has become long. How many were begun. The caller commits."""
    known = {(row.board_id, row.period) for row in db.session.execute(sa.select(CountedPeriod.board_id, CountedPeriod.period))}
    begun = 0
    for board_id in db.session.scalars(sa.select(Board.id)).all():
        for period in periods_of(clock.day_number(clock.utcnow())):
            if (board_id, period) not in known and is_crowded(board_id, period):
                count(board_id, period)
                begun += 1
    return begun


def is_crowded(board_id: int, period: str) -> bool:
    here = sa.select(Standing.member_id).where(Standing.board_id == board_id, Standing.period == period, sa.text("listed"))
    return len(db.session.execute(here.limit(COUNTED_FROM)).all()) == COUNTED_FROM


def count(board_id: int, period: str) -> None:
    """Count a list from its standings, and keep it counted from now on. Nobody writes standings meanwhile."""
    hold_standings()
    insert_new(CountedPeriod.__table__, [{"board_id": board_id, "period": period}])
    here = sa.and_(Standing.board_id == board_id, Standing.period == period, Standing.listed)
    db.session.execute(sa.delete(StandingCount).where(StandingCount.board_id == board_id, StandingCount.period == period))
    for level, bucket in enumerate(_buckets_in_sql(period)):
        found = sa.select(sa.literal(board_id), sa.literal(period), sa.literal(level), bucket, sa.func.count()).where(here)
        filled = sa.insert(_TABLE).from_select([*_COLUMNS, "people"], found.group_by(bucket))
        db.session.execute(filled)


def hold_standings() -> None:
    """Drains that are under way are waited for, later ones wait."""
    if is_postgresql():
        db.session.execute(sa.text("LOCK TABLE standing IN EXCLUSIVE MODE"))


def _buckets_in_sql(period: str) -> tuple[sa.ColumnElement[Any], ...]:
    """`buckets`, in the order of their levels."""
    seconds: sa.ColumnElement[Any] = sa.extract("epoch", Standing.reached_at)
    if is_postgresql():
        seconds = sa.cast(sa.func.floor(seconds), sa.BigInteger)
    stretch = sa.cast(seconds, sa.BigInteger).op("/")(sa.literal_column(str(3600 * HOURS[sort_of(period)])))
    wide = sa.cast(Standing.score, sa.BigInteger)
    bits: sa.ColumnElement[int] = sa.literal_column(str(STRETCH_BITS))
    return (wide.op(">>")(sa.literal_column(str(MANY_BITS))), wide, wide.op("<<")(bits).op("|")(stretch))


def differences() -> Iterator[dict[str, Any]]:
    """Each bucket that does not hold what the standings say."""
    for board_id, period in db.session.execute(sa.select(CountedPeriod.board_id, CountedPeriod.period)).all():
        here = sa.and_(Standing.board_id == board_id, Standing.period == period, Standing.listed)
        true: dict[tuple[int, int], int] = {}
        for level, bucket in enumerate(_buckets_in_sql(period)):
            asked = sa.select(bucket, sa.func.count()).where(here).group_by(bucket)
            true |= {(level, row[0]): row[1] for row in db.session.execute(asked)}
        kept_rows = sa.select(StandingCount.level, StandingCount.bucket, StandingCount.people).where(
            StandingCount.board_id == board_id, StandingCount.period == period, StandingCount.people != 0
        )
        kept = {(row.level, row.bucket): row.people for row in db.session.execute(kept_rows)}
        for key in sorted(true.keys() | kept.keys()):
            if true.get(key) != kept.get(key):
                yield {"board_id": board_id, "period": period, "level": key[0], "bucket": key[1],
                       "standings": true.get(key), "stored": kept.get(key)}  # fmt: skip
