"""When two rows of one person become one: campaigns they joined and goals they reached are had once."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from recognition.activities.changes import withdraw
from recognition.activities.models import Activity
from recognition.campaigns.models import Campaign, CampaignMember, CampaignReached, CampaignState, CampaignText
from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.differences import Difference
from recognition.identity.services.merging import Merge


def merge_members(one: Merge) -> dict[str, Any]:
    for column in (Campaign.owner_id, CampaignState.by_id, CampaignText.by_id):
        # What each row was is kept by the merge itself, which gives it back.
        db.session.execute(sa.update(column.class_).where(column == one.from_id).values({column.key: one.into_id}))
    return {
        "joined": _move(CampaignMember, "joined_at", "joined_count", one),
        "reached": _move(CampaignReached, "reached_at", "reached_count", one),
        "facts": _move_facts(one),
    }


def take_apart(_one: Merge, moved: Mapping[str, Any], _differences: list[Difference]) -> Callable[[], None]:
    """Two people again where there was one."""

    def count() -> None:
        for part, column in (("joined", "joined_count"), ("reached", "reached_count")):
            twice = [campaign_id for campaign_id, _when, is_twice in moved.get(part, []) if is_twice]
            more = {column: getattr(Campaign, column) + 1}
            held = sa.select(Campaign.id).where(among(Campaign.id, twice)).order_by(Campaign.id).with_for_update()
            if twice:
                db.session.scalars(held).all()
                db.session.execute(sa.update(Campaign).where(among(Campaign.id, twice)).values(more))
        db.session.expire_all()

    return count


def _move(model: Any, moment: str, count: str, one: Merge) -> list[list[Any]]:
    """[campaign, when, had by both], of the row that goes."""
    both = sa.select(model.campaign_id, model.member_id, getattr(model, moment))
    rows = db.session.execute(both.where(among(model.member_id, [one.from_id, one.into_id])).order_by(model.campaign_id)).all()
    had = {row.campaign_id for row in rows if row.member_id == one.into_id}
    told = [[row[0], row[2].isoformat(), row[0] in had] for row in rows if row.member_id == one.from_id]
    mine = model.member_id == one.from_id
    twice = [campaign_id for campaign_id, _when, is_twice in told if is_twice]
    if twice:
        db.session.scalars(sa.select(Campaign.id).where(among(Campaign.id, twice)).order_by(Campaign.id).with_for_update()).all()
        db.session.execute(sa.delete(model).where(mine, among(model.campaign_id, twice)))
        less = {count: getattr(Campaign, count) - 1}
        db.session.execute(sa.update(Campaign).where(among(Campaign.id, twice)).values(less))
    db.session.execute(sa.update(model).where(mine).values(member_id=one.into_id))
    db.session.expire_all()
    return told


def _move_facts(one: Merge) -> list[int]:
    """That somebody joined stands in the log once. Returns the facts that gave way."""
    joined = sa.select(Activity.id, Activity.source_key).where(
        Activity.source == "campaigns", Activity.kind == "campaign.joined", among(Activity.member_id, [one.from_id, one.into_id])
    )
    rows = db.session.execute(joined.order_by(Activity.id)).all()
    known = {row.source_key for row in rows}
    twice = []
    for row in rows:
        stem, _colon, member_id = row.source_key.rpartition(":")
        if member_id != str(one.from_id):
            continue
        if f"{stem}:{one.into_id}" in known:
            twice.append(row.id)
        else:
            own = sa.update(Activity).where(Activity.id == row.id)
            db.session.execute(own.values(source_key=f"{stem}:{one.into_id}"))
    withdraw(twice, one.actor_id, "merged", one.now)
    return twice
