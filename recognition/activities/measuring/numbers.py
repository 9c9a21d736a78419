"""One member's number as one expression: counts, sums, different values, spans. It stops reading once it knows enough."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.criteria.tree import UNITS, Leaf
from recognition.activities.measuring.conditions import amount_of, conditions, value_of
from recognition.activities.measuring.units import unit_of
from recognition.activities.models import Activity, ActivityTag
from recognition.database import elements

Who = sa.ColumnElement[bool]
"""Whose rows: a condition on the log, such as `Activity.member_id == 7`."""


def is_by_units(leaf: Leaf) -> bool:
    """Is it told from the days, weeks or months with a deed?"""
    return not leaf.where.window.any_days and (leaf.measure == "streak" or (leaf.measure == "distinct" and leaf.by in UNITS))


def is_by_campaigns(leaf: Leaf) -> bool:
    """Is it told from the campaigns of one kind of deed? An index holds those in order."""
    is_distinct = leaf.measure == "distinct" and leaf.by == "campaign"
    return is_distinct and len(leaf.where.kind) == 1 and not leaf.where.limits.is_capped and not leaf.where.window.any_days


def is_plain(leaf: Leaf) -> bool:
    """Can `number` tell it?"""
    return leaf.measure in ("count", "sum", "distinct", "span") and not is_by_units(leaf) and not leaf.where.window.any_days


def number(leaf: Leaf, who: Who, cap: int, now: datetime, *outer: Any, any_kind: bool = False) -> sa.Select[Any]:
    """`outer`: what `who` takes from the statement around it. A number is whole up to `cap` and at least that above it."""
    if leaf.measure == "span":
        return _span(leaf, who, now, outer, any_kind)
    if leaf.where.limits.is_capped:
        rows: Any = kept(leaf, who, now, *outer, any_kind=any_kind)
        return sa.select(sa.func.coalesce(sa.func.sum(rows.c.value), 0))
    value = value_of(leaf.by).label("value")
    rows = rows_of(leaf, sa.select(value), now, any_kind).where(who)
    if leaf.measure == "distinct":
        rows = rows.where(value_of(leaf.by).is_not(None)).distinct()
    if outer:
        rows = rows.correlate(*outer)
    few = rows.limit(cap).subquery()
    if leaf.measure == "sum":
        return sa.select(sa.func.coalesce(sa.func.sum(few.c.value), 0))
    return sa.select(sa.func.count()).select_from(few)


def rows_of(leaf: Leaf, statement: sa.Select[Any], now: datetime, any_kind: bool = False) -> sa.Select[Any]:
    """The rows that the leaf's filter means; for a sum those that add to it."""
    joined = statement.select_from(Activity)
    if leaf.measure == "distinct" and leaf.by == "tag":
        joined = joined.join(ActivityTag, ActivityTag.activity_id == Activity.id)
    if leaf.measure == "sum":
        joined = joined.where(amount_of(leaf.by) > 0)
    return joined.where(*conditions(leaf.where, now=now, any_kind=any_kind))


def kept(leaf: Leaf, who: Who, now: datetime, *outer: Any, any_kind: bool = False) -> Any:
    """The rows that caps let count, as a table of id, member_id, day, at and value: the largest of each day or week or of
    one object, the earliest among equals. So one more deed never makes a sum smaller."""
    columns = [Activity.id, Activity.member_id, Activity.occurred_day.label("day"), Activity.occurred_at.label("at"),
               Activity.object, value_of(leaf.by if leaf.measure != "streak" else "").label("value")]  # fmt: skip
    found = rows_of(leaf, sa.select(*columns), now, any_kind).where(who)
    if leaf.measure == "distinct":
        found = found.where(value_of(leaf.by).is_not(None))
    if outer:
        found = found.correlate(*outer)
    rows: Any = found.subquery()
    limits = leaf.where.limits
    if limits.once_per:
        nameless = sa.case((rows.c.object.is_(None), rows.c.id), else_=0)
        rows = first_of(rows, 1, rows.c.object, nameless)
    if limits.per_day:
        rows = first_of(rows, limits.per_day, rows.c.day)
    if limits.per_week:
        rows = first_of(rows, limits.per_week, unit_of("week", rows.c.day))
    return rows


def first_of(rows: Any, how_many: int, *alike: Any, largest: bool = True) -> Any:
    """Of a table such as `kept` gives: the first rows of each member that are alike in something."""
    order = (rows.c.value.desc(), rows.c.at, rows.c.id) if largest else (rows.c.at, rows.c.id)
    place = sa.func.row_number().over(partition_by=[rows.c.member_id, *alike], order_by=order)
    placed = sa.select(rows, place.label("place")).subquery()
    columns = [column for column in placed.c if column.name != "place"]
    return sa.select(*columns).where(placed.c.place <= how_many).subquery()


def edge(leaf: Leaf, column: Any, who: Who, now: datetime, outer: tuple[Any, ...], *, any_kind: bool = False,
         since: tuple[Any, Any] | None = None, last: bool = False) -> sa.ScalarSelect[Any]:  # fmt: skip
    """`column` of the member's first or last fitting deed, found at one end of an index. `since`: a first day, and the
    moment it begins with."""
    if len(leaf.where.kind) > 1 and not any_kind:
        return _edge_of_kinds(leaf, column, who, now, outer, since, last)
    one_kind = any_kind or bool(leaf.where.kind)
    order: Any = Activity.occurred_day if one_kind else Activity.occurred_at
    wanted = sa.select(column).where(*conditions(leaf.where, now=now, any_kind=any_kind), who)
    if since is not None:
        wanted = wanted.where(Activity.occurred_day >= since[0] if one_kind else Activity.occurred_at >= since[1])
    wanted = wanted.order_by(order.desc() if last else order).limit(1)
    asked: sa.Select[Any] = wanted.correlate(*outer) if outer else wanted
    return asked.scalar_subquery()


def _edge_of_kinds(
    leaf: Leaf, column: Any, who: Who, now: datetime, outer: tuple[Any, ...], since: Any, last: bool
) -> sa.ScalarSelect[Any]:
    """An index holds the days of one kind in order: one look for each of them."""
    kind = elements(leaf.where.kind, "kinds")
    wanted = sa.select(column).where(*conditions(leaf.where, now=now), who, Activity.kind == kind.c.value)
    if since is not None:
        wanted = wanted.where(Activity.occurred_day >= since[0])
    order: Any = Activity.occurred_day
    each = wanted.order_by(order.desc() if last else order).limit(1).correlate(kind, *outer).scalar_subquery()
    found: Any = sa.select((sa.func.max if last else sa.func.min)(each)).select_from(kind)
    each_kind: sa.Select[Any] = found.correlate(*outer) if outer else found
    return each_kind.scalar_subquery()


def _span(leaf: Leaf, who: Who, now: datetime, outer: tuple[Any, ...], any_kind: bool) -> sa.Select[Any]:
    day: Any = Activity.occurred_day
    last, first = (edge(leaf, day, who, now, outer, any_kind=any_kind, last=is_last) for is_last in (True, False))
    return sa.select(sa.func.coalesce(last - first, 0))
