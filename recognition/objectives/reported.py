"""Comments on plans that members ask about: what the council's queue of reports needs to know of them."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from recognition.activities.flagged import Reportable, Subject
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.objectives.asking import path_of
from recognition.objectives.models import Objective, PlanComment
from recognition.objectives.queries import people_of
from recognition.objectives.rules import hidden_from
from recognition.refs import Ref

KIND = "plan-comment"


def subjects(ids: Collection[int], viewer: Member) -> dict[int, Subject]:
    """Those that this member can read where they stand; their own too once it was taken down, which nobody asks about."""
    wanted = sa.select(PlanComment, Objective.slug).join(Objective, Objective.id == PlanComment.objective_id)
    wanted = wanted.join(Member, Member.id == PlanComment.member_id).where(
        among(PlanComment.id, ids), PlanComment.hidden_reason == "", Member.state != "suspended",
        Objective.comments_until.is_not(None), Objective.state.not_in(hidden_from(viewer.roles)),
    )  # fmt: skip
    rows = db.session.execute(wanted).all()
    people = people_of([said.member_id for said, _slug in rows], viewer)
    return {
        said.id: Subject(Ref(KIND, said.id), people[said.member_id], said.words, path_of(slug, said.id))
        for said, slug in rows
        if said.member_id in people
    }


def owners(ids: Collection[int]) -> dict[int, int]:
    found = sa.select(PlanComment.id, PlanComment.member_id).where(among(PlanComment.id, ids))
    return {row.id: row.member_id for row in db.session.execute(found)}


def take_down(comment_id: int, _actor: Member, reason: str, _now: datetime) -> None:
    row = db.session.get(PlanComment, comment_id, with_for_update=True, populate_existing=True)
    if row is not None:
        row.hidden_reason, row.theme_id = reason, None


COMMENTS = Reportable(subjects, owners, take_down)
