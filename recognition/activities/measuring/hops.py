"""The days, weeks or months in which a member did something, and the campaigns for which they did, found by hopping from
one to the next over an index: what it costs depends on how many there are, not on how many deeds each of them has."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition.activities.criteria.tree import Leaf
from recognition.activities.measuring.conditions import conditions
from recognition.activities.measuring.numbers import edge
from recognition.activities.measuring.units import after_unit, longest_run, unit_of
from recognition.activities.models import Activity
from recognition.database import is_postgresql


class Seeds(NamedTuple):
    """Whose hops: a table, its columns that name them, and what joins the log to one of its rows or to a hop's."""

    table: Any
    columns: tuple[Any, ...]
    any_kind: bool = False

    def who(self, rows: Any) -> sa.ColumnElement[bool]:
        names = [column.name for column in self.columns]
        mine: sa.ColumnElement[bool] = Activity.member_id == rows[names[0]]
        return mine & (Activity.kind == rows[names[1]]) if len(names) > 1 else mine


def hops(leaf: Leaf, seeds: Seeds, cap: int, now: datetime, place: int = 0) -> sa.Select[Any]:
    """Rows of the seeds' columns and `day`, the first day of each active unit. Other than a streak, whose best run may be
    its last, different units are enough once there are `cap`. `place`: of several within one statement."""
    day: Any = Activity.occurred_day
    unit = leaf.by
    first = edge(leaf, day, seeds.who(seeds.table.c), now, (seeds.table,), any_kind=seeds.any_kind)
    start = sa.select(*seeds.columns, first.label("day"), sa.literal(1).label("nth")).select_from(seeds.table)
    found = start.cte(f"hop_{place}", recursive=True)
    after = after_unit(unit, found.c.day)
    following = edge(leaf, day, seeds.who(found.c), now, (found,), any_kind=seeds.any_kind, since=(after, _moment(after)))
    own = [found.c[column.name] for column in seeds.columns]
    more = sa.select(*own, following, found.c.nth + 1).where(found.c.day.is_not(None))
    if leaf.measure == "distinct":
        more = more.where(found.c.nth < cap)
    found = found.union_all(more)
    return sa.select(*[found.c[column.name] for column in seeds.columns], found.c.day).where(found.c.day.is_not(None))


def campaigns(leaf: Leaf, seeds: Seeds, cap: int, now: datetime) -> sa.Select[Any]:
    """Rows of the seeds' columns and how many different campaigns their deeds have, up to `cap`."""

    def following(rows: Any, *after: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
        fitting = (*conditions(leaf.where, now=now, any_kind=seeds.any_kind), Activity.campaign.is_not(None), *after)
        wanted = sa.select(Activity.campaign).where(seeds.who(rows.c), *fitting).order_by(Activity.campaign).limit(1)
        return wanted.correlate(rows).scalar_subquery()

    first = following(seeds.table).label("campaign")
    start = sa.select(*seeds.columns, first, sa.literal(1).label("nth")).select_from(seeds.table)
    found = start.cte("found", recursive=True)
    own = [found.c[column.name] for column in seeds.columns]
    more = sa.select(*own, following(found, Activity.campaign > found.c.campaign), found.c.nth + 1)
    found = found.union_all(more.where(found.c.campaign.is_not(None), found.c.nth < cap))
    own = [found.c[column.name] for column in seeds.columns]
    return sa.select(*own, sa.func.count()).where(found.c.campaign.is_not(None)).group_by(*own)


def length(leaf: Leaf, days: Sequence[int], cap: int) -> int:
    """What the hops say: how many units, or how many in a row."""
    units = {unit_of(leaf.by, day) for day in days}
    return min(longest_run(units, leaf.gaps) if leaf.measure == "streak" else len(units), cap)


def _moment(day: Any) -> Any:
    """The moment with which a day begins, as each database writes it."""
    if is_postgresql():
        return sa.func.to_timestamp(day * 86_400)
    return sa.func.strftime("%Y-%m-%d %H:%M:%S.000000", day * 86_400, "unixepoch")
