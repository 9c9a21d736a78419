"""A leaf's number for many members, by statements that are built once: the drain asks for them with every deed, and building
one takes longer than running it. Whose numbers are meant comes with each execution."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from recognition.activities.criteria.tree import Leaf
from recognition.activities.measuring import hops
from recognition.activities.measuring.hops import Seeds
from recognition.activities.measuring.numbers import is_by_campaigns, is_by_units, number
from recognition.activities.models import Activity
from recognition.database import elements_later, is_postgresql, pair_values, pairs
from recognition.extensions import db

KEPT = 1024
_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def by_member(leaf: Leaf, ids: Sequence[int], cap: int, now: datetime) -> dict[int, int]:
    """`leaf` is one that `number` or hops can tell, with dates in its campaign's stead."""
    statement = _of_members(leaf, cap, _as_of(leaf, now), is_postgresql())
    return {key[0]: value for key, value in _read(leaf, statement, {"members": ids}, cap).items()}


def by_member_and_kind(leaf: Leaf, wanted: Iterable[tuple[int, str]], cap: int, now: datetime) -> dict[tuple[Any, ...], int]:
    """The same for each pair, whatever kind the leaf names."""
    statement = _of_pairs(leaf, cap, _as_of(leaf, now), is_postgresql())
    return _read(leaf, statement, pair_values(wanted), cap)


def _as_of(leaf: Leaf, now: datetime) -> datetime:
    """Only of the last days is it asked when now is; any other statement is the same at all times."""
    return now if leaf.where.window.last_days else _ANY_TIME


@lru_cache(maxsize=KEPT)
def _of_members(leaf: Leaf, cap: int, now: datetime, _postgresql: bool) -> sa.Select[Any]:
    member = elements_later("members")
    if is_by_units(leaf):
        return hops.hops(leaf, Seeds(member, (member.c.value,)), cap, now)
    if is_by_campaigns(leaf):
        return hops.campaigns(leaf, Seeds(member, (member.c.value,)), cap, now)
    value = number(leaf, Activity.member_id == member.c.value, cap, now, member).correlate(member).scalar_subquery()
    return sa.select(member.c.value, value)


@lru_cache(maxsize=KEPT)
def _of_pairs(leaf: Leaf, cap: int, now: datetime, _postgresql: bool) -> sa.Select[Any]:
    pair, of_any_kind = pairs(), replace(leaf, where=replace(leaf.where, kind=()))
    seeds = Seeds(pair, (pair.c.number, pair.c.word), any_kind=True)
    if is_by_units(leaf):
        return hops.hops(of_any_kind, seeds, cap, now)
    if is_by_campaigns(leaf):
        return hops.campaigns(of_any_kind, seeds, cap, now)
    who = (Activity.member_id == pair.c.number) & (Activity.kind == pair.c.word)
    value = number(of_any_kind, who, cap, now, pair, any_kind=True).correlate(pair).scalar_subquery()
    return sa.select(pair.c.number, pair.c.word, value)


def _read(leaf: Leaf, statement: sa.Select[Any], whose: Mapping[str, Any], cap: int) -> dict[tuple[Any, ...], int]:
    """The number by all of a row's columns but the last."""
    db.session.flush()
    # Plain rows, all at once: the session would look for objects in each.
    rows = db.session.connection().execute(statement, whose).all()
    if not is_by_units(leaf):
        return {tuple(row[:-1]): int(row[-1]) for row in rows}
    days: dict[tuple[Any, ...], list[int]] = {}
    for row in rows:
        days.setdefault(tuple(row[:-1]), []).append(row[-1])
    return {key: hops.length(leaf, found, cap) for key, found in days.items()}
