"""iCalendar: events that are over are deeds of who was there. In a calendar of one's own that is its owner; in one of a group
it is everybody who said yes to the invitation, by their mail address, and who invited.

Time zones that a calendar defines by itself are left aside: working one out may take for ever, and the library would keep it
for everybody's calendars. Zones are known by their name, and a deed is told by its day."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from recognition.activities.sources import repeating
from recognition.activities.sources.icalfields import (
    categories,
    dates,
    day_of,
    moment,
    name_of,
    names_of,
    parsed,
    start_of,
    text_of,
    values,
)
from recognition.activities.sources.looked import Looked, document_of, host_of, moment_of, plain
from recognition.activities.sources.repeating import Rule
from recognition.activities.sources.seen import MAIL, Doer, Seen, TooLarge, key_of

NAME = "ical"
THERE, INVITED = "Attended an event", "Organized an event"
WINDOW = timedelta(days=400)
INSTANCES_MAX, SEEN_MAX = 1000, 10_000
_DAYS_MAX = 1_000_000
_NOT_THERE = {"DECLINED", "TENTATIVE", "NEEDS-ACTION", "DELEGATED"}
_PEOPLE = {"", "INDIVIDUAL"}
_WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_FOLLOWED = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYDAY", "BYSETPOS", "WKST"}
_TEXT_MAX_CHARS = 500


@dataclass(frozen=True)
class _Instance:
    """`name` tells it from the others of its event, also once it has been moved."""

    name: str
    occurred_at: datetime


def read(body: bytes, address: str, now: datetime, own: bool) -> Looked:
    """`own`: the calendar is its owner's alone, whoever is invited. Raises Malformed and TooLarge."""
    calendars = parsed(body)
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    place, host = document_of(address), host_of(address)
    moved = _moved(events)
    told: dict[str, Seen] = {}
    left_out, walked = 0, 0
    for event in events:
        rule = _rule(event)
        walked += _cost(rule, event, now)
        if walked > _DAYS_MAX:
            raise TooLarge("The calendar repeats more than we can follow.")
        found = list(_instances(event, rule, moved, now))
        left_out += not found
        for instance in found:
            people = [(Doer(host, ""), THERE, False, "")] if own else list(_people(event))
            for doer, kind, away, name in people:
                one = _seen(event, instance, doer, kind, away, key_of(place, text_of(event, "UID"), instance.name, *name.split()))
                told[one.source_key] = one
        if len(told) > SEEN_MAX:
            raise TooLarge("The calendar holds more than we can take at once.")
    return Looked(tuple(told.values()), _title(calendars), _about(calendars, events), "", left_out)


def _moved(events: Iterable[Any]) -> dict[str, set[str]]:
    """By event, the instances that stand in a row of their own."""
    moved: dict[str, set[str]] = {}
    for event in events:
        if (instance := start_of(event, "RECURRENCE-ID")) is not None:
            moved.setdefault(text_of(event, "UID"), set()).add(name_of(instance))
    return moved


def _instances(event: Any, rule: Rule | None, moved: dict[str, set[str]], now: datetime) -> Iterator[_Instance]:
    """What began within the window and is over."""
    start = start_of(event, "DTSTART")
    uid = text_of(event, "UID")
    if start is None or not uid:
        return
    lasts = _lasting(event, start)
    replaced = start_of(event, "RECURRENCE-ID")
    skipped = set() if replaced is not None else names_of(event, "EXDATE") | moved.get(uid, set())
    starts = [start] if replaced is not None else _starts(event, rule, start, now)
    count = 0
    for one in starts:
        begun = moment(one)
        if begun is None or name_of(one) in skipped or not lasts <= now - begun <= WINDOW:
            continue
        count += 1
        if count > INSTANCES_MAX:
            raise TooLarge("An event of the calendar repeats more often than we can take.")
        occurred_at = moment_of(one, now)
        if occurred_at is not None:
            yield _Instance(name_of(replaced if replaced is not None else one), occurred_at)


def _starts(event: Any, rule: Rule | None, start: date, now: datetime) -> list[date]:
    """An event on a whole day is a date, one with a time a datetime; so are all of its repetitions."""
    found = {start} | dates(event, "RDATE")
    if rule is not None:
        for day in repeating.days(rule, day_of(start), *_window(now)):
            one = datetime.combine(day, start.timetz()) if isinstance(start, datetime) else day
            if not _is_late(one, event):
                found.add(one)
    return sorted(found, key=lambda one: moment(one) or now)


def _window(now: datetime) -> tuple[date, date]:
    return (now - WINDOW - timedelta(days=1)).date(), (now + timedelta(days=1)).date()


def _cost(rule: Rule | None, event: Any, now: datetime) -> int:
    start = start_of(event, "DTSTART")
    return repeating.walked_days(rule, day_of(start), *_window(now)) if rule is not None and start is not None else 0


