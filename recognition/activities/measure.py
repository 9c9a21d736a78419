"""A leaf's number for each member, read from the log. The only place where criteria become SQL."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.criteria.tree import Criteria, Filter, Leaf, leaves
from recognition.activities.models import Activity, ActivityTag
from recognition.activities.rules import INTERNAL_KINDS
from recognition.database import among, elements, pairs
from recognition.extensions import db
from recognition.identity.models import Group

Values = dict[int, int]
"""Measured number by member id; members with none are absent."""

_WEEK = (Activity.occurred_day.expression + 3) // 7
"""Weeks since the Monday before 1970-01-01, which was a Thursday."""


def values(criteria: Criteria, members: Iterable[int], *, now: datetime) -> dict[int, dict[Leaf, int]]:
    """Every leaf of a rule for these members, each counted no further than the rule asks."""
    ids = sorted(set(members))
    found: dict[int, dict[Leaf, int]] = {member_id: {} for member_id in ids}
    for leaf in dict.fromkeys(leaves(criteria)):
        for member_id, value in measure(leaf, ids, leaf.at_least, now=now).items():
            found[member_id][leaf] = value
    return found


def measure(leaf: Leaf, members: Iterable[int] | None, cap: int, *, now: datetime) -> Values:
    """One leaf. `members` None: everybody. A count reads no further than `cap`."""
    ids = None if members is None else sorted(members)
    if ids == []:
        return {}
    if _needs_days(leaf):
        return _by_days(leaf, ids, cap, now)
    statement = _everybody(leaf, now) if ids is None else _capped(leaf, ids, cap, now)
    return {row[0]: min(row[1], cap) for row in db.session.execute(statement) if row[1]}


def conditions(where: Filter, *, now: datetime, any_kind: bool = False) -> list[sa.ColumnElement[bool]]:
    """What a deed must be to count, on the `activity` table. `any_kind`: the caller asks for kinds by itself."""
    found: list[sa.ColumnElement[bool]] = [Activity.withdrawn_at.is_(None)]
    if where.kind:
        found.append(_one_of(Activity.kind, where.kind))
    elif not any_kind:
        found.append(Activity.kind.not_in(INTERNAL_KINDS))
    if not where.repeats:
        found.append(Activity.repeat_of_id.is_(None))
    for column, wanted in (
        (Activity.campaign, where.campaign),
        (Activity.source, where.source),
        (Activity.object, where.object),
    ):
        if wanted:
            found.append(_one_of(column, wanted))
    if where.group:
        found.append(Activity.group_id.in_(sa.select(Group.id).where(among(Group.slug, where.group))))
    if where.evidence:
        found.append(Activity.evidence >= where.evidence)
    if where.tags_any:
        found.append(_tagged(where.tags_any))
    found += [_tagged((tag,)) for tag in where.tags_all]
    window = where.window
    since = now - timedelta(days=window.last_days) if window.last_days else window.starts
    if since is not None:
        found.append(Activity.occurred_at >= since)
    if window.after is not None:
        found.append(Activity.occurred_at > window.after)
    if window.ends is not None:
        found.append(Activity.occurred_at < window.ends)
    return found


def field_of(name: str) -> sa.ColumnElement[Any]:
    """The column behind a field that a distinct counts."""
    columns: dict[str, Any] = {
        "kind": Activity.kind, "campaign": Activity.campaign, "group": Activity.group_id, "source": Activity.source,
        "object": Activity.object, "tag": ActivityTag.tag, "day": Activity.occurred_day,
        "week": _WEEK,
    }  # fmt: skip
    found: sa.ColumnElement[Any] = columns[name]
    return found


def _everybody(leaf: Leaf, now: datetime) -> sa.Select[Any]:
    number = sa.func.count() if leaf.measure == "count" else sa.func.count(field_of(leaf.by).distinct())
    found: Any = sa.select(Activity.member_id, number)
    return _from(leaf, found, now).group_by(Activity.member_id)


def _needs_days(leaf: Leaf) -> bool:
    """Runs and calendar months are counted here, from days."""
    return leaf.measure == "streak" or leaf.by == "month"


def _capped(leaf: Leaf, ids: list[int], cap: int, now: datetime) -> sa.Select[Any]:
    member = elements(ids)
    number = _number(leaf, Activity.member_id == member.c.value, cap, now, member)
    return sa.select(member.c.value, number.correlate(member).scalar_subquery())


def _number(
    leaf: Leaf, who: sa.ColumnElement[bool], cap: int, now: datetime, *outer: Any, any_kind: bool = False
) -> sa.Select[Any]:
    """One member's number, reading no further than `cap`. `outer`: what `who` takes from the statement around it."""
    value = sa.literal(1) if leaf.measure == "count" else field_of(leaf.by)
    rows = _from(leaf, sa.select(value.label("value")), now, any_kind).where(who)
    if leaf.measure == "distinct":
        rows = rows.where(value.is_not(None)).distinct()
    if outer:
        rows = rows.correlate(*outer)
    return sa.select(sa.func.count()).select_from(rows.limit(cap).subquery())


