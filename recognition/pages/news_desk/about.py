"""What an announcement can be about: campaigns, events and surveys that lie ahead or run, each with when it begins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.campaigns.models import Campaign
from recognition.events.models import Event
from recognition.extensions import db
from recognition.news.rules import LEAD_DAYS
from recognition.surveys.models import Survey

CHOICES_MAX = 60


@dataclass(frozen=True)
class Subject:
    """`ref` as in "campaign:draw-mdm"; `line`: a sentence to begin with, where the thing has one; told less than `lead_days`
    before it begins, it is short notice."""

    ref: str
    title: str
    path: str
    begins: datetime
    line: str = ""
    lead_days: int = LEAD_DAYS


_SORTS: dict[str, tuple[Any, Any, Any, Any]] = {
    "campaign": (Campaign, Campaign.starts_at, Campaign.ends_at, Campaign.state.in_(("published", "paused", "draft"))),
    "event": (Event, Event.starts_at, Event.ends_at, Event.state == "planned"),
    "survey": (Survey, Survey.opens_at, Survey.closes_at, Survey.state.in_(("draft", "drawing", "open"))),
}


def subject(ref: str) -> Subject | None:
    sort, _colon, slug = ref.partition(":")
    if sort not in _SORTS:
        return None
    model, begins, _ends, _state = _SORTS[sort]
    row = db.session.execute(sa.select(model, begins).where(model.slug == slug)).one_or_none()
    return _made(sort, row[0], row[1]) if row is not None else None


def subjects(now: datetime) -> list[Subject]:
    """To choose from, the next ones first."""
    found: list[Subject] = []
    for sort, (model, begins, ends, state) in _SORTS.items():
        wanted = sa.select(model, begins).where(state, ends > now).order_by(begins).limit(CHOICES_MAX)
        found += [_made(sort, row[0], row[1]) for row in db.session.execute(wanted)]
    return sorted(found, key=lambda one: one.begins)


def _made(sort: str, thing: Any, begins: datetime) -> Subject:
    line = {"campaign": "tagline", "event": "about", "survey": "intro"}[sort]
    return Subject(f"{sort}:{thing.slug}", thing.title, f"/{sort}s/{thing.slug}", begins, getattr(thing, line).strip(),
                   getattr(thing, "lead_days", LEAD_DAYS))  # fmt: skip
