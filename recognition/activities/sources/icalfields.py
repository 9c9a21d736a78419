"""What stands in a calendar, read so that nothing in it raises: the library keeps a broken property, and raises whatever is
asked of it later."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from icalendar import Calendar
from icalendar.prop import vBroken

from recognition.activities.sources.seen import Malformed, TooLarge

MAX_BYTES = 2 * 1024 * 1024
_COMPONENTS_MAX, _DEPTH_MAX = 10_000, 4


def parsed(body: bytes) -> list[Any]:
    if len(body) > MAX_BYTES:
        raise TooLarge("The calendar is larger than 2 MiB.")
    text = "\r\n".join(_lines(body.decode("utf-8-sig", "replace")))
    try:
        found = Calendar.from_ical(text + "\r\n", multiple=True)
    except Exception as fault:  # whatever the library stumbles over is not a calendar
        raise Malformed("This is not a calendar that we can read.") from fault
    calendars = [one for one in found if one.name == "VCALENDAR"]
    if not calendars:
        raise Malformed("This is not a calendar that we can read.")
    for calendar in calendars:
        for component in calendar.walk():
            _without_broken(component)
    return calendars


def _without_broken(component: Any) -> None:
    for name in list(component):
        found = component[name]
        kept = [one for one in (found if isinstance(found, list) else [found]) if not isinstance(one, vBroken)]
        if not kept:
            del component[name]
        elif isinstance(found, list):
            component[name] = kept


def _lines(text: str) -> Iterator[str]:
    """Unfolded, without time zones, and not nested deeper than a calendar is."""
    unfolded = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n ", "").replace("\n\t", "")
    depth = components = 0
    in_zone = False
    for line in filter(None, unfolded.split("\n")):
        word = line[:5].upper()
        about_zone = word.startswith(("BEGIN", "END")) and "VTIMEZONE" in line.upper()
        if about_zone or in_zone:
            in_zone = word == "BEGIN" if about_zone else True
            continue
        if word == "BEGIN":
            depth, components = depth + 1, components + 1
        elif word.startswith("END"):
            depth -= 1
        if depth > _DEPTH_MAX or components > _COMPONENTS_MAX:
            raise TooLarge("The calendar holds more than we can take at once.")
        yield line


def start_of(event: Any, name: str) -> date | None:
    """A date or a datetime."""
    found = event.get(name)
    try:
        value = found[0].dt if isinstance(found, list) else found.dt
    except Exception:  # as above
        return None
    return value if isinstance(value, date) else None


def names_of(event: Any, name: str) -> set[str]:
    return {name_of(one) for one in dates(event, name)}


def dates(event: Any, name: str) -> set[date]:
    found = set()
    for part in values(event, name):
        try:
            listed = [one.dt for one in part.dts]
        except Exception:  # noqa: S112  as above
            continue
        found |= {one[0] if isinstance(one, tuple) else one for one in listed}
    return {one for one in found if isinstance(one, date)}


def values(event: Any, name: str) -> list[Any]:
    found = event.get(name, [])
    return [one for one in (found if isinstance(found, list) else [found]) if hasattr(one, "params")]


def categories(event: Any) -> Iterator[str]:
    for part in values(event, "CATEGORIES"):
        yield from (str(one) for one in getattr(part, "cats", ()))


def text_of(event: Any, name: str) -> str:
    found = event.get(name, "")
    try:
        return str(found[0] if isinstance(found, list) and found else found)[:4000] if found else ""
    except Exception:  # as above
        return ""


def day_of(one: date) -> date:
    return one.date() if isinstance(one, datetime) else one


def moment(one: date | None) -> datetime | None:
    """Of a whole day its noon; a time without a zone is taken as it stands."""
    if one is None:
        return None
    if not isinstance(one, datetime):
        return datetime.combine(one, time(12), UTC)
    try:
        return one.replace(tzinfo=UTC) if one.tzinfo is None else one.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def name_of(one: date) -> str:
    """The same for the same instance, in whatever zone it is written."""
    found = moment(one) if isinstance(one, datetime) else None
    return found.strftime("%Y%m%dT%H%M%SZ") if found else day_of(one).strftime("%Y%m%d")