def _from(leaf: Leaf, statement: sa.Select[Any], now: datetime, any_kind: bool = False) -> sa.Select[Any]:
    joined = statement.select_from(Activity)
    if leaf.by == "tag":
        joined = joined.join(ActivityTag, ActivityTag.activity_id == Activity.id)
    return joined.where(*conditions(leaf.where, now=now, any_kind=any_kind))


def _by_days(leaf: Leaf, ids: list[int] | None, cap: int, now: datetime) -> Values:
    statement = sa.select(Activity.member_id, _unit(leaf)).where(*conditions(leaf.where, now=now)).distinct()
    if ids is not None:
        statement = statement.where(among(Activity.member_id, ids))
    units: dict[int, set[int]] = {}
    for member_id, number in db.session.execute(statement):
        units.setdefault(member_id, set()).add(number)
    return {member_id: _length(leaf, numbers, cap) for member_id, numbers in units.items()}


def _unit(leaf: Leaf) -> sa.ColumnElement[int]:
    return _WEEK if leaf.by == "week" else Activity.occurred_day.expression


def _length(leaf: Leaf, numbers: set[int], cap: int) -> int:
    units = {month_number(number) for number in numbers} if leaf.by == "month" else numbers
    return min(longest_run(units, leaf.gaps) if leaf.measure == "streak" else len(units), cap)


def month_number(day: int) -> int:
    moment = clock.EPOCH + timedelta(days=day)
    return moment.year * 12 + moment.month - 1


def longest_run(numbers: set[int], gaps: int) -> int:
    """The most active units in a stretch with at most `gaps` empty units inside it. {1, 2, 4} is 2, with one gap 3."""
    ordered = sorted(numbers)
    best, first = 0, 0
    for last in range(len(ordered)):
        while ordered[last] - ordered[first] - (last - first) > gaps:
            first += 1
        best = max(best, last - first + 1)
    return best


def _one_of(column: Any, wanted: tuple[str, ...]) -> sa.ColumnElement[bool]:
    if len(wanted) == 1:
        same: sa.ColumnElement[bool] = column == wanted[0]
        return same
    return among(column, wanted)


def _tagged(tags: tuple[str, ...]) -> sa.ColumnElement[bool]:
    return sa.exists().where(ActivityTag.activity_id == Activity.id, _one_of(ActivityTag.tag, tags)).correlate(Activity)


def measure_all(asked: Mapping[Leaf, tuple[Iterable[int], int]], *, now: datetime) -> dict[Leaf, Values]:
    """Many leaves at once, each for its own members and up to its own cap. Leaves that differ only in their single kind
    are one statement together: the drain of a batch costs a statement a sort of rule, not one a rule."""
    alike: dict[Leaf, list[Leaf]] = {}
    for leaf in asked:
        alike.setdefault(_shape(leaf), []).append(leaf)
    found: dict[Leaf, Values] = {}
    for shape, group in alike.items():
        if len(group) == 1:
            found[group[0]] = measure(group[0], *asked[group[0]], now=now)
        else:
            found |= _together(shape, group, asked, now)
    return found


