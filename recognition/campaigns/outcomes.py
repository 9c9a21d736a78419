"""What came of a campaign, worked out from the log after its end: by a job, in a handful of statements, and again each day for
two months, since people go on. Only numbers are kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from recognition.activities.models import Activity, Kind
from recognition.activities.rules import INTERNAL_KINDS
from recognition.badges.models import Award, Badge
from recognition.campaigns.models import Campaign, CampaignMember, CampaignState
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs import ledger

FOLLOWED_DAYS = 60
EACH = timedelta(hours=23, minutes=30)
"""A day, with room for the half minutes between two looks."""


def due(now: datetime) -> Sequence[int]:
    """Those that are over and were never worked out, or ended lately and not today."""
    over = sa.or_(Campaign.state == "ended", sa.and_(Campaign.state.in_(("published", "paused")), Campaign.ends_at <= now))
    fresh = sa.and_(Campaign.outcome_at < now - EACH, end_of() > now - timedelta(days=FOLLOWED_DAYS + 1))
    wanted = sa.select(Campaign.id).where(over, sa.or_(Campaign.outcome_at.is_(None), fresh))
    return db.session.scalars(wanted.order_by(Campaign.id).limit(100)).all()


def end_of() -> sa.ColumnElement[datetime]:
    """The last day, or the moment at which somebody ended it before."""
    ended = sa.select(sa.func.max(CampaignState.at)).where(
        CampaignState.campaign_id == Campaign.id, CampaignState.state == "ended"
    )
    by_hand = ended.correlate(Campaign).scalar_subquery()
    end = sa.case((sa.and_(Campaign.state == "ended", by_hand < Campaign.ends_at), by_hand), else_=Campaign.ends_at)
    return sa.type_coerce(end, Campaign.ends_at.type)


def work_out_later(now: datetime) -> None:
    for campaign_id in due(now):
        ledger.defer("campaigns.work_out", dedupe_key=f"campaigns.work_out:{campaign_id}", campaign_id=campaign_id)


def work_out(campaign_id: int, now: datetime) -> bool:
    """False: it is not time."""
    if campaign_id not in due(now):
        return False
    campaign = db.session.get_one(Campaign, campaign_id)
    end: datetime = db.session.scalars(sa.select(end_of()).where(Campaign.id == campaign_id)).one()
    campaign.outcome, campaign.outcome_at = figures(campaign, end), now
    return True


def figures(campaign: Campaign, end: datetime) -> dict[str, Any]:
    """Numbers of people, but for `deeds` and `entries`. `people`: who joined or did something for it; `went_on`: those of
    them who later did something for another campaign, or in an area in which they had done nothing before."""
    started = _told(campaign).with_only_columns(sa.func.count(), sa.func.count(sa.distinct(Activity.member_id)))
    deeds, doers = db.session.execute(started).one()
    return {
        "joined": campaign.joined_count, "reached": campaign.reached_count if campaign.goal_criteria is not None else None,
        "deeds": deeds, "doers": doers, "first_timers": _first_timers(campaign), "people": _number(_people(campaign)),
        "went_on": _went_on(campaign, end), "entries": _facts(campaign, "contest.entered"),
        "quests": _quests(campaign), "badges": _badges(campaign),
    }  # fmt: skip


_LIVE = (Activity.withdrawn_at.is_(None), Activity.visibility != "me", Member.state != "suspended")
_DEED = Activity.kind.not_in(sorted(INTERNAL_KINDS))


def _told(campaign: Campaign) -> sa.Select[Any]:
    """Deeds that name it; nothing that somebody keeps to themselves."""
    joined = sa.select(Activity.member_id).join(Member, Member.id == Activity.member_id)
    return joined.where(Activity.campaign == campaign.slug, _DEED, *_LIVE)


def _number(people: sa.Select[Any] | sa.CompoundSelect[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(people.subquery())) or 0


def _first_timers(campaign: Campaign) -> int:
    """Those for whom it was the first time: no deed of theirs is older than the campaign."""
    before = aliased(Activity)
    older = sa.exists().where(before.member_id == Activity.member_id, before.occurred_at < campaign.starts_at,
                              before.withdrawn_at.is_(None), before.kind.not_in(sorted(INTERNAL_KINDS)))  # fmt: skip
    return _number(_told(campaign).where(~older).distinct())


def _people(campaign: Campaign) -> sa.CompoundSelect[Any]:
    joined = sa.select(CampaignMember.member_id).join(Member, Member.id == CampaignMember.member_id)
    return joined.where(CampaignMember.campaign_id == campaign.id, Member.state != "suspended").union(_told(campaign))


def _went_on(campaign: Campaign, end: datetime) -> int:
    people = _people(campaign).subquery()
    later, earlier, kind, old_kind = aliased(Activity), aliased(Activity), aliased(Kind), aliased(Kind)
    known = (
        sa.select(sa.literal(1))
        .join_from(earlier, old_kind, old_kind.slug == earlier.kind)
        .where(earlier.member_id == later.member_id, earlier.occurred_at < end, earlier.withdrawn_at.is_(None),
               old_kind.family == kind.family)
        .exists()
    )  # fmt: skip
    elsewhere = sa.or_(
        sa.and_(later.campaign.is_not(None), later.campaign != campaign.slug), sa.and_(kind.slug.is_not(None), ~known)
    )
    gone_on = (
        sa.select(later.member_id)
        .join(people, people.c.member_id == later.member_id)
        .outerjoin(kind, kind.slug == later.kind)
        .where(later.occurred_at >= end, later.occurred_at < end + timedelta(days=FOLLOWED_DAYS), later.withdrawn_at.is_(None),
               later.visibility != "me", later.kind.not_in(sorted(INTERNAL_KINDS)), elsewhere)
        .distinct()
    )  # fmt: skip
    return _number(gone_on)


def _facts(campaign: Campaign, kind: str) -> int:
    wanted = sa.select(sa.func.count()).join_from(Activity, Member, Member.id == Activity.member_id)
    return db.session.scalar(wanted.where(Activity.campaign == campaign.slug, Activity.kind == kind, *_LIVE)) or 0


def _quests(campaign: Campaign) -> dict[str, int]:
    """Who finished each of its quests since its first day."""
    slugs = [one.slug for one in campaign.items if one.kind == "quest"]
    count = sa.select(Activity.object, sa.func.count(sa.distinct(Activity.member_id)))
    wanted = count.join(Member, Member.id == Activity.member_id).where(
        Activity.kind == "quest.finished", Activity.object.in_([f"quest:{slug}" for slug in slugs]),
        Activity.occurred_at >= campaign.starts_at, *_LIVE,
    )  # fmt: skip
    found = {row[0]: row[1] for row in db.session.execute(wanted.group_by(Activity.object))} if slugs else {}
    return {slug: found.get(f"quest:{slug}", 0) for slug in slugs}


def _badges(campaign: Campaign) -> dict[str, int]:
    """Who wears each of its badges since then. Hidden and declined awards are in no count."""
    slugs = [one.slug for one in campaign.items if one.kind == "badge"]
    count = sa.select(Badge.slug, sa.func.count(sa.distinct(Award.member_id))).join_from(Award, Badge, Badge.id == Award.badge_id)
    wanted = count.join(Member, Member.id == Award.member_id).where(
        Badge.slug.in_(slugs), Award.shown, Award.revoked_at.is_(None), Award.awarded_at >= campaign.starts_at,
        Member.state != "suspended",
    )  # fmt: skip
    found = {row[0]: row[1] for row in db.session.execute(wanted.group_by(Badge.slug))} if slugs else {}
    return {slug: found.get(slug, 0) for slug in slugs}
