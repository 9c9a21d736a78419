"""On which days an event that repeats takes place (RFC 5545, section 3.3.10), asked for a stretch of days and never for all
time: each day is decided by itself, so a rule that began in the year 1000, has no end, or never comes true costs as much
as any other.

Rules that repeat within a day, or name weeks by their number, are not followed."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

DAILY, WEEKLY, MONTHLY, YEARLY = "DAILY", "WEEKLY", "MONTHLY", "YEARLY"
COUNTED_YEARS = 40
"""A rule with a count has to be followed from its first day on; one that is older than this has most likely come to its end."""


@dataclass(frozen=True)
class Rule:
    """`weekdays`: which one in its month or year (0: every one) and the day, Monday 0. `week_starts` likewise."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: date | None = None
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()
    positions: tuple[int, ...] = ()
    week_starts: int = 0


def days(rule: Rule, start: date, first: date, last: date) -> Iterator[date]:
    """Those of the rule from `first` to `last`, both included; `start` is where the rule begins."""
    if rule.count is not None and (last - start).days > COUNTED_YEARS * 366:
        return
    rule = _with_start(rule, start)
    day = start if rule.count is not None else max(start, first)
    end = last if rule.until is None else min(last, rule.until)
    left = rule.count
    while day <= end and left != 0:
        if _is_on(rule, start, day):
            left = None if left is None else left - 1
            if day >= first:
                yield day
        day += timedelta(days=1)


def walked_days(rule: Rule, start: date, first: date, last: date) -> int:
    """How many days `days` decides about."""
    begin = start if rule.count is not None else max(start, first)
    walked = max(0, (last - begin).days + 1)
    return 0 if rule.count is not None and walked > COUNTED_YEARS * 366 else walked


def _with_start(rule: Rule, start: date) -> Rule:
    """What a rule does not say, its first day says."""
    if rule.weekdays or rule.month_days or rule.year_days or rule.frequency == DAILY:
        return rule
    if rule.frequency == WEEKLY:
        return replace(rule, weekdays=((0, start.weekday()),))
    if rule.frequency == YEARLY and not rule.months:
        return replace(rule, months=(start.month,), month_days=(start.day,))
    return replace(rule, month_days=(start.day,))


def _is_on(rule: Rule, start: date, day: date) -> bool:
    if _turn(rule, start, day) % rule.interval or not _fits(rule, day):
        return False
    return not rule.positions or day in _chosen(rule, _period(rule, day))


def _turn(rule: Rule, start: date, day: date) -> int:
    """How many periods after the first one."""
    if rule.frequency == DAILY:
        return (day - start).days
    if rule.frequency == WEEKLY:
        return (_monday(day, rule) - _monday(start, rule)) // 7
    months = (day.year - start.year) * 12 + day.month - start.month
    return months if rule.frequency == MONTHLY else day.year - start.year


def _monday(day: date, rule: Rule) -> int:
    """The number of the day on which its week begins."""
    return day.toordinal() - (day.weekday() - rule.week_starts) % 7


def _fits(rule: Rule, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    in_month, year_days = monthrange(day.year, day.month)[1], 366 if monthrange(day.year, 2)[1] == 29 else 365
    if rule.month_days and not {day.day, day.day - in_month - 1} & set(rule.month_days):
        return False
    of_year = day.timetuple().tm_yday
    if rule.year_days and not {of_year, of_year - year_days - 1} & set(rule.year_days):
        return False
    if not rule.weekdays:
        return True
    by_month = rule.frequency == MONTHLY or bool(rule.months)
    place, length = (day.day, in_month) if by_month else (of_year, year_days)
    counted = rule.frequency in (MONTHLY, YEARLY)
    which = {0, (place - 1) // 7 + 1, -((length - place) // 7 + 1)}
    return any(of == day.weekday() and (not counted or number in which) for number, of in rule.weekdays)


def _period(rule: Rule, day: date) -> tuple[int, int]:
    """The numbers of its first and its last day."""
    if rule.frequency == DAILY:
        return day.toordinal(), day.toordinal()
    if rule.frequency == WEEKLY:
        return _monday(day, rule), _monday(day, rule) + 6
    if rule.frequency == MONTHLY:
        first = day.replace(day=1).toordinal()
        return first, first + monthrange(day.year, day.month)[1] - 1
    return date(day.year, 1, 1).toordinal(), date(day.year, 12, 31).toordinal()


@lru_cache(maxsize=64)
def _chosen(rule: Rule, period: tuple[int, int]) -> frozenset[date]:
    """Which of the days of one period have the places that the rule names."""
    fitting: Sequence[date] = [day for number in range(period[0], period[1] + 1) if _fits(rule, day := date.fromordinal(number))]
    places = {place - 1 if place > 0 else len(fitting) + place for place in rule.positions}
    return frozenset(fitting[place] for place in places if 0 <= place < len(fitting))
