"""Days, weeks and months as numbers, in SQL and here. A day is days since 1970-01-01, in UTC."""

from datetime import date, timedelta
from typing import Any

from recognition import clock

_MARCH = 1968 * 12 + 2
"""Years are counted from March here, so that the day of a leap year is their last. 1968-03-01 is 671 days before day 0,
and until 2100-02-28 each fourth year has that day."""


def unit_of(unit: str, day: Any) -> Any:
    """The number of the day, of its week (they begin on Monday) or of its month (year * 12 + month - 1). `day` is a number,
    or an expression that has one."""
    if unit == "day":
        return day
    return (day + 3) // 7 if unit == "week" else _month(day)


def after_unit(unit: str, day: Any) -> Any:
    """The first day of the next day, week or month."""
    if unit == "day":
        return day + 1
    if unit == "week":
        return ((day + 3) // 7 + 1) * 7 - 3
    months = _month(day) + 1 - _MARCH
    return months // 12 * 365 + months // 48 + (153 * (months % 12) + 2) // 5 - 671


def _month(day: Any) -> Any:
    days = day + 671
    in_cycle = days % 1461
    year = (in_cycle - in_cycle // 1460) // 365
    return _MARCH + (days // 1461 * 4 + year) * 12 + (5 * (in_cycle - 365 * year) + 2) // 153


def date_of(day: int) -> date:
    return clock.EPOCH + timedelta(days=day)


def best_run(numbers: set[int], gaps: int) -> tuple[int, int, int]:
    """The most active units in a stretch with at most `gaps` empty units inside it, and its first and last unit: the
    latest, where several are as long. {1, 2, 4} is 2, with one gap 3. (0, 0, -1) without any unit."""
    ordered = sorted(numbers)
    best, first = (0, 0, -1), 0
    for last in range(len(ordered)):
        while ordered[last] - ordered[first] - (last - first) > gaps:
            first += 1
        best = max(best, (last - first + 1, ordered[first], ordered[last]))
    return best


def longest_run(numbers: set[int], gaps: int) -> int:
    return best_run(numbers, gaps)[0]
