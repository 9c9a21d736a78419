"""The best stretch of so many days in a row: read by days, and slid over here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.criteria.tree import Leaf
from recognition.activities.measuring.numbers import Who, kept

Days = Mapping[int, Mapping[Any, int]]
"""By day: the amount of each value."""


def by_days(leaf: Leaf, who: Who, now: datetime) -> sa.Select[Any]:
    """Rows of member_id, day, a value as text (empty unless different ones are counted) and an amount."""
    rows = kept(leaf, who, now)
    value: Any = sa.cast(rows.c.value, sa.Text) if leaf.measure == "distinct" else sa.literal("")
    amount: Any = sa.literal(1) if leaf.measure == "distinct" else sa.cast(sa.func.sum(rows.c.value), sa.BigInteger)
    wanted = sa.select(rows.c.member_id, rows.c.day, value.label("value"), amount.label("amount"))
    return wanted.group_by(rows.c.member_id, rows.c.day, *([rows.c.value] if leaf.measure == "distinct" else []))


def collect(rows: Sequence[Any]) -> dict[int, dict[int, dict[Any, int]]]:
    """What `by_days` gave, by member and day."""
    found: dict[int, dict[int, dict[Any, int]]] = {}
    for member_id, day, value, amount in rows:
        found.setdefault(member_id, {}).setdefault(day, {})[value] = amount
    return found


def best(leaf: Leaf, days: Days) -> tuple[int, int]:
    """The largest number within any `any_days` days in a row, and the first day of the latest such stretch that begins
    with a deed."""
    ordered = sorted(days)
    inside: Counter[Any] = Counter()
    total, first, top = 0, 0, (0, 0)
    for day in ordered:
        for value, amount in days[day].items():
            inside[value] += amount
            total += amount
        while day - ordered[first] >= leaf.where.window.any_days:
            for value, amount in days[ordered[first]].items():
                inside[value] -= amount
                total -= amount
                if not inside[value]:
                    del inside[value]
            first += 1
        top = max(top, (len(inside) if leaf.measure == "distinct" else total, ordered[first]))
    return top
