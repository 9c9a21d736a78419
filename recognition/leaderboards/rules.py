"""Periods and places."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from recognition import clock

ALL = "all"
PERIODS = ("week", "month", ALL)
WEEKS_SHOWN = 8


def periods_of(day: int) -> tuple[str, str, str]:
    """The three periods that a deed of this day (clock.day_number) counts in. Weeks are ISO 8601, from Monday."""
    moment = clock.EPOCH + timedelta(days=day)
    return (week_of(moment), month_of(moment), ALL)


def current(period: str, today: date) -> str:
    return {"week": week_of(today), "month": month_of(today), ALL: ALL}[period]


def week_of(day: date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year:04}-W{week:02}"


def month_of(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def counts(kinds: Iterable[str], kind: str) -> bool:
    wanted = tuple(kinds)
    return not wanted or kind in wanted


def last_weeks(today: date, number: int = WEEKS_SHOWN) -> list[str]:
    """The oldest first; the last one is now."""
    return [week_of(today - timedelta(weeks=back)) for back in range(number - 1, -1, -1)]


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
