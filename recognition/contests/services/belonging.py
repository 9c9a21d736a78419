"""Which contests belong to a campaign."""

from collections.abc import Collection

import sqlalchemy as sa

from recognition.audit import services as audit
from recognition.contests.models.contest import Contest
from recognition.database import among
from recognition.extensions import db
from recognition.refs import Ref


def belong(slugs: Collection[str], campaign: str, actor_id: int | None) -> None:
    """These and no others belong to the campaign. One that belongs to another campaign by now stays there."""
    free = sa.or_(Contest.campaign.is_(None), Contest.campaign == campaign)
    mine = sa.or_(Contest.campaign == campaign, sa.and_(among(Contest.slug, sorted(slugs)), free))
    for contest in db.session.scalars(sa.select(Contest).where(mine).order_by(Contest.id).with_for_update(of=Contest)):
        after = campaign if contest.slug in slugs else None
        if contest.campaign != after:
            before, contest.campaign = contest.campaign, after
            audit.record("contest.changed", Ref("contest", contest.slug), actor_id, {"campaign": before}, {"campaign": after})


def slugs_of(campaign: str) -> list[str]:
    """Drafts too, in the order of their first day."""
    wanted = sa.select(Contest.slug).where(Contest.campaign == campaign)
    return list(db.session.scalars(wanted.order_by(Contest.entries_from, Contest.id).limit(50)))
