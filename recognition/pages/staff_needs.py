"""What a community needs, gathered for its staff from what every member may read: of the groups and campaigns that the reader
follows, and of the whole house. Nothing of votes, surveys or private words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from recognition.activities.followed import Span, heard
from recognition.activities.queries import Deed, recent_deeds
from recognition.announcements.following import CAMPAIGN, GROUP, TAG
from recognition.campaigns.models import Campaign, CampaignItem
from recognition.database import among
from recognition.events.models import Event
from recognition.extensions import db
from recognition.identity.models import Group, Member
from recognition.news.models import Announcement
from recognition.news.queries import archive
from recognition.objectives.models import KeyResult, Milestone, Objective
from recognition.questions import queries as questions
from recognition.questions.rules import OPEN, QUESTION
from recognition.roles import queries as roles
from recognition.roles.holding import GROUP as HELD_BY_GROUP
from recognition.roles.holding import TEAM as HELD_BY_TEAM
from recognition.roles.queries import Reading

HELP, EVENTS, PLANS, QUESTIONS, PLACES, DIGESTS = 12, 6, 6, 6, 12, 3
DEEDS_EACH, DEEDS, THINGS = 3, 6, 20
LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Scope:
    """Slugs and tags that the reader follows. `is_all`: of everything, since they follow none of these or asked for it."""

    groups: Sequence[str] = ()
    campaigns: Sequence[str] = ()
    tags: Sequence[str] = ()
    is_all: bool = True


@dataclass(frozen=True)
class Help:
    """A step of an objective whose owner would be glad of a hand."""

    title: str
    due_on: date | None
    slug: str
    of: str


@dataclass(frozen=True)
class Plan:
    slug: str
    title: str
    until: date | None


@dataclass(frozen=True)
class Meeting:
    slug: str
    title: str
    starts_at: datetime
    group: str


@dataclass(frozen=True)
class Needs:
    help: Sequence[Help]
    plans: Sequence[Plan]
    questions: Sequence[questions.Line]
    places: Sequence[Reading]
    events: Sequence[Meeting]
    digests: Sequence[Announcement]
    deeds: Sequence[Deed]


def needs(reader: Member, scope: Scope, now: datetime) -> Needs:
    campaigns = _campaigns(scope)
    return Needs(
        help=_help(scope, campaigns), plans=_plans(now.date()),
        questions=questions.listed(QUESTION, OPEN, reader, None, QUESTIONS).items, places=_places(reader, scope, now),
        events=_events(scope, campaigns, now), digests=archive("digest", size=DIGESTS).items, deeds=_deeds(reader, scope, now),
    )  # fmt: skip


def _campaigns(scope: Scope) -> list[str]:
    """Those that are followed, and those that a followed group carries."""
    if scope.is_all or not scope.groups:
        return list(scope.campaigns)
    carried = sa.select(Campaign.slug).join(CampaignItem, CampaignItem.campaign_id == Campaign.id)
    carried = carried.where(CampaignItem.kind == "group", among(CampaignItem.slug, scope.groups), Campaign.state != "draft")
    return sorted({*scope.campaigns, *db.session.scalars(carried.limit(THINGS))})


def _help(scope: Scope, campaigns: Sequence[str]) -> list[Help]:
    """An objective that is tied to no campaign is the whole house's."""
    wanted = sa.select(Milestone.title, Milestone.due_on, Objective.slug, Objective.title.label("of"))
    wanted = wanted.join(Objective, Objective.id == Milestone.objective_id)
    wanted = wanted.where(Milestone.wants_help, Milestone.done_at.is_(None), Objective.state == "running")
    if not scope.is_all:
        step = aliased(Milestone)  # any of its steps
        mine = [f"{CAMPAIGN}:{slug}" for slug in campaigns]
        measures = sa.exists().where(KeyResult.objective_id == Objective.id)
        closes = sa.exists().where(step.objective_id == Objective.id)
        is_mine = measures.where(among(KeyResult.source, mine)) | closes.where(among(step.closes, mine))
        is_any = f"{CAMPAIGN}:"
        is_tied = measures.where(KeyResult.source.startswith(is_any)) | closes.where(step.closes.startswith(is_any))
        wanted = wanted.where(is_mine | ~is_tied)
    order = (Milestone.due_on.is_(None), Milestone.due_on, Milestone.id)
    return [Help(*row) for row in db.session.execute(wanted.order_by(*order).limit(HELP))]


def _plans(today: date) -> list[Plan]:
    """Drafts that every member is asked about."""
    wanted = sa.select(Objective.slug, Objective.title, Objective.comments_until)
    wanted = wanted.where(Objective.state == "asking", Objective.comments_until >= today)
    return [Plan(*row) for row in db.session.execute(wanted.order_by(Objective.comments_until, Objective.id).limit(PLANS))]


def _places(reader: Member, scope: Scope, now: datetime) -> list[Reading]:
    """Roles with open places, without those of groups that are not followed."""
    of_groups = (HELD_BY_GROUP, HELD_BY_TEAM)
    kept = {f"{held_by}{slug}" for held_by in of_groups for slug in scope.groups}
    found = [one for one in roles.listed(reader, now) if one.is_open and not one.is_held]
    mine = [one for one in found if scope.is_all or one.role.held_by in kept or not one.role.held_by.startswith(of_groups)]
    return mine[:PLACES]


def _events(scope: Scope, campaigns: Sequence[str], now: datetime) -> list[Meeting]:
    wanted = sa.select(Event.slug, Event.title, Event.starts_at, sa.func.coalesce(Group.name, ""))
    wanted = wanted.outerjoin(Group, Group.id == Event.group_id).where(Event.state == "planned", Event.starts_at > now)
    if not scope.is_all:
        of_house = sa.and_(Event.group_id.is_(None), Event.campaign.is_(None))
        wanted = wanted.where(sa.or_(of_house, among(Group.slug, scope.groups), among(Event.campaign, campaigns)))
    return [Meeting(*row) for row in db.session.execute(wanted.order_by(Event.starts_at, Event.id).limit(EVENTS))]


def _deeds(reader: Member, scope: Scope, now: datetime) -> Sequence[Deed]:
    """What people did lately, campaign or not, each deed once, the newest first."""
    if scope.is_all:
        return recent_deeds(reader, DEEDS)
    asked = {GROUP: scope.groups, CAMPAIGN: scope.campaigns, TAG: scope.tags}
    told = heard(reader, asked, Span(now - LATELY, now), DEEDS_EACH)
    found = {deed.id: deed for one in told for deed in one.deeds}
    return sorted(found.values(), key=lambda deed: (deed.occurred_at, deed.id), reverse=True)[:DEEDS]
