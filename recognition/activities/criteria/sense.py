"""What is well written and can still never be met."""

from recognition import clock
from recognition.activities.criteria.tree import Leaf, Node, Not, Window
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
    """Raises BadCriteria where all of the parts are asked for and two say the opposite."""
    if node.at_least < len(node.parts):
        return
    for index, part in enumerate(node.parts):
        if isinstance(part, Not) and part.part in node.parts:
            raise BadCriteria(f"{place}[{index}]", "asks for the opposite of another part of the same list")
