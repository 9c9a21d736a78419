"""How far people are, compared with the log, and mended where the two differ."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition.activities.criteria.tree import QUEST_FINISHED
from recognition.activities.models import Activity
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.database import among
from recognition.extensions import db
from recognition.quests.models import Enrolment, Quest, Step, StepDone
from recognition.quests.services.walking import SOURCE, Done, finished_fact, step_facts

ENROLMENTS_A_PAGE = 1000


class Gap(NamedTuple):
    """`report`: what the log lacks. Without one, the log knows of an end that the enrolment does not: `finished_at`."""

    enrolment_id: int
    member_id: int
    source_key: str
    report: Report | None
    finished_at: datetime | None = None


def check() -> Iterator[dict[str, Any]]:
    """Each step or end that stands in one of the two alone."""
    for gap in _gaps():
        log, stored = (None, gap.source_key) if gap.report else (gap.source_key, None)
        yield {"enrolment_id": gap.enrolment_id, "member_id": gap.member_id, "log": log, "stored": stored}


def rebuild() -> dict[str, int]:
    """Nothing is taken away: what one of the two knows, the other learns. The caller commits."""
    gaps = list(_gaps())
    for gap in gaps:
        if gap.report:
            record([gap.report], gap.report.occurred_at)
        else:
            change = sa.update(Enrolment).where(Enrolment.id == gap.enrolment_id, Enrolment.finished_at.is_(None))
            db.session.execute(change.values(finished_at=gap.finished_at))
    return {"quest_facts": sum(gap.report is not None for gap in gaps),
            "quest_ends": sum(gap.report is None for gap in gaps)}  # fmt: skip


def _gaps() -> Iterator[Gap]:
    last = 0
    while True:
        wanted = sa.select(Enrolment.id, Enrolment.member_id, Enrolment.finished_at, Quest.slug, Quest.campaign).join(
            Quest, Quest.id == Enrolment.quest_id
        )
        page = db.session.execute(wanted.where(Enrolment.id > last).order_by(Enrolment.id).limit(ENROLMENTS_A_PAGE)).all()
        if not page:
            return
        yield from _missing_facts(page)
        yield from _missing_ends(page)
        last = page[-1].id


def _missing_facts(page: Any) -> Iterator[Gap]:
    by_id = {row.id: row for row in page}
    carried = sa.func.coalesce(StepDone.answer["carried"].as_boolean(), sa.false())
    taken = (
        sa.select(StepDone.enrolment_id, StepDone.step_id, StepDone.done_at, Step.kind)
        .join(Step, Step.id == StepDone.step_id)
        .where(among(StepDone.enrolment_id, by_id), StepDone.done_at.is_not(None), ~carried)
        .order_by(StepDone.enrolment_id, StepDone.step_id)
    )
    expected: list[tuple[int, Report]] = []
    for step in db.session.execute(taken):
        whose = by_id[step.enrolment_id]
        done = Done(whose.id, whose.member_id, whose.slug, whose.campaign, step.step_id, step.kind, None)
        expected += [(whose.id, fact) for fact in step_facts(done, step.done_at)]
    for row in page:
        if row.finished_at is not None:
            expected.append((row.id, finished_fact(row.id, row.member_id, row.slug, row.campaign, row.finished_at)))
    keys = [fact.source_key for _id, fact in expected]
    told = sa.select(Activity.source_key).where(Activity.source == SOURCE, among(Activity.source_key, keys))
    known = set(db.session.scalars(told))
    for enrolment_id, fact in expected:
        if fact.source_key not in known:
            yield Gap(enrolment_id, fact.member_id, fact.source_key, fact)


def _missing_ends(page: Any) -> Iterator[Gap]:
    open_ones = {f"finished:{row.id}": row for row in page if row.finished_at is None}
    told = sa.select(Activity.source_key, Activity.occurred_at).where(
        Activity.source == SOURCE,
        Activity.kind == QUEST_FINISHED,
        among(Activity.source_key, open_ones),
        Activity.withdrawn_at.is_(None),
    )
    for fact in db.session.execute(told.order_by(Activity.id)):
        row = open_ones[fact.source_key]
        yield Gap(row.id, row.member_id, fact.source_key, None, fact.occurred_at)
