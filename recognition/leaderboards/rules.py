"""Periods and places."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from recognition import clock

ALL = "all"
PERIODS = ("week", "month", "season", ALL)


@lru_cache(maxsize=20_000)
def periods_of(day: int) -> tuple[str, str, str, str]:
    """The periods that a deed of this day (clock.day_number) counts in. Weeks are ISO 8601, from Monday."""
    moment = clock.EPOCH + timedelta(days=day)
    return (week_of(moment), month_of(moment), season_of(moment), ALL)


def current(sort: str, today: date) -> str:
    return dict(zip(PERIODS, periods_of(clock.day_number(today)), strict=True))[sort]


def week_of(day: date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year:04}-W{week:02}"


def month_of(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def season_of(day: date) -> str:
    """A season is a quarter of the year: 2026-S4 begins on the first of October."""
    return f"{day.year:04}-S{(day.month + 2) // 3}"


_SHAPES = {"week": re.compile(r"\d{4}-W\d\d"), "month": re.compile(r"\d{4}-\d\d"), "season": re.compile(r"\d{4}-S[1-4]")}

_NO_PERIOD = "A period is week, month, season, all, or one of them by name, such as 2026-W47."


def sort_of(period: str) -> str:
    """week, month, season or all. Raises ValueError for what is no period."""
    first_day(period)
    return next((sort for sort, shape in _SHAPES.items() if shape.fullmatch(period)), ALL)


def first_day(period: str) -> date:
    """Raises ValueError for what is no period."""
    if period == ALL:
        return clock.EPOCH
    if not "1990" <= period[:4] <= "2999":
        raise ValueError(_NO_PERIOD)
    if _SHAPES["week"].fullmatch(period):
        return date.fromisocalendar(int(period[:4]), int(period[6:]), 1)
    if _SHAPES["month"].fullmatch(period):
        return date(int(period[:4]), int(period[5:]), 1)
    if _SHAPES["season"].fullmatch(period):
        return date(int(period[:4]), int(period[6]) * 3 - 2, 1)
    raise ValueError(_NO_PERIOD)


def days_of(period: str) -> tuple[int, int]:
    """Its first day and the day after its last, as clock.day_number; every day for "all"."""
    if period == ALL:
        return (-(2**31), 2**31 - 1)
    start = first_day(period)
    days = {"week": 7, "month": 31, "season": 92}[sort_of(period)]
    end = start + timedelta(days=days)
    if sort_of(period) != "week":
        end = end.replace(day=1)
    return (clock.day_number(start), clock.day_number(end))


def named(period: str, today: date) -> str:
    """The period that a visitor means: "week" is this week. Raises ValueError for what is no period."""
    return current(period, today) if period in PERIODS else period if sort_of(period) else ALL


def past(sort: str, today: date, number: int) -> list[str]:
    """The newest first, without the present one."""
    found, day = [], today
    for _turn in range(number):
        day = first_day(current(sort, day)) - timedelta(days=1)
        found.append(current(sort, day))
    return found


class Pace(StrEnum):
    """This week beside a member's own past."""

    FIRST = "first"
    STILL = "still"
    LESS = "less"
    USUAL = "usual"
    MORE = "more"


def pace(weeks: Sequence[int]) -> Pace:
    """`weeks`: points, the last one is now and not over, so only a fuller week is news."""
    *past, now = weeks
    if not any(past):
        return Pace.FIRST if now else Pace.STILL
    usual = sum(past) / sum(1 for points in past if points)
    if not now:
        return Pace.STILL
    if now > usual:
        return Pace.MORE
    return Pace.USUAL if now >= usual / 2 else Pace.LESS


@dataclass(frozen=True)
class Place:
    """Where a standing is in the one order of boards: more points first, then whoever got there first, then by id.
    Rank and lists are both read from it, so they cannot disagree."""

    score: int
    reached_at: datetime
    member_id: int

    def __lt__(self, other: "Place") -> bool:
        return (-self.score, self.reached_at, self.member_id) < (-other.score, other.reached_at, other.member_id)
