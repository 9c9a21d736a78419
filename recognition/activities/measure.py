"""A leaf's number for each member, read from the log. The only place where criteria become SQL; how is in `measuring`.

Every number but those of a moment (see `tree.is_momentary`) can only grow when a deed is added, whenever it happened: so
an award that was given stays earned however late something is reported."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from recognition.activities.criteria.tree import ABOUT_MEMBERS, Criteria, Leaf, leaves
from recognition.activities.measuring import hops, people, prepared, rows, stretches
from recognition.activities.measuring.conditions import conditions, dated
from recognition.activities.measuring.hops import Seeds
from recognition.activities.measuring.numbers import is_by_units, is_plain, number
from recognition.activities.models import Activity
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.web.pagination import Page

Values = dict[int, int]
"""Measured number by member id; members with none are absent."""
Asked = Mapping[Leaf, tuple[Iterable[int], int]]
"""For each leaf: whom to measure, and how far."""


def values(criteria: Criteria, members: Iterable[int], *, now: datetime) -> dict[int, dict[Leaf, int]]:
    """Every leaf of a rule for these members, each counted no further than the rule asks."""
    ids = sorted(set(members))
    found: dict[int, dict[Leaf, int]] = {member_id: {} for member_id in ids}
    for leaf, numbers in measure_all({leaf: (ids, leaf.at_least) for leaf in leaves(criteria)}, now=now).items():
        for member_id, value in numbers.items():
            found[member_id][leaf] = value
    return found


def measure(leaf: Leaf, members: Iterable[int] | None, cap: int, *, now: datetime) -> Values:
    """One leaf. `members` None: everybody. No number is larger than `cap`."""
    ids = db.session.scalars(sa.select(Member.id)).all() if members is None else sorted(set(members))
    return _measure(dated([leaf])[leaf], ids, cap, now) if ids else {}


def _measure(leaf: Leaf, ids: Sequence[int], cap: int, now: datetime) -> Values:
    """`leaf` has dates in its campaign's stead."""
    if leaf.measure in ABOUT_MEMBERS:
        found = people.about([leaf], ids, now)[leaf]
    elif is_plain(leaf) or is_by_units(leaf):
        found = prepared.by_member(leaf, ids, cap, now)
    else:
        seen = db.session.execute(stretches.by_days(leaf, among(Activity.member_id, ids), now)).all()
        found = {member_id: stretches.best(leaf, days)[0] for member_id, days in stretches.collect(seen).items()}
    return {member_id: min(int(value), cap) for member_id, value in found.items() if value}


def measure_all(asked: Asked, *, now: datetime) -> dict[Leaf, Values]:
    """Many leaves at once, each for its own members and up to its own cap. Leaves that differ only in their single kind
    are one statement together: the drain of a batch costs a statement a sort of rule, not one a rule."""
    as_dated = dated(asked)
    alike: dict[Leaf, list[Leaf]] = {}
    for leaf in asked:
        alike.setdefault(_shape(as_dated[leaf]), []).append(leaf)
    found: dict[Leaf, Values] = {}
    for shape, group in alike.items():
        if len(group) == 1:
            members, cap = asked[group[0]]
            ids = sorted(set(members))
            found[group[0]] = _measure(as_dated[group[0]], ids, cap, now) if ids else {}
        else:
            found |= _together(shape, group, asked, now)
    return found


@lru_cache(maxsize=4096)
def _shape(leaf: Leaf) -> Leaf:
    """The leaf without its goal and, where it names one, without its kind."""
    kind = ("",) if len(leaf.where.kind) == 1 and not leaf.where.window.any_days else leaf.where.kind
    return replace(leaf, at_least=0, where=replace(leaf.where, kind=kind))


def _together(shape: Leaf, group: list[Leaf], asked: Asked, now: datetime) -> dict[Leaf, Values]:
    most = max(asked[leaf][1] for leaf in group)
    if shape.where.kind != ("",):
        # Only their goals differ: one reading, as far as the farthest of them asks.
        everybody = sorted({member for leaf in group for member in asked[leaf][0]})
        seen = _measure(shape, everybody, most, now) if everybody else {}
        return {leaf: {m: min(seen[m], asked[leaf][1]) for m in asked[leaf][0] if m in seen} for leaf in group}
    wanted = sorted({(member, leaf.where.kind[0]) for leaf in group for member in asked[leaf][0]})
    numbers = prepared.by_member_and_kind(shape, wanted, most, now) if wanted else {}
    found: dict[Leaf, Values] = {}
    for leaf in group:
        members, cap = asked[leaf]
        reached = {member: numbers.get((member, leaf.where.kind[0]), 0) for member in members}
        found[leaf] = {member: min(number, cap) for member, number in reached.items() if number}
    return found