def _rule(event: Any) -> Rule | None:
    """None: it happens once, or in a way that we do not follow."""
    found = event.get("RRULE")
    try:
        parts: dict[str, list[Any]] = {name.upper(): values for name, values in dict(found).items()} if found else {}
        frequency = str(parts["FREQ"][0]) if "FREQ" in parts else ""
        if frequency not in (repeating.DAILY, repeating.WEEKLY, repeating.MONTHLY, repeating.YEARLY) or set(parts) - _FOLLOWED:
            return None
        until = parts.get("UNTIL", [None])[0]
        return Rule(
            frequency=frequency,
            interval=max(1, int(parts.get("INTERVAL", [1])[0])),
            count=int(parts["COUNT"][0]) if "COUNT" in parts else None,
            until=None if until is None else day_of(until),
            months=_numbers(parts, "BYMONTH"),
            month_days=_numbers(parts, "BYMONTHDAY"),
            year_days=_numbers(parts, "BYYEARDAY"),
            weekdays=tuple(map(_weekday, parts.get("BYDAY", ()))),
            positions=_numbers(parts, "BYSETPOS"),
            week_starts=_WEEKDAYS[str(parts.get("WKST", ["MO"])[0])],
        )
    except Exception:  # a broken property of the library raises whatever is asked of it
        return None


def _numbers(parts: dict[str, list[Any]], name: str) -> tuple[int, ...]:
    return tuple(int(value) for value in parts.get(name, ()))


def _weekday(value: object) -> tuple[int, int]:
    """ "-1FR" is the last Friday."""
    text = str(value).upper()
    return int(text[:-2] or 0), _WEEKDAYS[text[-2:]]


def _is_late(one: date, event: Any) -> bool:
    until = dict(event["RRULE"]).get("UNTIL", [None])[0]
    if isinstance(until, datetime) and isinstance(one, datetime):
        ends, begins = moment(until), moment(one)
        return ends is not None and begins is not None and begins > ends
    return until is not None and day_of(one) > day_of(until)


def _people(event: Any) -> Iterator[tuple[Doer, str, bool, str]]:
    """Who they are, what they did, whether they were not there after all, and their part of the key."""
    told = set()
    for role, kind in (("ORGANIZER", INVITED), ("ATTENDEE", THERE)):
        for one in values(event, role):
            said = {name: str(one.params.get(name, "")).upper() for name in ("PARTSTAT", "CUTYPE")}
            address = str(one).strip()
            mail = address[7:].strip().lower() if address[:7].lower() == "mailto:" else ""
            if "@" not in mail or mail in told or said["CUTYPE"] not in _PEOPLE:
                continue
            told.add(mail)
            name = hashlib.blake2b(mail.encode("utf-8", "replace"), digest_size=8).hexdigest()
            yield Doer(MAIL, mail[:200]), kind, role == "ATTENDEE" and said["PARTSTAT"] in _NOT_THERE, name


def _seen(event: Any, instance: _Instance, doer: Doer, kind: str, away: bool, key: str) -> Seen:
    off = text_of(event, "STATUS").upper() == "CANCELLED" or text_of(event, "CLASS").upper() in ("PRIVATE", "CONFIDENTIAL")
    changed_at = moment(start_of(event, "LAST-MODIFIED")) or moment(start_of(event, "DTSTAMP")) or instance.occurred_at
    url = text_of(event, "URL")
    return Seen(
        account=doer,
        source_key=key,
        occurred_at=instance.occurred_at,
        version_at=changed_at,
        kind_label=kind,
        text="" if off else plain(text_of(event, "SUMMARY"))[:_TEXT_MAX_CHARS],
        url=url if url.startswith(("https://", "http://")) and not off else None,
        tags=() if off else tuple(categories(event))[:20],
        gone=away or off,
    )


def _title(calendars: Iterable[Any]) -> str:
    names = (text_of(one, name) for one in calendars for name in ("X-WR-CALNAME", "NAME"))
    return plain(next(filter(None, names), ""))[:200]


def _about(calendars: Iterable[Any], events: Iterable[Any]) -> str:
    """An event to which somebody invited may have been put there by whoever invites; the others are the owner's."""
    words = [text_of(one, name) for one in calendars for name in ("X-WR-CALNAME", "NAME", "X-WR-CALDESC", "DESCRIPTION")]
    own = [event for event in events if "ORGANIZER" not in event and "ATTENDEE" not in event]
    return " ".join(plain(word) for word in [*words, *(text_of(event, "SUMMARY") for event in own)] if word)


def _lasting(event: Any, start: date) -> timedelta:
    """Never less than nothing."""
    end, begun = moment(start_of(event, "DTEND")), moment(start)
    if end is not None and begun is not None:
        return max(timedelta(0), end - begun)
    found = getattr(event.get("DURATION"), "dt", None)
    if isinstance(found, timedelta):
        return max(timedelta(0), found)
    return timedelta(0) if isinstance(start, datetime) else timedelta(hours=12)
