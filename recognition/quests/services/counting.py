"""How many came to each step, did it, and stand before it: numbers for the council, kept by a job and never by name."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.extensions import db
from recognition.quests.models import Enrolment, Step, StepDone

STUCK_AFTER = timedelta(days=14)


def versions() -> list[tuple[int, int]]:
    """(quest, version) of every text that has steps."""
    found = sa.select(Step.quest_id, Step.version).distinct().order_by(Step.quest_id, Step.version)
    return [(row.quest_id, row.version) for row in db.session.execute(found)]


def count_steps(quest_id: int, version: int, now: datetime) -> int:
    """Set the counts of one version's steps to what is so. Two statements, however many people; returns how many steps
    changed. Counted again it changes nothing."""
    counted = {row.id: (row.reached, row.done, row.stuck) for row in db.session.execute(_counts(quest_id, version, now))}
    steps = sa.select(Step.id, Step.reached_count, Step.done_count, Step.stuck_count)
    stored = db.session.execute(steps.where(Step.quest_id == quest_id, Step.version == version).order_by(Step.id)).all()
    changed = [(row.id, counted.get(row.id, (0, 0, 0))) for row in stored if tuple(row[1:]) != counted.get(row.id, (0, 0, 0))]
    for step_id, (reached, done, stuck) in changed:
        values = {"reached_count": reached, "done_count": done, "stuck_count": stuck}
        db.session.execute(sa.update(Step).where(Step.id == step_id).values(**values))
    return len(changed)


def _counts(quest_id: int, version: int, now: datetime) -> Any:
    """Somebody has come to a step who has done it or the one before it; everybody who began has come to the first. Before the
    first step that they have not done people stand; after two weeks without another one they are stuck there."""
    each: Any = {"partition_by": Enrolment.id}
    one_by_one = (
        sa.select(
            Step.id, Step.position, StepDone.done_at, Enrolment.finished_at, Enrolment.started_at,
            sa.func.lag(StepDone.done_at).over(**each, order_by=Step.position).label("before"),
            sa.func.min(sa.case((StepDone.done_at.is_(None), Step.position))).over(**each).label("next"),
            sa.func.max(StepDone.done_at).over(**each).label("last_at"),
            sa.func.min(Step.position).over(**each).label("first"),
        )
        .join(Enrolment, sa.and_(Enrolment.quest_id == Step.quest_id, Enrolment.version == Step.version))
        .outerjoin(StepDone, sa.and_(StepDone.step_id == Step.id, StepDone.enrolment_id == Enrolment.id))
        .where(Step.quest_id == quest_id, Step.version == version)
        .subquery()
    )  # fmt: skip
    at = one_by_one.c
    reached = sa.or_(at.done_at.is_not(None), at.before.is_not(None), at.position == at.first)
    waits = sa.and_(at.position == at.next, at.finished_at.is_(None),
                    sa.func.coalesce(at.last_at, at.started_at) <= now - STUCK_AFTER)  # fmt: skip
    return sa.select(
        at.id, _many(reached).label("reached"), _many(at.done_at.is_not(None)).label("done"), _many(waits).label("stuck")
    ).group_by(at.id)


def _many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
