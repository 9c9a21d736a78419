"""Walking a quest: start, take its steps, finish. Everything may be said twice; unique keys and `is null` decide."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition import clock
from recognition.activities import measure, naming
from recognition.activities.changes import restore
from recognition.activities.criteria.decide import Progress, decide
from recognition.activities.criteria.parse import parse
from recognition.activities.rules import Report
from recognition.activities.services import hold_members, record
from recognition.database import among, insert_new, upsert
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.quests.models import DO, READ, REFLECT, Enrolment, Quest, Step, StepDone
from recognition.quests.rules import BadAnswer, QuestLocked, TooEarly

SOURCE = "quests"


@dataclass(frozen=True)
class Moved:
    """What an answer brought about. `right` None: nothing could be wrong. `progress`: of a deed's proof."""

    step_done: bool = False
    quest_done: bool = False
    right: bool | None = None
    progress: Progress | None = None


class Done(NamedTuple):
    enrolment_id: int
    member_id: int
    quest_slug: str
    campaign: str | None
    step_id: int
    kind: str
    answer: dict[str, Any] | None


def start(member: Member, quest: Quest, now: datetime) -> Enrolment:
    """Raises QuestLocked. Who has started already goes on where they were."""
    enrolment = enrolment_of(member.id, quest.id)
    if enrolment is None:
        _refuse_locked(member.id, quest)
        row = {"quest_id": quest.id, "member_id": member.id, "version": quest.version, "started_at": now, "helps": False}
        table: Any = Enrolment.__table__
        insert_new(table, [row])
        return start(member, quest, now)
    return enrolment


def read_step(member: Member, quest: Quest, step: Step, now: datetime) -> Moved:
    enrolment, is_done = at_step(member.id, quest, step, READ)
    return Moved(step_done=True) if is_done else one_done(enrolment, quest, step, None, now)


def reflect(member: Member, quest: Quest, step: Step, text: str, now: datetime) -> Moved:
    """The text stays with the member: the log learns only that they thought about it. It can be written anew."""
    enrolment, is_done = at_step(member.id, quest, step, REFLECT)
    if is_done:
        keep_answer(enrolment.id, step.id, answer_of(enrolment.id, step.id) | {"text": text})
        return Moved(step_done=True)
    return one_done(enrolment, quest, step, {"text": text}, now)


def report_deed(member: Member, quest: Quest, step: Step, report: Report, now: datetime, seen_by: Collection[int] = ()) -> Moved:
    """Put the deed into the log, ask whoever saw it, and look at once whether it proves the step."""
    # In the order of whoever joins two members or changes a decision: people first.
    hold_members([member.id])
    enrolment, is_done = at_step(member.id, quest, step, DO)
    if is_done:
        return Moved(step_done=True)
    outcome = record([report], now)[0]
    if seen_by:
        naming.name(outcome.id, member.id, (), seen_by, now)
    return _prove(enrolment, quest, step, outcome.id, now)


def count_deeds(member: Member, quest: Quest, step: Step, now: datetime) -> Moved:
    """For deeds that stood in the log before the member came to this step."""
    enrolment, is_done = at_step(member.id, quest, step, DO)
    return Moved(step_done=True) if is_done else _prove(enrolment, quest, step, None, now)


def progress_for(criteria_data: dict[str, Any], member_id: int, now: datetime) -> Progress:
    criteria = parse(criteria_data)
    return decide(criteria, measure.values(criteria, [member_id], now=now)[member_id])


def complete(dones: Sequence[Done], now: datetime, wake: bool = True) -> set[int]:
    """Mark steps as done, write them into the log, and finish the quests that have none left. A handful of statements,
    however many. Returns the enrolments that finished now."""
    table: Any = StepDone.__table__
    rows = [{"enrolment_id": d.enrolment_id, "step_id": d.step_id, "answer": d.answer, "done_at": now} for d in dones]
    if not rows:
        return set()
    statement = upsert(table)
    changes = {"done_at": statement.excluded.done_at, "answer": statement.excluded.answer}
    marked = statement.on_conflict_do_update(
        index_elements=["enrolment_id", "step_id"], set_=changes, where=table.c.done_at.is_(None)
    ).returning(table.c.enrolment_id, table.c.step_id)
    new = {(row.enrolment_id, row.step_id) for row in db.session.execute(marked, rows)}
    facts = [fact for done in dones if (done.enrolment_id, done.step_id) in new for fact in step_facts(done, now)]
    _tell(facts, now, wake)
    return finish({enrolment_id for enrolment_id, _step in new}, now, wake)


def finish(enrolment_ids: Iterable[int], now: datetime, wake: bool = True) -> set[int]:
    """Of these, those without an open step: each is finished once."""
    done = sa.exists().where(StepDone.enrolment_id == Enrolment.id, StepDone.step_id == Step.id, StepDone.done_at.is_not(None))
    here = (Step.quest_id == Enrolment.quest_id, Step.version == Enrolment.version)
    left = sa.exists().where(*here, ~done.correlate(Enrolment, Step)).correlate(Enrolment)
    finished = (
        sa.update(Enrolment)
        .where(among(Enrolment.id, sorted(enrolment_ids)), Enrolment.finished_at.is_(None), ~left)
        .values(finished_at=now)
        .returning(Enrolment.id, Enrolment.member_id, Enrolment.quest_id)
        .execution_options(synchronize_session=False)
    )
    rows = db.session.execute(finished).all()
    if not rows:
        return set()
    wanted = sa.select(Quest.id, Quest.slug, Quest.campaign).where(among(Quest.id, {row.quest_id for row in rows}))
    quests = {quest.id: quest for quest in db.session.execute(wanted)}
    found = [(row.id, row.member_id, quests[row.quest_id]) for row in sorted(rows)]
    _tell([finished_fact(*one[:2], one[2].slug, one[2].campaign, now) for one in found], now, wake)
    return {row.id for row in rows}


