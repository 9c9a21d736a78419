"""What new deeds mean for quests: called by the drain with each batch."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition.activities import measure
from recognition.activities.criteria.decide import decide
from recognition.activities.criteria.parse import parse
from recognition.activities.drain import Batch, only_if
from recognition.database import among
from recognition.driver import run
from recognition.extensions import db
from recognition.quests.models import DO, Enrolment, Quest, Step, StepDone
from recognition.quests.services.walking import Done, complete


class Waiting(NamedTuple):
    """Somebody whose next step is this deed."""

    enrolment_id: int
    member_id: int
    quest_slug: str
    campaign: str | None
    step_id: int
    proof: dict[str, Any]


_STEPS = "FROM step_listener WHERE kind IN LIST(:kinds)"
_LISTENING = f"SELECT DISTINCT step_id {_STEPS}"


@only_if(f"EXISTS (SELECT 1 {_STEPS})")
def advance(batch: Batch) -> int:
    """The batch's members who stand before a deed: does what they reported prove it? A quest with two such steps in a
    row goes on by itself. Always 0: quests give no award themselves."""
    by_kind = batch.members_by_kind()
    steps = [row[0] for row in run(_LISTENING, {"kinds": list(by_kind)})]
    members = {fact.member_id for fact in batch.facts}
    while steps and members:
        proven = _proven(_waiting(members, steps), batch.now)
        complete(proven, batch.now, wake=False)
        members = {done.member_id for done in proven}
    return 0


def _waiting(members: Iterable[int], steps: Iterable[int]) -> list[Waiting]:
    """Locked in one order for everybody, or two drains could wait for each other."""
    earlier = sa.orm.aliased(Step)

    def done(step: Any) -> sa.ColumnElement[bool]:
        return sa.exists().where(
            StepDone.enrolment_id == Enrolment.id, StepDone.step_id == step.id, StepDone.done_at.is_not(None)
        )

    handed = sa.exists().where(
        StepDone.enrolment_id == Enrolment.id, StepDone.step_id == earlier.id, StepDone.answer["handed"].as_boolean()
    )
    before = sa.exists().where(
        earlier.quest_id == Step.quest_id,
        earlier.version == Step.version,
        earlier.position < Step.position,
        ~done(earlier).correlate(Enrolment, earlier),
        ~handed.correlate(Enrolment, earlier),
    )
    found = (
        sa.select(Enrolment.id, Enrolment.member_id, Quest.slug, Quest.campaign, Step.id, Step.data["proof"])
        .join(Quest, Quest.id == Enrolment.quest_id)
        .join(Step, sa.and_(Step.quest_id == Quest.id, Step.version == Enrolment.version))
        .where(Step.kind == DO, among(Step.id, steps), among(Enrolment.member_id, members), Quest.state != "draft",
               Enrolment.finished_at.is_(None), ~done(Step).correlate(Enrolment, Step),
               ~before.correlate(Enrolment, Step))
        .order_by(Enrolment.id)
        .with_for_update(of=Enrolment)
    )  # fmt: skip
    return [Waiting(*row) for row in db.session.execute(found)]


def _proven(waiting: list[Waiting], now: datetime) -> list[Done]:
    """Each step's proof is measured once, for all who wait before it."""
    by_step: dict[int, list[Waiting]] = {}
    for one in waiting:
        by_step.setdefault(one.step_id, []).append(one)
    found = []
    for here in by_step.values():
        criteria = parse(here[0].proof)
        values = measure.values(criteria, [one.member_id for one in here], now=now)
        found += [_done(one) for one in here if decide(criteria, values[one.member_id]).met]
    return sorted(found)


def _done(one: Waiting) -> Done:
    return Done(one.enrolment_id, one.member_id, one.quest_slug, one.campaign, one.step_id, DO, {"activity": None})
