"""What changed since the last time, from data: for the agenda of calls that repeat."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.campaigns.models import Campaign
from recognition.contests.models.contest import Contest
from recognition.events.models import Event
from recognition.events.queries import before_it
from recognition.extensions import db
from recognition.news.models import OUT, Announcement, AnnouncementText
from recognition.objectives.models import Milestone, Objective
from recognition.surveys.models import Survey

EACH_MAX = 6


@dataclass(frozen=True)
class Point:
    at: datetime
    words: str
    title: str
    path: str


def since_last_time(event: Event, now: datetime) -> tuple[datetime | None, list[Point]]:
    """From the end of the event before it in its series until this one, or until now. Nothing for one that stands alone."""
    last = before_it(event)
    if last is None:
        return None, []
    until = min(event.starts_at, now)
    found = [point for words, path, wanted, at in _asked() for point in _points(words, path, wanted, at, last.ends_at, until)]
    return last.ends_at, sorted(found, key=lambda point: point.at)


def _asked() -> list[tuple[str, str, Any, Any]]:
    first = sa.and_(AnnouncementText.announcement_id == Announcement.id, AnnouncementText.position == 0)
    shown = Campaign.state != "draft"
    return [
        (_("Campaign began"), "/campaigns/", sa.select(Campaign.slug, Campaign.title, Campaign.starts_at).where(shown),
         Campaign.starts_at),
        (_("Campaign ended"), "/campaigns/", sa.select(Campaign.slug, Campaign.title, Campaign.ends_at).where(shown),
         Campaign.ends_at),
        (_("Contest opened"), "/contests/", sa.select(Contest.slug, Contest.title, Contest.entries_from)
         .where(Contest.state == "published"), Contest.entries_from),
        (_("Survey closed"), "/surveys/", sa.select(Survey.slug, Survey.title, Survey.result_at), Survey.result_at),
        (_("News"), "/news/", sa.select(Announcement.slug, AnnouncementText.title, Announcement.out_at)
         .join(AnnouncementText, first).where(Announcement.state == OUT, Announcement.is_public), Announcement.out_at),
        (_("Milestone reached"), "/objectives/", sa.select(Objective.slug, Milestone.title, Milestone.done_at)
         .join(Objective, Objective.id == Milestone.objective_id).where(Objective.state.not_in(("draft", "asking"))),
         Milestone.done_at),
    ]  # fmt: skip


def _points(words: str, path: str, wanted: Any, at: Any, since: datetime, until: datetime) -> list[Point]:
    rows = db.session.execute(wanted.where(at >= since, at < until).order_by(at.desc()).limit(EACH_MAX))
    return [Point(row[2], words, row[1], path + row[0]) for row in rows]
