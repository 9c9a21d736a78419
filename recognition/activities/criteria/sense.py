"""What is well written and can still never be met."""

from collections.abc import Iterator
from dataclasses import replace

from recognition import clock
from recognition.activities.criteria.tree import Criteria, Leaf, Node, Not, Window
from recognition.activities.criteria.values import BadCriteria, inside
from recognition.activities.criteria.windows import days_within

_UNIT_DAYS = {"day": 1, "week": 7, "month": 28}


def most(leaf: Leaf) -> int | None:
    """The largest number that a leaf could ever reach; None where nothing bounds it."""
    days = days_within(leaf.where.window)
    if days is None:
        return None
    if leaf.measure == "span":
        return days - 1
    if leaf.measure in ("distinct", "streak") and leaf.by in _UNIT_DAYS:
        return _touched(leaf.where.window, days, leaf.by)
    limits = leaf.where.limits
    caps = (("day", limits.per_day), ("week", limits.per_week)) if leaf.measure == "count" else ()
    return min((cap * _touched(leaf.where.window, days, unit) for unit, cap in caps if cap), default=None)


def _touched(window: Window, days: int, unit: str) -> int:
    """So many units some days in a row can touch, at the most."""
    if unit == "week" and window.starts:
        return (clock.day_number(window.starts) + 3 + days - 1) // 7 - (clock.day_number(window.starts) + 3) // 7 + 1
    return days if unit == "day" else (days - 2) // _UNIT_DAYS[unit] + 2 if days > 1 else 1


def check_reach(leaf: Leaf, place: str) -> None:
    """Raises BadCriteria."""
    bound = most(leaf)
    if bound is not None and leaf.at_least > bound:
        raise BadCriteria(inside(place, "at_least"), f"asks for {leaf.at_least}, and its window leaves room for {bound} only")


def check_parts(node: Node, place: str) -> None:
    """Raises BadCriteria where all of the parts are asked for and two say the opposite: the same thing, or at least five of
    what there may not be three of."""
    if node.at_least < len(node.parts):
        return
    most_of: dict[Leaf, int] = {}
    for leaf, is_wanted in _demands(node, is_wanted=True):
        if is_wanted:
            most_of[_kind_of(leaf)] = max(leaf.at_least, most_of.get(_kind_of(leaf), 0))
    for index, part in enumerate(node.parts):
        barred = [leaf for leaf, is_wanted in _demands(part, is_wanted=True) if not is_wanted]
        is_opposite = isinstance(part, Not) and part.part in node.parts
        if is_opposite or any(leaf.at_least <= most_of.get(_kind_of(leaf), 0) for leaf in barred):
            raise BadCriteria(f"{place}[{index}]", "asks for the opposite of another part of the same list")


def _demands(criteria: Criteria, is_wanted: bool) -> Iterator[tuple[Leaf, bool]]:
    """Each number that must be reached for certain, or must not; of what one may choose from, none."""
    if isinstance(criteria, Leaf):
        yield criteria, is_wanted
    elif isinstance(criteria, Not):
        yield from _demands(criteria.part, not is_wanted)
    elif criteria.at_least == (len(criteria.parts) if is_wanted else 1):
        for part in criteria.parts:
            yield from _demands(part, is_wanted)


def _kind_of(leaf: Leaf) -> Leaf:
    return replace(leaf, at_least=1)
