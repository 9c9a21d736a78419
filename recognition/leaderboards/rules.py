"""Periods and places."""

from collections.abc import Iterable
from datetime import date, timedelta

from recognition import clock

ALL = "all"
PERIODS = ("week", "month", ALL)


def periods_of(day: int) -> tuple[str, str, str]:
    """The three periods that a deed of this day (clock.day_number) counts in. Weeks are ISO 8601, from Monday."""
    moment = clock.EPOCH + timedelta(days=day)
    return (week_of(moment), month_of(moment), ALL)


def current(period: str, today: date) -> str:
    return {"week": week_of, "month": month_of, ALL: lambda _day: ALL}[period](today)


def week_of(day: date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year:04}-W{week:02}"


def month_of(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def counts(kinds: Iterable[str], kind: str) -> bool:
    wanted = tuple(kinds)
    return not wanted or kind in wanted
