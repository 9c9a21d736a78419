"""Decisions about answers that may be changed: one with what led to it, and what keeps it from being changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.campaigns.queries import owned_by
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView
from recognition.quests.models import Enrolment, Quest, Review, Step, StepDone
from recognition.quests.policy import can_override
from recognition.quests.quizzes import PASSED, RETURNED
from recognition.quests.reviews import ReviewLine, line_of, people_of, question_in

OWN, WRITTEN_ANEW, LEFT = "own", "anew", "left"
"""Why not: the viewer decided it, its author has written another answer since, or walks another version by now."""


@dataclass(frozen=True)
class Decision:
    line: ReviewLine
    decided_at: datetime
    decided_by: ProfileView | None


@dataclass(frozen=True)
class Looked:
    """What stands (`line`), and the decisions that led to it, the first one first. `hindrance`: empty where it can be changed.
    `is_step_done`, `is_quest_done`: as of now."""

    line: ReviewLine
    decisions: tuple[Decision, ...]
    author: ProfileView | None
    quest_slug: str
    quest_title: str
    step_title: str
    question: Mapping[str, Any]
    enrolment_id: int
    step_id: int
    hindrance: str
    is_step_done: bool
    is_quest_done: bool


def look(review_id: int, viewer: Member) -> Looked | None:
    """None: there is no such decision, or this viewer has nothing to say about it. A decision that was changed already leads
    to the one that stands."""
    row = db.session.execute(_wanted(review_id)).one_or_none()
    if row is None or not can_override(viewer, row.member_id, row.campaign in owned_by(viewer.id)):
        return None
    chain = _chain(row.Review)
    stands = chain[-1]
    people = people_of([one for one in (row.member_id, *(one.decided_by_id for one in chain)) if one], viewer)
    decisions = tuple(Decision(line_of(one), one.decided_at or one.asked_at, people.get(one.decided_by_id or 0)) for one in chain)
    return Looked(
        line_of(stands), decisions, people.get(row.member_id), row.slug, row.title, row.step_title, question_in(row.data, stands),
        stands.enrolment_id, stands.step_id, _hindrance(row, chain, viewer), row.done_at is not None, row.finished_at is not None,
    )  # fmt: skip


def _wanted(review_id: int) -> sa.Select[Any]:
    columns = (Enrolment.member_id, Enrolment.finished_at, Enrolment.version, Quest.slug, Quest.title, Quest.campaign)
    taken = sa.and_(StepDone.enrolment_id == Review.enrolment_id, StepDone.step_id == Review.step_id)
    return (
        sa.select(Review, *columns, Step.title.label("step_title"), Step.data, Step.version.label("of_version"), StepDone.done_at)
        .join(Enrolment, Enrolment.id == Review.enrolment_id)
        .join(Quest, Quest.id == Enrolment.quest_id)
        .join(Step, Step.id == Review.step_id)
        .join(Member, Member.id == Enrolment.member_id)
        .outerjoin(StepDone, taken)
        .where(Review.id == review_id, Review.state.in_((PASSED, RETURNED)), Member.state != "suspended")
        .execution_options(populate_existing=True)
    )


def _chain(one: Review) -> list[Review]:
    """All decisions about the same answer as it was handed in that time."""
    same = (Review.enrolment_id == one.enrolment_id, Review.step_id == one.step_id, Review.question_key == one.question_key)
    decided = (Review.asked_at == one.asked_at, Review.state.in_((PASSED, RETURNED)))
    return list(db.session.scalars(sa.select(Review).where(*same, *decided).order_by(Review.number)))


def _hindrance(row: Any, chain: list[Review], viewer: Member) -> str:
    if viewer.id in {one.decided_by_id for one in chain}:
        return OWN
    if row.of_version != row.version:
        return LEFT
    stands = chain[-1]
    return "" if newest(stands.enrolment_id, stands.step_id, stands.question_key).id == stands.id else WRITTEN_ANEW


def newest(enrolment_id: int, step_id: int, key: str) -> Review:
    """Of this question, whatever its state."""
    same = (Review.enrolment_id == enrolment_id, Review.step_id == step_id, Review.question_key == key)
    wanted = sa.select(Review).where(*same).order_by(Review.number.desc()).limit(1)
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).one()
