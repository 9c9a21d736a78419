"""Lets ten weeks go by: deeds, quests and campaigns day after day, each considered when it happened."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.drain import drain
from recognition.activities.rules import Report, clean_tags
from recognition.activities.services import record
from recognition.badges import rarity
from recognition.catalog import services as catalog
from recognition.demo import (
    campaigns,
    care,
    community,
    contests,
    deeds,
    elsewhere,
    figures,
    giving,
    journeys,
    mails,
    named,
    news,
    plans,
    reading,
    resources,
    roles,
    stuck,
    surveys,
    teams,
    thanks,
    writing,
)
from recognition.demo.campaigns import DARK_FUNNEL_DAYS
from recognition.demo.deeds import DARK_FUNNEL_DAYS_AGO, SPAN_DAYS, Deed
from recognition.extensions import db
from recognition.identity.models import Group
from recognition.leaderboards import groups as boards
from recognition.news import reaching

EVENING = timedelta(hours=21)
BUSY_DAYS = {*range(15), *range(DARK_FUNNEL_DAYS_AGO - DARK_FUNNEL_DAYS, DARK_FUNNEL_DAYS_AGO + 1)}
"""While a campaign runs, each day is considered by itself; of the others, some together."""
DAYS_TOGETHER = 3


def load(now: datetime) -> dict[str, int]:
    """The whole community, or nothing to do. Unlike other verbs it commits: each evening has a drain of its own. Broken
    off, it goes on where it was, since every row has a key of its own. Returns what was added."""
    if community.is_complete():
        return {"members": 0, "groups": 0, "deeds": 0}
    people, groups = community.read("people")["people"], community.read("groups")["groups"]
    ids = _begin(people, groups, now)
    count = _live(people, ids, now)
    contests.hold(ids, now, ids.get("amina"))
    with clock.as_of(now):
        reading.leave(ids, now)
        named.witness(ids, now)
        db.session.commit()
        drain()
    campaigns.sum_up(now)
    campaigns.hang_up(now, ids.get("amina"))
    community.keep_quiet(people, ids)
    surveys.hold(now, ids.get("amina"))
    boards.sum_up(now.date())
    rarity.count_holders(now)
    giving.leave_waiting(ids, now)
    giving.know_silences(now)
    stuck.leave(ids, now)
    named.leave(ids, now)
    care.leave(ids, now)
    news.leave(ids, now)
    mails.leave(ids, now)
    plans.leave(ids, now)
    roles.leave(ids, now)
    teams.leave(ids, now)
    resources.leave(ids, now)
    elsewhere.leave(ids, now)
    writing.leave(ids, now)
    community.count_members(now)
    community.open_doors(people, ids, now)
    figures.count(now)
    reaching.recount(0, now)
    db.session.commit()
    return {"members": len(ids), "groups": len(groups), "deeds": count}


def _begin(people: community.People, groups: list[dict[str, Any]], now: datetime) -> dict[str, int]:
    long_ago = now - timedelta(days=SPAN_DAYS + 1)
    with clock.as_of(long_ago):
        catalog.load(catalog.MDM, long_ago)
        catalog.load(catalog.ORGANISERS, long_ago)
        ids = community.settle(people, groups, now)
        campaigns.put_in_time(_midnight(now), ids.get("amina"))
        db.session.commit()
    return ids


def _live(people: community.People, ids: Mapping[str, int], now: datetime) -> int:
    finds, walks = community.read("dark_funnel")["finds"], community.read("journeys")
    planned = deeds.plan(people, community.read("deeds"), finds)
    joins, stops = campaigns.plan_joins(walks["journeys"], finds), journeys.plan(walks["journeys"])
    said = community.read("thanks")["thanks"]
    groups = {row.slug: row.id for row in db.session.execute(sa.select(Group.slug, Group.id))}
    for ago in range(SPAN_DAYS, -1, -1):
        evening = _at(now, ago, EVENING)
        with clock.as_of(evening):
            today = [_report(deed, ids, groups, now) for deed in planned if deed.ago == ago and deed.handle in ids]
            record(today, evening, wake=False)
            campaigns.join(joins.get(ago, ()), ids, evening)
            journeys.walk([stop for stop in stops if stop.ago == ago], ids, walks["reflections"]["texts"], evening)
            thanks.say([one for one in said if one["ago"] == ago], ids, evening)
            db.session.commit()
            if ago in BUSY_DAYS or ago % DAYS_TOGETHER == 0:
                drain()
    return len(planned) + sum(stop.steps is None for stop in stops)


def _report(deed: Deed, ids: Mapping[str, int], groups: Mapping[str, int], now: datetime) -> Report:
    return Report(
        member_id=ids[deed.handle], source="demo", source_key=deed.key, kind=deed.kind, text=deed.text,
        occurred_at=_at(now, deed.ago, timedelta(hours=deed.hour)), tags=clean_tags(deed.tags), campaign=deed.campaign,
        group_id=groups.get(deed.group or ""), evidence=deed.evidence, visibility=deed.visibility,
        reporter_id=ids.get(deed.reporter or ""),
    )  # fmt: skip


def _at(now: datetime, ago: int, time: timedelta) -> datetime:
    """A moment of the day that was `ago` days before today, and never one that is still to come."""
    return min(_midnight(now) - timedelta(days=ago) + time, now)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
