"""Events as iCalendar (RFC 5545), with whole addresses, in UTC."""

from collections.abc import Iterable
from urllib.parse import urlsplit

import icalendar

from recognition.events.models import Event
from recognition.events.rules import CALLED_OFF
from recognition.text import shown_only


def calendar(events: Iterable[Event], title: str, home: str) -> bytes:
    """`home`: the site's own address, without a path. A change has a higher SEQUENCE, so that calendars follow it."""
    found = icalendar.Calendar()
    for name, value in {"prodid": "-//Recognition//Events//EN", "version": "2.0", "x-wr-calname": shown_only(title)}.items():
        found.add(name, value)
    host = urlsplit(home).hostname or "recognition"
    for event in events:
        found.add_component(_one(event, home, host))
    return bytes(found.to_ical())


def _one(event: Event, home: str, host: str) -> icalendar.Event:
    one = icalendar.Event()
    page = f"{home}/events/{event.slug}"
    one.add("uid", f"event-{event.id}@{host}")
    one.add("sequence", event.revision)
    one.add("dtstamp", event.changed_at)
    one.add("dtstart", event.starts_at)
    one.add("dtend", event.ends_at)
    one.add("summary", shown_only(event.title))
    one.add("description", "\n\n".join(part for part in (shown_only(event.about), event.url, page) if part))
    one.add("url", page)
    one.add("status", "CANCELLED" if event.state == CALLED_OFF else "CONFIRMED")
    if event.place:
        one.add("location", shown_only(event.place))
    if event.topic:
        one.add("categories", [event.topic])
    return one
