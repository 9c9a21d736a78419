"""What stands around a campaign on its page: groups that carry it, calls and meetings, surveys, what was told of it, when it
rested, and whether it was somebody's idea. One statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from recognition.campaigns.models import Campaign, CampaignState
from recognition.database import among
from recognition.events.models import Event
from recognition.extensions import db
from recognition.identity.models import Group
from recognition.news.models import OUT, Announcement, AnnouncementText
from recognition.questions.models import Question
from recognition.surveys.models import CLOSED, OPEN, Survey

EVENTS, STATES, GROUPS, SURVEYS, NEWS = 6, 20, 50, 5, 8
_NEVER = sa.cast(sa.null(), Event.starts_at.type)


class Rest(NamedTuple):
    """It came to this state, and why."""

    state: str
    reason: str
    at: datetime


class Thing(NamedTuple):
    """`at`: when it was told; of a survey, until when it is open or was."""

    slug: str
    title: str
    at: datetime


class Meeting(NamedTuple):
    slug: str
    title: str
    starts_at: datetime


@dataclass(frozen=True)
class Around:
    """`events`: those to come first, the nearest before the others; `rests`, `news`, `surveys`: the newest first. `has_idea`:
    it grew from somebody's idea."""

    groups: Sequence[tuple[str, str]] = field(default=())
    events: Sequence[Meeting] = field(default=())
    rests: Sequence[Rest] = field(default=())
    surveys: Sequence[Thing] = field(default=())
    news: Sequence[Thing] = field(default=())
    has_idea: bool = False


def around(campaign: Campaign, now: datetime) -> Around:
    slugs = [item.slug for item in campaign.items if item.kind == "group"]
    groups = sa.select(sa.literal("group").label("sort"), Group.slug.label("name"), Group.name.label("words"), _NEVER.label("at"))
    events = sa.select(sa.literal("event"), Event.slug, Event.title, Event.starts_at)
    states = sa.select(sa.literal("state"), CampaignState.state, CampaignState.reason, CampaignState.at)
    ideas = sa.select(sa.literal("idea"), Question.sort, Question.title, _NEVER)
    surveys = sa.select(sa.literal("survey"), Survey.slug, Survey.title, Survey.closes_at)
    first = sa.and_(AnnouncementText.announcement_id == Announcement.id, AnnouncementText.position == 0)
    news = sa.select(sa.literal("news"), Announcement.slug, AnnouncementText.title, Announcement.out_at)
    news = news.join(AnnouncementText, first).where(Announcement.state == OUT, Announcement.is_public)
    lists = (
        groups.where(among(Group.slug, slugs)).order_by(Group.name).limit(GROUPS),
        events.where(Event.campaign == campaign.slug, Event.state == "planned")
        .order_by(Event.ends_at <= now, Event.starts_at, Event.id).limit(EVENTS),
        states.where(CampaignState.campaign_id == campaign.id, CampaignState.reason != "", sa.literal(campaign.state) != "draft")
        .order_by(CampaignState.id.desc()).limit(STATES),
        surveys.where(Survey.campaign == campaign.slug, Survey.state.in_((OPEN, CLOSED)))
        .order_by(Survey.id.desc()).limit(SURVEYS),
        news.where(Announcement.about_ref == f"campaign:{campaign.slug}").order_by(Announcement.out_at.desc()).limit(NEWS),
        ideas.where(Question.campaign == campaign.slug, Question.sort == "idea", Question.state == "answered").limit(1),
    )  # fmt: skip
    rows = db.session.execute(sa.union_all(*(sa.select(one.subquery()) for one in lists))).all()
    met = [Meeting(row.name, row.words, row.at) for row in rows if row.sort == "event"]
    rested = [Rest(row.name, row.words, row.at) for row in rows if row.sort == "state"]
    asked = [Thing(row.name, row.words, row.at) for row in rows if row.sort == "survey"]
    told = [Thing(row.name, row.words, row.at) for row in rows if row.sort == "news"]
    return Around(
        sorted(((row.name, row.words) for row in rows if row.sort == "group"), key=lambda one: one[1]),
        sorted(met, key=lambda one: (one.starts_at <= now, one.starts_at)),
        sorted(rested, key=lambda one: one.at, reverse=True),
        sorted(asked, key=lambda one: one.at, reverse=True),
        sorted(told, key=lambda one: one.at, reverse=True),
        any(row.sort == "idea" for row in rows),
    )
