"""The only place that asks what time it is; rules get `now` as an argument."""

from datetime import UTC, date, datetime

EPOCH = date(1970, 1, 1)


def utcnow() -> datetime:
    return datetime.now(UTC)


def day_number(moment: datetime | date) -> int:
    """Days since 1970-01-01 in UTC: one integer that both databases compare, group and index alike."""
    day = moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment
    return (day - EPOCH).days


def week_number(day: int) -> int:
    """Weeks since the Monday before 1970-01-01 (a Thursday), for a `day_number`."""
    return (day + 3) // 7
