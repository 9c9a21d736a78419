"""What belongs to an objective: the things that measure or close a part of it, what belongs to its campaigns, the idea that
each of these came from, and what was told of any of them. One statement."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition.campaigns.models import Campaign
from recognition.campaigns.outcomes import end_of
from recognition.contests.models.contest import Contest
from recognition.database import among
from recognition.events.models import Event
from recognition.extensions import db
from recognition.news.models import OUT, Announcement, AnnouncementText
from recognition.questions.models import Question
from recognition.questions.rules import ANSWERED, IDEA
from recognition.surveys.models import Survey


class Thing(NamedTuple):
    """When it began, was out, or was over: `sort` is idea, campaign, over (a campaign's end), event, contest, survey or
    announcement; `kind` what it is. `who_id`: of an idea, whose it was."""

    sort: str
    kind: str
    slug: str
    title: str
    at: datetime
    who_id: int | None


def things(refs: Collection[str], before: datetime, limit: int) -> list[Thing]:
    """`refs` name what measures and closes. The newest of each sort before that moment, so many at most."""
    if not any(refs):
        return []
    lists = [_list(*asked, before, limit) for asked in _asked(refs)]
    rows = db.session.execute(sa.union_all(*(sa.select(one.subquery()) for one in lists)))
    return [Thing(*row) for row in rows]


def _list(sort: str, kind: str, wanted: Any, slug: Any, title: Any, at: Any, who: Any, before: datetime, limit: int) -> Any:
    columns = (sa.literal(sort).label("sort"), sa.literal(kind).label("kind"), slug.label("slug"), title.label("title"),
               at.label("at"), who.label("who_id"))  # fmt: skip
    return wanted.with_only_columns(*columns).where(at < before).order_by(at.desc()).limit(limit)


def _asked(refs: Collection[str]) -> list[tuple[str, str, Any, Any, Any, Any, Any]]:
    campaigns, nobody = _slugs(refs, "campaign"), sa.cast(sa.null(), Question.author_id.type)
    shown = sa.select(Campaign).where(among(Campaign.slug, campaigns), Campaign.state != "draft")
    met = sa.select(Event).where(_of(Event, refs, "event", campaigns), Event.state == "planned")
    drew = sa.select(Contest).where(_of(Contest, refs, "contest", campaigns), Contest.published_at.is_not(None))
    asked = sa.select(Survey).where(_of(Survey, refs, "survey", campaigns), Survey.result_at.is_not(None))
    ideas = sa.select(Question).where(
        among(Question.campaign, campaigns), Question.sort == IDEA, Question.state == ANSWERED
    )  # fmt: skip
    first = sa.and_(AnnouncementText.announcement_id == Announcement.id, AnnouncementText.position == 0)
    about = sa.or_(
        among(Announcement.slug, _slugs(refs, "announcement")), among(Announcement.about_ref, sorted({*refs} - {""})),
        *(Announcement.about_ref.in_(sa.select(sa.literal(f"{kind}:") + model.slug).where(among(model.campaign, campaigns)))
          for kind, model in (("event", Event), ("survey", Survey))),
    )  # fmt: skip
    told = sa.select(Announcement).join(AnnouncementText, first).where(about, Announcement.state == OUT, Announcement.is_public)
    return [
        ("idea", "question", ideas, sa.cast(Question.id, sa.String), Question.title, Question.asked_at, Question.author_id),
        ("campaign", "campaign", shown, Campaign.slug, Campaign.title, Campaign.starts_at, nobody),
        ("over", "campaign", shown, Campaign.slug, Campaign.title, end_of(), nobody),
        ("event", "event", met, Event.slug, Event.title, Event.starts_at, nobody),
        ("contest", "contest", drew, Contest.slug, Contest.title, Contest.entries_from, nobody),
        ("survey", "survey", asked, Survey.slug, Survey.title, Survey.result_at, nobody),
        ("announcement", "announcement", told, Announcement.slug, AnnouncementText.title, Announcement.out_at, nobody),
    ]


def _slugs(refs: Collection[str], kind: str) -> list[str]:
    return sorted(ref.partition(":")[2] for ref in refs if ref.startswith(f"{kind}:"))


def _of(model: Any, refs: Collection[str], kind: str, campaigns: Collection[str]) -> sa.ColumnElement[bool]:
    """Named itself, or a part of one of these campaigns."""
    return sa.or_(among(model.slug, _slugs(refs, kind)), among(model.campaign, campaigns))
