"""Announcements and channels as other parts of the program make them."""

from datetime import UTC, datetime
from typing import Any

from recognition.extensions import db
from recognition.news.models import Announcement, Channel
from recognition.news.rules import NewsSpec, Text
from recognition.news.sealing import seal
from recognition.news.services import moving, writing

WRITTEN = datetime(2026, 11, 20, 12, tzinfo=UTC)


def make_spec(title: str = "A morning for the garden", body: str = "Bring **gloves**.", **changes: Any) -> NewsSpec:
    return NewsSpec(changes.pop("texts", (Text("en", title, body),)), **changes)


def make_draft(
    title: str = "A morning for the garden", now: datetime = WRITTEN, author_id: int | None = None, **changes: Any
) -> Announcement:
    one = writing.create(make_spec(title, **changes), now, author_id)
    db.session.commit()
    return one


def make_out(
    title: str = "A morning for the garden", now: datetime = WRITTEN, author_id: int | None = None, **changes: Any
) -> Announcement:
    """Out at `now`; its members are still to be told, its channels to be sent to."""
    one = make_draft(title, now, author_id, **changes)
    moving.plan(one.slug, now, author_id)
    db.session.commit()
    assert moving.go_out(one.id, now)
    db.session.commit()
    return one


def make_channel(slug: str = "forum", adapter: str = "forum", secret: str = "", **changes: Any) -> Channel:
    values: dict[str, Any] = {"name": slug.title(), "state": "on", "created_at": WRITTEN, "config": {}, **changes}
    one = Channel(slug=slug, adapter=adapter, sealed=seal(secret), **values)
    db.session.add(one)
    db.session.commit()
    return one
