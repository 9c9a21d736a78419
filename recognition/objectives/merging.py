"""When two rows of one person become one: what they own, tell, say to plans and offered to help with."""

from typing import Any

import sqlalchemy as sa

from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.merging import Merge
from recognition.objectives.models import Milestone, MilestoneHelp, Objective, ObjectiveNews, PlanComment


def merge_members(one: Merge) -> dict[str, Any]:
    """Who offered twice offered once."""
    theirs = sa.select(MilestoneHelp.milestone_id).where(MilestoneHelp.member_id == one.into_id)
    had = set(db.session.scalars(theirs))
    mine = MilestoneHelp.member_id == one.from_id
    twice = [id_ for id_ in db.session.scalars(sa.select(MilestoneHelp.milestone_id).where(mine)) if id_ in had]
    if twice:
        db.session.execute(sa.delete(MilestoneHelp).where(mine, among(MilestoneHelp.milestone_id, twice)))
    db.session.execute(sa.update(MilestoneHelp).where(mine).values(member_id=one.into_id))
    for column in (Objective.owner_id, Milestone.owner_id, ObjectiveNews.author_id, PlanComment.member_id):
        model = column.class_
        db.session.execute(sa.update(model).where(column == one.from_id).values({column.key: one.into_id}))
    db.session.expire_all()
    return {"offers_dropped": sorted(twice)}
