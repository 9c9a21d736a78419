"""Campaign goals compared with the log, and counted anew."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities import measure
from recognition.activities.criteria.decide import decide
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import is_momentary
from recognition.activities.models import UNCONSIDERED, Activity
from recognition.campaigns import services
from recognition.campaigns.models import Campaign, CampaignMember, CampaignReached
from recognition.campaigns.queries import reached_among, with_goals
from recognition.database import among
from recognition.extensions import db
from recognition.identity.queries import every_member_id


def check() -> Iterator[dict[str, Any]]:
    """People missing from a running goal, those in it who do not meet it, and counts that are off."""
    for campaign in with_goals(clock.utcnow()):
        for members in every_member_id():
            yield from _missing(campaign, members)
            for member_id in _extra(campaign, members):
                yield {"campaign": campaign.slug, "extra_member_id": member_id}
    columns = (Campaign.slug, Campaign.reached_count, _reached(), Campaign.joined_count, _joined())
    for slug, reached, true_reached, joined, true_joined in db.session.execute(sa.select(*columns).order_by(Campaign.id)):
        if (reached, joined) != (true_reached, true_joined):
            yield {"campaign": slug, "reached_stored": reached, "reached": true_reached, "joined_stored": joined,
                   "joined": true_joined}  # fmt: skip


def rebuild() -> dict[str, int]:
    now = clock.utcnow()
    goals = with_goals(now)
    reached = forgotten = 0
    for campaign in goals:
        for members in every_member_id():
            reached += services.reach(campaign, members, now)
            forgotten += services.forget(campaign, _extra(campaign, members))
    db.session.execute(
        sa.update(Campaign).values(reached_count=_reached(), joined_count=_joined()),
        execution_options={"synchronize_session": False},
    )
    return {"reached": reached, "forgotten": forgotten}


def _extra(campaign: Campaign, members: Sequence[int]) -> list[int]:
    """A goal that asks how things stand at the moment, once met, stays met."""
    if is_momentary(parse(campaign.goal_criteria)):
        return []
    return services.unmet(campaign, reached_among(campaign.id, members), clock.utcnow())


def _missing(campaign: Campaign, members: Sequence[int]) -> Iterator[dict[str, Any]]:
    unconsidered = sa.select(Activity.member_id).where(sa.text(UNCONSIDERED), among(Activity.member_id, members))
    waiting = set(db.session.scalars(unconsidered))
    goal = parse(campaign.goal_criteria)
    known = reached_among(campaign.id, members)
    for member_id, values in measure.values(goal, members, now=clock.utcnow()).items():
        if member_id not in known and member_id not in waiting and decide(goal, values).met:
            yield {"campaign": campaign.slug, "missing_member_id": member_id}


def _reached() -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).where(CampaignReached.campaign_id == Campaign.id).correlate(Campaign).scalar_subquery()


def _joined() -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).where(CampaignMember.campaign_id == Campaign.id).correlate(Campaign).scalar_subquery()