def measure_one(member_id: int, asked: Mapping[Leaf, int], *, now: datetime) -> dict[Leaf, int]:
    """Many leaves of one member, each up to its cap: for pages that show progress. As many statements as there are sorts
    of measures (five at most), whatever the number of leaves."""
    as_dated, mine = dated(asked), Activity.member_id == member_id
    found: dict[Leaf, int] = {}
    plain = [leaf for leaf in asked if is_plain(leaf)]
    if plain:
        numbers = [number(as_dated[leaf], mine, asked[leaf], now).scalar_subquery() for leaf in plain]
        found |= dict(zip(plain, map(int, db.session.execute(sa.select(*numbers)).one()), strict=True))
    units = [leaf for leaf in asked if is_by_units(leaf)]
    if units:
        found |= _units_of_one(member_id, [as_dated[leaf] for leaf in units], units, asked, now)
    best = [leaf for leaf in asked if leaf.where.window.any_days]
    if best:
        found |= _stretches_of_one(mine, best, as_dated, now)
    about = [leaf for leaf in asked if leaf.measure in ABOUT_MEMBERS]
    found |= {leaf: numbers.get(member_id, 0) for leaf, numbers in people.about(about, [member_id], now).items()}
    return {leaf: min(found[leaf], asked[leaf]) for leaf in asked}


def _units_of_one(
    member_id: int, as_dated: list[Leaf], units: list[Leaf], asked: Mapping[Leaf, int], now: datetime
) -> dict[Leaf, int]:
    parts = []
    for place, (leaf, known) in enumerate(zip(units, as_dated, strict=True)):
        member = sa.select(sa.literal(member_id).label("value")).subquery()
        seeds = Seeds(member, (member.c.value,))
        found = hops.hops(known, seeds, asked[leaf], now, place).subquery()
        parts.append(sa.select(sa.literal(place), found.c.day))
    days: list[list[int]] = [[] for _leaf in units]
    for place, day in db.session.execute(sa.union_all(*parts)):
        days[place].append(day)
    return {leaf: hops.length(leaf, seen, asked[leaf]) for leaf, seen in zip(units, days, strict=True)}


def _stretches_of_one(mine: Any, best: list[Leaf], as_dated: Mapping[Leaf, Leaf], now: datetime) -> dict[Leaf, int]:
    parts = []
    for place, leaf in enumerate(best):
        by_day = stretches.by_days(as_dated[leaf], mine, now).subquery()
        parts.append(sa.select(sa.literal(place), by_day.c.day, by_day.c.value, by_day.c.amount))
    days = stretches.collect(db.session.execute(sa.union_all(*parts)).all())
    return {leaf: stretches.best(leaf, days.get(place, {}))[0] for place, leaf in enumerate(best)}


def counting_rows(leaf: Leaf, member_id: int, now: datetime, limit: int, cursor: str | None = None) -> Page[Activity]:
    """The deeds that make up a leaf's number, newest first. See `rows`."""
    return rows.counting_rows(leaf, member_id, now, limit, cursor)


def fitting(asked: Iterable[Leaf], now: datetime) -> dict[Leaf, list[sa.ColumnElement[bool]]]:
    """What a deed has to be for each of these leaves, as conditions on the log, whenever it was: caps and stretches, which
    depend on the other deeds of its member, are not among them. For statements about many members at once."""
    whenever = {leaf: _whenever(leaf) for leaf in asked if leaf.measure not in ABOUT_MEMBERS}
    known = dated(whenever.values())
    return {leaf: conditions(known[read].where, now=now) for leaf, read in whenever.items()}


def _whenever(leaf: Leaf) -> Leaf:
    window = leaf.where.window
    if not window.last_days:
        return leaf
    return replace(leaf, where=replace(leaf.where, limits=replace(leaf.where.limits, window=replace(window, last_days=0))))


def next_counts(leaf: Leaf, member_id: int, now: datetime) -> date | None:
    """The first day, from today, on which a further deed would count; None: never again. See `rows`."""
    return rows.next_counts(leaf, member_id, now)