def _shape(leaf: Leaf) -> Leaf:
    """The leaf without its goal and, where it names one, without its kind."""
    kind = ("",) if len(leaf.where.kind) == 1 else leaf.where.kind
    return replace(leaf, at_least=0, where=replace(leaf.where, kind=kind))


def _together(
    shape: Leaf, group: list[Leaf], asked: Mapping[Leaf, tuple[Iterable[int], int]], now: datetime
) -> dict[Leaf, Values]:
    if shape.where.kind != ("",):
        # Only their goals differ: one reading, as far as the farthest of them asks.
        everybody = {member for leaf in group for member in asked[leaf][0]}
        seen = measure(group[0], everybody, max(asked[leaf][1] for leaf in group), now=now)
        return {leaf: {m: min(n, asked[leaf][1]) for m, n in seen.items()} for leaf in group}
    wanted = sorted({(member, leaf.where.kind[0]) for leaf in group for member in asked[leaf][0]})
    numbers = _by_kind(shape, wanted, max(asked[leaf][1] for leaf in group), now)
    found: dict[Leaf, Values] = {}
    for leaf in group:
        members, cap = asked[leaf]
        reached = {member: numbers.get((member, leaf.where.kind[0]), 0) for member in members}
        found[leaf] = {member: min(number, cap) for member, number in reached.items() if number}
    return found


def _by_kind(shape: Leaf, wanted: list[tuple[int, str]], cap: int, now: datetime) -> dict[tuple[int, str], int]:
    """The shape's number for each (member, kind), in one statement."""
    pair = pairs(wanted)
    who = (Activity.member_id == pair.c.number) & (Activity.kind == pair.c.word)
    of_any_kind = replace(shape, where=replace(shape.where, kind=()))
    if not _needs_days(shape):
        number = _number(of_any_kind, who, cap, now, pair, any_kind=True).correlate(pair).scalar_subquery()
        rows = db.session.execute(sa.select(pair.c.number, pair.c.word, number))
        return {(member, kind): count for member, kind, count in rows}
    days = sa.select(pair.c.number, pair.c.word, _unit(shape)).select_from(pair).join(Activity, who).distinct()
    units: dict[tuple[int, str], set[int]] = {}
    for member, kind, unit in db.session.execute(days.where(*conditions(of_any_kind.where, now=now, any_kind=True))):
        units.setdefault((member, kind), set()).add(unit)
    return {key: _length(shape, numbers, cap) for key, numbers in units.items()}


def measure_one(member_id: int, asked: Mapping[Leaf, int], *, now: datetime) -> dict[Leaf, int]:
    """Many leaves of one member, each up to its cap, in two statements at most: for pages that show progress."""
    counted = [leaf for leaf in asked if not _needs_days(leaf)]
    found: dict[Leaf, int] = {}
    if counted:
        numbers = [_number(leaf, Activity.member_id == member_id, asked[leaf], now).scalar_subquery() for leaf in counted]
        found = dict(zip(counted, db.session.execute(sa.select(*numbers)).one(), strict=True))
    by_days = [leaf for leaf in asked if _needs_days(leaf)]
    mine = Activity.member_id == member_id
    parts = [
        sa.select(sa.literal(place), _unit(leaf)).where(*conditions(leaf.where, now=now), mine).distinct()
        for place, leaf in enumerate(by_days)
    ]
    units: list[set[int]] = [set() for _leaf in by_days]
    for place, number in db.session.execute(sa.union_all(*parts)) if parts else ():
        units[place].add(number)
    for leaf, numbers_seen in zip(by_days, units, strict=True):
        found[leaf] = _length(leaf, numbers_seen, asked[leaf])
    return found
