"""The only place that asks what time it is; rules get `now` as an argument."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta

EPOCH = date(1970, 1, 1)
_EPOCH_ORDINAL = EPOCH.toordinal()
_as_of: ContextVar[datetime | None] = ContextVar("as_of", default=None)


def utcnow() -> datetime:
    return _as_of.get() or datetime.now(UTC)


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Inside, it is that moment: for the invented community, whose weeks go by in seconds."""
    token = _as_of.set(moment)
    try:
        yield
    finally:
        _as_of.reset(token)


def is_moved() -> bool:
    """Inside `as_of`?"""
    return _as_of.get() is not None


def day_number(moment: datetime | date) -> int:
    """Days since 1970-01-01 in UTC: one integer that both databases compare, group and index alike."""
    if isinstance(moment, datetime) and moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.toordinal() - _EPOCH_ORDINAL


def start_of(day: int) -> datetime:
    """The first moment of a day_number, in UTC."""
    return datetime.combine(EPOCH + timedelta(days=day), time(), UTC)