def _tell(facts: Sequence[Report], now: datetime, wake: bool) -> None:
    """What the log has already was taken back when a step was opened again; it counts again now."""
    known = [outcome.id for outcome in record(facts, now, wake=wake) if not outcome.new]
    if known:
        restore(known)


def enrolment_of(member_id: int, quest_id: int) -> Enrolment | None:
    """Locked until the commit, so that two tabs of one member take turns."""
    wanted = sa.select(Enrolment).where(Enrolment.member_id == member_id, Enrolment.quest_id == quest_id)
    return db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))


def at_step(member_id: int, quest: Quest, step: Step, kind: str) -> tuple[Enrolment, bool]:
    """The member's enrolment, and whether this step is done. Raises TooEarly where an earlier one still asks for something,
    or the step belongs to a version that the member does not walk."""
    if step.kind != kind:
        raise BadAnswer("step", "This step asks for something else.")
    enrolment = enrolment_of(member_id, quest.id)
    if enrolment is None:
        _refuse_locked(member_id, quest)
        raise TooEarly(None)
    way = _way(enrolment)
    done = {one.id for one in way if one.done}
    if step.id in done:
        return enrolment, True
    ahead = [one for one in way if one.id not in done]
    earlier = next((one for one in ahead if one.id == step.id or not one.handed), None)
    if earlier is None or earlier.id != step.id:
        raise TooEarly(earlier.slug if earlier else None)
    return enrolment, False


class _Place(NamedTuple):
    id: int
    slug: str
    done: bool
    handed: bool


def _way(enrolment: Enrolment) -> list[_Place]:
    """The steps of the member's own version, in order."""
    taken = sa.and_(StepDone.step_id == Step.id, StepDone.enrolment_id == enrolment.id)
    handed = sa.func.coalesce(StepDone.answer["handed"].as_boolean(), sa.false())
    wanted = sa.select(Step.id, Step.slug, StepDone.done_at.is_not(None), handed).outerjoin(StepDone, taken)
    here = (Step.quest_id == enrolment.quest_id, Step.version == enrolment.version)
    return [_Place(*row) for row in db.session.execute(wanted.where(*here).order_by(Step.position))]


def _refuse_locked(member_id: int, quest: Quest) -> None:
    progress = progress_for(quest.requires, member_id, clock.utcnow()) if quest.requires else None
    if progress is not None and not progress.met:
        raise QuestLocked(progress)


def _prove(enrolment: Enrolment, quest: Quest, step: Step, activity_id: int | None, now: datetime) -> Moved:
    progress = progress_for(step.data["proof"], enrolment.member_id, now)
    if not progress.met:
        return Moved(progress=progress)
    moved = one_done(enrolment, quest, step, {"activity": activity_id}, now)
    return Moved(moved.step_done, moved.quest_done, progress=progress)


def one_done(enrolment: Enrolment, quest: Quest, step: Step, answer: dict[str, Any] | None, now: datetime) -> Moved:
    done = Done(enrolment.id, enrolment.member_id, quest.slug, quest.campaign, step.id, step.kind, answer)
    return Moved(step_done=True, quest_done=bool(complete([done], now)))


def answer_of(enrolment_id: int, step_id: int) -> dict[str, Any]:
    wanted = sa.select(StepDone.answer).where(StepDone.enrolment_id == enrolment_id, StepDone.step_id == step_id)
    return dict(db.session.scalar(wanted) or {})


def keep_answer(enrolment_id: int, step_id: int, answer: dict[str, Any]) -> None:
    table: Any = StepDone.__table__
    statement = upsert(table)
    kept = statement.on_conflict_do_update(index_elements=["enrolment_id", "step_id"], set_={"answer": statement.excluded.answer})
    db.session.execute(kept, [{"enrolment_id": enrolment_id, "step_id": step_id, "answer": answer}])


def step_facts(done: Done, now: datetime) -> list[Report]:
    key = f"{done.enrolment_id}:{done.step_id}"
    facts = [_fact(done.member_id, done.quest_slug, done.campaign, "quest.step", "Took a step of a quest", f"step:{key}", now)]
    if done.kind == REFLECT:
        facts.append(_fact(done.member_id, done.quest_slug, done.campaign, "reflection", "Thought about it",
                           f"reflection:{key}", now))  # fmt: skip
    return facts


def finished_fact(enrolment_id: int, member_id: int, slug: str, campaign: str | None, now: datetime) -> Report:
    return _fact(member_id, slug, campaign, "quest.finished", "Finished a quest", f"finished:{enrolment_id}", now)


def _fact(member_id: int, slug: str, campaign: str | None, kind: str, label: str, key: str, now: datetime) -> Report:
    return Report(member_id=member_id, source=SOURCE, source_key=key, occurred_at=now, kind=kind, kind_label=label,
                  campaign=campaign, object=f"quest:{slug}", evidence=1, fingerprinted=False)  # fmt: skip
