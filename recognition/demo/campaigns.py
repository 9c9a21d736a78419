"""Moves the two campaigns to where we are: one is running, one is over and tells what came of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import ActivityTag
from recognition.campaigns import outcomes, services, translating
from recognition.campaigns.models import Campaign
from recognition.campaigns.moving import plan
from recognition.campaigns.queries import campaign_by_slug
from recognition.catalog.bundles import templates
from recognition.demo.community import FOLDER, read
from recognition.demo.deeds import DARK_FUNNEL, DARK_FUNNEL_DAYS_AGO, MDM_LINE, MDM_LINE_DAYS_AGO
from recognition.extensions import db
from recognition.tongues import READY

MDM_LINE_DAYS_LEFT = 30
DARK_FUNNEL_DAYS = 7
COMING, ON_THE_BENCH = "bug-hunter-week", "draw-what-mdm-means"
CONTACT = "Ask us in the forum; somebody answers within two days."
_CAME_WITHOUT_A_FIND = ("teo", "marta", "wanjiru")

Joins = dict[int, list[tuple[str, str]]]
"""(campaign, handle) by how many days ago they joined."""


def put_in_time(today: datetime, owner_id: int | None) -> None:
    """`today`: its midnight."""
    ago, ahead = timedelta(days=DARK_FUNNEL_DAYS_AGO), timedelta(days=MDM_LINE_DAYS_LEFT)
    _date(_of(DARK_FUNNEL), today - ago, today - ago + timedelta(days=DARK_FUNNEL_DAYS), owner_id, told_days=3)
    _date(_of(MDM_LINE), today - timedelta(days=MDM_LINE_DAYS_AGO), today + ahead, owner_id, told_days=20)


def _date(campaign: Campaign, starts: datetime, ends: datetime, owner_id: int | None, told_days: int) -> None:
    """`told_days`: so many days before it began people heard of it; three are short notice."""
    campaign.starts_at, campaign.ends_at, campaign.owner_id = starts, ends, owner_id
    campaign.created_at = campaign.published_at = starts - timedelta(days=told_days)
    campaign.contact = CONTACT


def hang_up(now: datetime, owner_id: int | None) -> None:
    """On the council's bench: one that goes out by itself in three days, and one that is still a draft."""
    if campaign_by_slug(COMING, drafts=True) is None:
        coming = templates.begin(COMING, now, owner_id).campaign
        plan(coming, now.replace(hour=17, minute=0, second=0, microsecond=0) + timedelta(days=3), owner_id)
    if campaign_by_slug(ON_THE_BENCH, drafts=True) is None:
        templates.begin(ON_THE_BENCH, now, owner_id)
    _translate(_of(MDM_LINE), now, owner_id)


def _translate(campaign: Campaign, now: datetime, owner_id: int | None) -> None:
    """Once; what somebody changed in it since is theirs."""
    if not translating.texts_of(campaign):
        words = {place: text.strip() for place, text in read("campaign_texts")["german"].items()}
        translating.translate(campaign, "de", words, (), READY, "", now, owner_id)


def plan_joins(journeys: Sequence[Mapping[str, Any]], finds: Sequence[Mapping[str, Any]]) -> Joins:
    joins: Joins = {}
    for journey in journeys:
        if "joined" in journey:
            joins.setdefault(journey["joined"], []).append((MDM_LINE, journey["handle"]))
    first_find: dict[str, int] = dict.fromkeys(_CAME_WITHOUT_A_FIND, 1)
    for find in finds:
        first_find[find["by"]] = min(find["day"], first_find.get(find["by"], DARK_FUNNEL_DAYS))
    for handle, day in first_find.items():
        joins.setdefault(DARK_FUNNEL_DAYS_AGO - day, []).append((DARK_FUNNEL, handle))
    return joins


def join(pairs: Sequence[tuple[str, str]], ids: Mapping[str, int], moment: datetime) -> None:
    for slug, handle in pairs:
        if handle in ids:
            services.join(_of(slug), ids[handle], moment)


def sum_up(now: datetime) -> None:
    """The numbers in "what came of it" are those of the log."""
    services.count_base(now)
    campaign = _of(DARK_FUNNEL)
    db.session.refresh(campaign)
    finds = db.session.scalar(sa.select(sa.func.count()).where(ActivityTag.tag == "dark-funnel"))
    words = (FOLDER / "came_of_it.md").read_text(encoding="utf-8").strip()
    campaign.came_of_it = words.format(finds=finds, detectives=campaign.reached_count, joined=campaign.joined_count)
    campaign.mentions = [{"title": "The write-up of the best find, read aloud", "url": "https://radio.example/dark-funnel"}]
    outcomes.work_out(campaign.id, now)


def _of(slug: str) -> Campaign:
    """The catalogue holds it."""
    return db.session.scalars(sa.select(Campaign).where(Campaign.slug == slug)).one()
