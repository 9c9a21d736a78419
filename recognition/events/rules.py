"""What an event may be, how a series repeats, and where an event stands."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

KINDS = ("call", "meeting", "workshop", "sprint", "talk", "other")
SITE, ONLINE, BOTH = "site", "online", "both"
FORMS = (ONLINE, SITE, BOTH)
DRAFT, PLANNED, CALLED_OFF = "draft", "planned", "called_off"
COMING, NOW, OVER = "coming", "now", "over"
YES, MAYBE, NO = "yes", "maybe", "no"
ANSWERS = (YES, MAYBE, NO)
ONCE, WEEKLY, FORTNIGHTLY, MONTHLY = "once", "week", "fortnight", "month"
REPEATS = (ONCE, WEEKLY, FORTNIGHTLY, MONTHLY)
TIMES_MAX = 52
REASON_MAX_CHARS = 500
LONGEST = timedelta(days=31)
REMIND_BEFORE = timedelta(days=1)


class BadEvent(ValueError):
    """`errors` holds a sentence for each wrong field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{name}: {why}" for name, why in errors.items()))


class TooLate(Exception):
    """It cannot be done any more. Its text is a sentence for the person who tried."""


@dataclass(frozen=True)
class EventSpec:
    """`repeats` and `times` matter only when it is made: so many events, each of its own afterwards."""

    title: str
    about: str
    kind: str
    form: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str
    url: str
    topic: str
    campaign: str | None
    group_id: int | None
    agenda: str = ""
    repeats: str = ONCE
    times: int = 1


def stand(state: str, starts_at: datetime, ends_at: datetime, now: datetime) -> str:
    """Half-open: it is on from its start until just before its end."""
    if state != PLANNED:
        return state
    if now < starts_at:
        return COMING
    return NOW if now < ends_at else OVER


def is_hidden(state: str, published_at: datetime | None) -> bool:
    """Nobody but those who look after it has seen it, also where it was called off as a draft."""
    return state == DRAFT or (state == CALLED_OFF and published_at is None)


def starts(first: datetime, repeats: str, times: int, zone: str) -> Iterator[datetime]:
    """The same hour on the wall in `zone`, also across a change of clocks. Monthly: the same weekday of the month ("the second
    Thursday"); a fifth one is the last."""
    wall = first.astimezone(ZoneInfo(zone))
    for number in range(times):
        if repeats == MONTHLY:
            yield _in_month(wall, number).astimezone(first.tzinfo)
        else:
            step = {ONCE: 0, WEEKLY: 7, FORTNIGHTLY: 14}[repeats]
            yield (wall + timedelta(days=step * number)).astimezone(first.tzinfo)


def _in_month(first: datetime, number: int) -> datetime:
    year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
    days = [day for day in range(1, calendar.monthrange(year, month + 1)[1] + 1)
            if calendar.weekday(year, month + 1, day) == first.weekday()]  # fmt: skip
    which = (first.day - 1) // 7
    return first.replace(year=year, month=month + 1, day=days[-1] if which == 4 else days[which])
