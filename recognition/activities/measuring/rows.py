"""Which deeds make up a number, and when a further one would."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.criteria.tree import ABOUT_MEMBERS, UNITS, Leaf
from recognition.activities.measuring import hops, stretches
from recognition.activities.measuring.conditions import dated
from recognition.activities.measuring.numbers import first_of, kept
from recognition.activities.measuring.units import after_unit, best_run, date_of, unit_of
from recognition.activities.models import Activity
from recognition.extensions import db
from recognition.web.pagination import Page, decode, page

_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def counting_rows(leaf: Leaf, member_id: int, now: datetime, limit: int, cursor: str | None) -> Page[Activity]:
    """A member's deeds that count for a leaf, newest first: those that caps keep; the first of each different value; the
    first in each unit of the longest run; those in the best stretch; the first and the last of a span. None for what is
    not read from deeds."""
    if leaf.measure in ABOUT_MEMBERS:
        return Page([], None)
    wanted = sa.select(Activity).where(Activity.id.in_(sa.select(_counting(dated([leaf])[leaf], member_id, now).c.id)))
    last = decode(cursor, (int, int))
    if last:
        there = (sa.literal(_moment(last[0]), Activity.occurred_at.type), sa.literal(last[1], Activity.id.type))
        wanted = wanted.where(sa.tuple_(Activity.occurred_at, Activity.id) < sa.tuple_(*there))
    rows = db.session.scalars(wanted.order_by(Activity.occurred_at.desc(), Activity.id.desc()).limit(limit + 1)).all()
    return page(rows, limit, lambda row: [(row.occurred_at - _ZERO) // _MICROSECOND, row.id])


def next_counts(leaf: Leaf, member_id: int, now: datetime) -> date | None:
    """The first day, from today, on which a further deed of the right sort would count: later than today where a cap is
    reached or the window has not begun. None: never again."""
    if leaf.measure in ABOUT_MEMBERS:
        return None
    leaf = dated([leaf])[leaf]
    window, today = leaf.where.window, clock.day_number(now)
    if window.ends is not None and window.ends <= now:
        return None
    day = today if window.starts is None else max(today, clock.day_number(window.starts))
    day = max([day, *(after_unit(unit, day) for unit in _full(leaf, member_id, now, day))])
    while window.months and date_of(day).month not in window.months:
        day = after_unit("month", day)
    closed = window.ends is not None and day > clock.day_number(window.ends - _MICROSECOND)
    return None if closed else date_of(day)


def _full(leaf: Leaf, member_id: int, now: datetime, day: int) -> list[str]:
    """The units around a day in which nothing more counts."""
    limits = leaf.where.limits
    caps = [(unit, cap) for unit, cap in (("day", limits.per_day), ("week", limits.per_week)) if cap]
    if leaf.measure == "streak" or (leaf.measure == "distinct" and leaf.by in UNITS):
        caps.append((leaf.by, 1))
    # More of a sum may still be won by a larger deed, but it counts only as far as it is larger.
    rows = kept(leaf, Activity.member_id == member_id, now) if caps else None
    return [unit for unit, cap in caps if _number_in(unit, rows, day) >= cap]


def _number_in(unit: str, rows: Any, day: int) -> int:
    same = unit_of(unit, rows.c.day) == unit_of(unit, day)
    return db.session.scalar(sa.select(sa.func.count(rows.c.id.distinct())).where(same)) or 0


def _counting(leaf: Leaf, member_id: int, now: datetime) -> Any:
    """A table with the ids of the deeds that count."""
    mine = Activity.member_id == member_id
    rows = kept(leaf, mine, now)
    if leaf.measure == "span":
        return _ends_of(rows)
    if leaf.measure == "streak":
        return _run_of(leaf, rows, member_id, now)
    if leaf.where.window.any_days:
        days = stretches.collect(db.session.execute(stretches.by_days(leaf, mine, now)).all()).get(member_id, {})
        first = stretches.best(leaf, days)[1]
        rows = _between(rows, rows.c.day, first, first + leaf.where.window.any_days - 1)
    return first_of(rows, 1, rows.c.value, largest=False) if leaf.measure == "distinct" else rows


def _ends_of(rows: Any) -> Any:
    ends = [sa.select(rows.c.id).order_by(*order).limit(1).subquery() for order in (
        (rows.c.at, rows.c.id), (rows.c.at.desc(), rows.c.id.desc()))]  # fmt: skip
    return sa.union(*(sa.select(end.c.id) for end in ends)).subquery()


def _run_of(leaf: Leaf, rows: Any, member_id: int, now: datetime) -> Any:
    member = sa.select(sa.literal(member_id).label("value")).subquery()
    found = db.session.execute(hops.hops(leaf, hops.Seeds(member, (member.c.value,)), 1, now))
    _length, first, last = best_run({unit_of(leaf.by, day) for _member, day in found}, leaf.gaps)
    unit = unit_of(leaf.by, rows.c.day)
    inside = _between(rows, unit, first, last)
    return first_of(inside, 1, unit_of(leaf.by, inside.c.day), largest=False)


def _between(rows: Any, number: Any, first: int, last: int) -> Any:
    return sa.select(rows).where(number >= first, number <= last).subquery()


def _moment(microseconds: int) -> datetime:
    return _ZERO + microseconds * _MICROSECOND
