"""When a word goes by mail: pure decisions over what a member wishes. Moments are UTC; hours and days are the member's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

NOW, DAY, WEEK, MONTH, NEVER = "now", "day", "week", "month", "never"
RHYTHMS = (NOW, DAY, WEEK, MONTH, NEVER)
DIGESTS = (DAY, WEEK, MONTH)
MINE, QUESTIONS, NEWS, EVENTS, FOLLOWING, COMMUNITY = "mine", "questions", "news", "events", "following", "community"
TOPICS = (MINE, QUESTIONS, NEWS, EVENTS, FOLLOWING, COMMUNITY)
"""`questions` are those that somebody answers from the mail itself; `following`: what came of what they follow, and
`community`: what people did, each a digest of its own that is written when it is due."""
WRITTEN_WHEN_DUE = (FOLLOWING, COMMUNITY)
CAMPAIGN = "campaign:"
DEFAULTS = {MINE: NOW, QUESTIONS: NOW, NEWS: NOW, EVENTS: NOW, FOLLOWING: WEEK, COMMUNITY: NEVER}
BARRED_AFTER_SOFT = 3
SOFT_COUNTS_FOR = timedelta(days=30)
"""A mailbox that was full once a year is not one that is gone."""


@dataclass(frozen=True)
class Wish:
    """As in `models.MailWish`. Without anything given: at once, at any hour."""

    rhythms: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"
    weekday: int = 0
    hour: int = 8
    quiet_from: int = 0
    quiet_until: int = 0

    @property
    def clock(self) -> ZoneInfo:
        return ZoneInfo(self.zone) if is_zone(self.zone) else ZoneInfo("UTC")


def is_zone(name: str) -> bool:
    return name in zones()


@cache
def zones() -> frozenset[str]:
    """Their names are read from many files, so once a process."""
    return frozenset(available_timezones())


def wish_of(row: Any) -> Wish:
    """`row`: a MailWish, or None."""
    if row is None:
        return Wish()
    return Wish(row.rhythms, row.zone, row.weekday, row.hour, row.quiet_from, row.quiet_until)


def rhythm_of(wish: Wish, topic: str) -> str:
    """What was said of this very topic; a campaign nobody said anything of goes as news do, and so does a topic that we do
    not know."""
    said = wish.rhythms.get(topic)
    if said in RHYTHMS:
        return said
    return _news(wish) if topic not in DEFAULTS or topic == NEWS else DEFAULTS[topic]


def _news(wish: Wish) -> str:
    said = wish.rhythms.get(NEWS, "")
    return said if said in RHYTHMS else DEFAULTS[NEWS]


def goes_at(wish: Wish, topic: str, now: datetime) -> datetime | None:
    """The first moment, not before `now`, at which this may go; None: never by mail."""
    rhythm = rhythm_of(wish, topic)
    if rhythm == NEVER:
        return None
    return after_quiet(wish, now) if rhythm == NOW else next_digest(wish, rhythm, now)


def next_digest(wish: Wish, rhythm: str, after: datetime) -> datetime:
    """The first occasion behind `after`. Days are counted by the member's calendar and hours by their clock, so a change
    to summer time moves no digest; an hour that a change skips is the moment after it."""
    day = after.astimezone(wish.clock).date()
    # A day before, since quiet hours may push an occasion across midnight; two months hold each rhythm's next one.
    for offset in range(-1, 64):
        candidate = day + timedelta(days=offset)
        if is_occasion(wish, rhythm, candidate):
            found = after_quiet(wish, _moment(wish, candidate, wish.hour))
            if found > after:
                return found
    raise AssertionError("Each rhythm comes round within two months.")


def is_occasion(wish: Wish, rhythm: str, day: date) -> bool:
    """A month's digest goes on its first such weekday."""
    return rhythm == DAY or (day.weekday() == wish.weekday and (rhythm == WEEK or day.day <= 7))


def began(wish: Wish, rhythm: str, due: datetime) -> datetime:
    """Since when the digest that is due then tells: the occasion before."""
    back = {DAY: 3, WEEK: 10, MONTH: 40}[rhythm]
    found = next_digest(wish, rhythm, due - timedelta(days=back))
    while (later := next_digest(wish, rhythm, found)) < due:
        found = later
    return found


def is_quiet(wish: Wish, at: datetime) -> bool:
    hour, since, until = at.astimezone(wish.clock).hour, wish.quiet_from, wish.quiet_until
    if since <= until:
        return since <= hour < until
    return hour >= since or hour < until


def after_quiet(wish: Wish, at: datetime) -> datetime:
    """The moment itself, or when the quiet hours that hold it end."""
    if not is_quiet(wish, at):
        return at
    local = at.astimezone(wish.clock)
    tomorrow = wish.quiet_from > wish.quiet_until and local.hour >= wish.quiet_from
    end = _moment(wish, local.date() + timedelta(days=int(tomorrow)), wish.quiet_until)
    # Where a clock goes back across the end, the hour comes twice and may still be a quiet one.
    while end <= at or is_quiet(wish, end):
        end += timedelta(hours=1)
    return end


def _moment(wish: Wish, day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), wish.clock).astimezone(UTC)
