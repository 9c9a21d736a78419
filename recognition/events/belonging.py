"""Which events belong to a campaign."""

from collections.abc import Collection

import sqlalchemy as sa

from recognition.audit import services as audit
from recognition.database import among
from recognition.events.models import Event
from recognition.extensions import db
from recognition.refs import Ref


def belong(slugs: Collection[str], campaign: str, actor_id: int | None) -> None:
    """These and no others belong to the campaign. One that belongs to another campaign by now stays there."""
    free = sa.or_(Event.campaign.is_(None), Event.campaign == campaign)
    mine = sa.or_(Event.campaign == campaign, sa.and_(among(Event.slug, sorted(slugs)), free))
    for event in db.session.scalars(sa.select(Event).where(mine).order_by(Event.id).with_for_update(of=Event)):
        after = campaign if event.slug in slugs else None
        if event.campaign != after:
            before, event.campaign = event.campaign, after
            audit.record("event.changed", Ref("event", event.slug), actor_id, {"campaign": before}, {"campaign": after})


def slugs_of(campaign: str) -> list[str]:
    """In the order of their days."""
    wanted = sa.select(Event.slug).where(Event.campaign == campaign).order_by(Event.starts_at, Event.id)
    return list(db.session.scalars(wanted.limit(100)))
