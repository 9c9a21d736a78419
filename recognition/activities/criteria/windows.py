"""When deeds count: a window as it is written, in, and as moments, out."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recognition import clock
from recognition.activities.criteria.tree import Window
from recognition.activities.criteria.values import BadCriteria, inside, slug, table, whole

MAX_DAYS = 3660
EARLIEST, LATEST = 1990, 2199
WAYS = {
    "from": {"from", "until", "zone"}, "until": {"from", "until", "zone"}, "period": {"period", "zone"},
    "months": {"months"}, "campaign": {"campaign"}, "any_days": {"any_days"}, "last_days": {"last_days"},
}  # fmt: skip
"""What may stand in one window together, by a word that it begins with."""
_PERIOD = re.compile(r"(\d{4})(?:-(?:Q([1-4])|W(\d{2})|(\d{2})))?")
_EXAMPLE = '{from = "2026-11-01", until = "2026-11-30"}'


def window(value: Any, place: str) -> Window:
    """Raises BadCriteria."""
    data = table(value, place, set().union(*WAYS.values()), _EXAMPLE)
    way = next((name for name in WAYS if name in data), None)
    if way is None:
        raise BadCriteria(place, f"needs one of {', '.join(WAYS)}")
    strange = sorted(set(data) - WAYS[way])
    if strange:
        raise BadCriteria(inside(place, strange[0]), f"cannot stand beside {way}: a window is told in one way")
    zone = _zone(data.get("zone", "UTC"), inside(place, "zone"))
    if way in ("from", "until"):
        return _between(data, zone, place)
    value, place = data[way], inside(place, way)
    if way == "period":
        first, after = _period(value, place)
        return Window(_midnight(first, zone), _midnight(after, zone), zone.key, period=value)
    if way == "months":
        return Window(months=_months(value, place))
    if way == "campaign":
        return Window(campaign=slug(value, place))
    days = whole(value, place, most=MAX_DAYS)
    return Window(any_days=days) if way == "any_days" else Window(last_days=days)


def days_within(found: Window) -> int | None:
    """How many UTC days a closed window touches; None where it has no end that is known beforehand."""
    if found.starts and found.ends:
        return clock.day_number(found.ends - timedelta(microseconds=1)) - clock.day_number(found.starts) + 1
    # From the same time of day N days ago until now; a deed of tomorrow, east of us, is let in too.
    return found.any_days or (found.last_days + 2 if found.last_days else None)


def _between(data: Mapping[str, Any], zone: ZoneInfo, place: str) -> Window:
    starts = _moment(data["from"], zone, inside(place, "from"), False) if "from" in data else None
    ends = _moment(data["until"], zone, inside(place, "until"), True) if "until" in data else None
    if starts and ends and ends <= starts:
        raise BadCriteria(inside(place, "until"), "comes before the window begins")
    return Window(starts, ends, zone.key)


def _moment(value: Any, zone: ZoneInfo, place: str, is_end: bool) -> datetime:
    """A date is the whole day where the zone is; a moment is itself."""
    try:
        if not isinstance(value, str):
            raise ValueError
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            day = date.fromisoformat(value)
            _year(day.year)
            return _midnight(day + timedelta(days=is_end), zone)
        moment = datetime.fromisoformat(value)
        _year(moment.year)
    except (ValueError, OverflowError):
        fault = f"needs a day such as 2026-11-01 from {EARLIEST} to {LATEST}, or a moment such as 2026-11-01T18:00:00Z, as text"
        raise BadCriteria(place, fault) from None
    if moment.tzinfo is None:
        raise BadCriteria(place, "needs its own time zone, such as Z for UTC")
    return moment.astimezone(UTC)


def _year(year: int) -> None:
    if not EARLIEST <= year <= LATEST:
        raise ValueError(year)


def _period(value: Any, place: str) -> tuple[date, date]:
    """The first day of a year, quarter, month or week, and the first day after it."""
    found = _PERIOD.fullmatch(value) if isinstance(value, str) else None
    try:
        if found is None:
            raise ValueError
        year, quarter, week, month = (int(part) if part else 0 for part in found.groups())
        _year(year)
        if week:
            monday = date.fromisocalendar(year, week, 1)
            return monday, monday + timedelta(days=7)
        if found.group(4) or quarter:
            first = date(year, quarter * 3 - 2 if quarter else month, 1)
            return first, _months_on(first, 3 if quarter else 1)
        return date(year, 1, 1), date(year + 1, 1, 1)
    except ValueError:
        raise BadCriteria(place, "needs a year, quarter, month or week such as 2026, 2026-Q4, 2026-11 or 2026-W47") from None


def _months_on(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _months(value: Any, place: str) -> tuple[int, ...]:
    items = value if isinstance(value, list) else [value]
    months = {whole(item, place, most=12) for item in items}
    if not 1 <= len(months) <= 11 or len(items) > 12:
        raise BadCriteria(place, "needs 1 to 11 different months, from 1 to 12")
    return tuple(sorted(months))


def _zone(value: Any, place: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError, AttributeError):
        raise BadCriteria(place, "needs the name of a time zone such as Africa/Nairobi") from None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
