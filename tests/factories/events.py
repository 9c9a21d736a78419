"""Events."""

from datetime import UTC, datetime, timedelta
from typing import Any

from recognition.events.models import Coming, Event
from recognition.extensions import db

STARTS = datetime(2026, 12, 3, 18, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def make_event(slug: str = "call", **changes: Any) -> Event:
    """Twelve days ahead, for an hour, online."""
    starts = changes.pop("starts_at", STARTS)
    values: dict[str, Any] = {"title": slug.title(), "ends_at": starts + timedelta(hours=1), "created_at": NOW, "changed_at": NOW,
                              "url": "https://meet.example/room",
                              "published_at": None if changes.get("state") == "draft" else NOW, **changes}  # fmt: skip
    event = Event(slug=slug, starts_at=starts, **values)
    db.session.add(event)
    db.session.flush()
    return event


def make_coming(event: Event, member_id: int, answer: str = "yes", **changes: Any) -> Coming:
    row = Coming(event_id=event.id, member_id=member_id, answer=answer, **{"at": NOW, "shows": True, **changes})
    db.session.add(row)
    event.coming_count = (event.coming_count or 0) + (answer == "yes")
    db.session.flush()
    return row
