"""Reads of campaigns. Drafts are shown to the council only."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain, count

import sqlalchemy as sa

from recognition.campaigns.models import Campaign, CampaignMember, CampaignReached
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

OWNED_MAX = 500


def campaign_by_slug(slug: str, drafts: bool = False) -> Campaign | None:
    wanted = sa.select(Campaign).where(Campaign.slug == slug)
    if not drafts:
        wanted = wanted.where(Campaign.state != "draft")
    return db.session.scalar(wanted)


def campaigns_titled(title: str) -> Sequence[Campaign]:
    return db.session.scalars(sa.select(Campaign).where(Campaign.title == title).order_by(Campaign.id).limit(50)).all()


def drafts_from(idea_id: int) -> Sequence[Campaign]:
    """What the council has begun to make of an idea, the newest first."""
    wanted = sa.select(Campaign).where(Campaign.idea_id == idea_id, Campaign.state == "draft")
    return db.session.scalars(wanted.order_by(Campaign.id.desc()).limit(5)).all()


def free_slug(wanted: str) -> str:
    """`wanted`, or with the first number after it that is free."""
    alike = sa.select(Campaign.slug).where(
        sa.or_(Campaign.slug == wanted, Campaign.slug.startswith(f"{wanted}-", autoescape=True))
    )
    taken = set(db.session.scalars(alike))
    numbered = (f"{wanted}-{number}" for number in count(2))
    return next(slug for slug in chain([wanted], numbered) if slug not in taken)


def campaigns_page(cursor: str | None, drafts: bool = False, size: int = PAGE_SIZE) -> Page[Campaign]:
    """Newest start first."""
    wanted = sa.select(Campaign).order_by(Campaign.id.desc()).limit(size + 1)
    if not drafts:
        wanted = wanted.where(Campaign.state != "draft")
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Campaign.id < last[0])
    return page(db.session.scalars(wanted).all(), size, lambda c: [c.id])


def owned_by(member_id: int) -> set[str]:
    """By slug, the newest few hundred."""
    mine = sa.select(Campaign.slug).where(Campaign.owner_id == member_id).order_by(Campaign.id.desc())
    return set(db.session.scalars(mine.limit(OWNED_MAX)))


def _runs(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (Campaign.state == "published", Campaign.starts_at <= now, Campaign.ends_at > now)


def running_for(member_id: int, now: datetime, size: int = 3) -> list[tuple[Campaign, bool]]:
    """The first of the running campaigns, and whether this member has joined each: those first, then by their end."""
    near = near_first(member_id, now, size)
    order = (near.c.mine.desc(), Campaign.ends_at, Campaign.id)
    rows = db.session.execute(sa.select(Campaign, near.c.mine).join(near, near.c.id == Campaign.id).order_by(*order))
    return [(row[0], bool(row[1])) for row in rows]


def near_first(member_id: int, now: datetime, size: int) -> sa.Subquery:
    """`id` and `mine` of the first running campaigns, as `running_for` tells them."""
    mine = sa.exists().where(CampaignMember.campaign_id == Campaign.id, CampaignMember.member_id == member_id)
    order = (mine.desc(), Campaign.ends_at, Campaign.id)
    return sa.select(Campaign.id, mine.label("mine")).where(*_runs(now)).order_by(*order).limit(size).subquery()


def with_goals(now: datetime) -> Sequence[Campaign]:
    """Campaigns whose goal the drain still counts."""
    counted = (Campaign.state == "published", Campaign.ends_at > now, Campaign.goal_criteria.is_not(None))
    return db.session.scalars(sa.select(Campaign).where(*counted).order_by(Campaign.id)).all()


WITH_GOALS = "SELECT 1 FROM campaign WHERE state = 'published' AND ends_at > :now AND goal_criteria IS NOT NULL"
"""`with_goals`, as every deed asks whether there is any."""


def has_joined(campaign_id: int, member_id: int) -> bool:
    return db.session.get(CampaignMember, (campaign_id, member_id)) is not None


def joined_members(campaign_id: int, limit: int = 12) -> Sequence[Member]:
    """The newest who joined and may be shown."""
    wanted = (
        sa.select(Member)
        .join(CampaignMember, CampaignMember.member_id == Member.id)
        .where(CampaignMember.campaign_id == campaign_id, Member.state != "suspended")
        .order_by(CampaignMember.joined_at.desc(), Member.id)
        .limit(limit)
    )
    return db.session.scalars(wanted).all()


def reached_among(campaign_id: int, members: Iterable[int]) -> set[int]:
    wanted = sa.select(CampaignReached.member_id).where(CampaignReached.campaign_id == campaign_id)
    return set(db.session.scalars(wanted.where(among(CampaignReached.member_id, members))))


def titles(slugs: Iterable[str]) -> dict[str, str]:
    """Those that everybody may read: what a draft is called stays with the council."""
    found = sa.select(Campaign.slug, Campaign.title).where(among(Campaign.slug, slugs), Campaign.state != "draft")
    return {row.slug: row.title for row in db.session.execute(found)}


def spans(slugs: Iterable[str]) -> dict[str, tuple[datetime, datetime]]:
    """The first moment of each campaign and the first one after it. Drafts have no time yet."""
    wanted = sa.select(Campaign.slug, Campaign.starts_at, Campaign.ends_at)
    known = wanted.where(among(Campaign.slug, slugs), Campaign.state != "draft")
    return {slug: (starts, ends) for slug, starts, ends in db.session.execute(known)}
