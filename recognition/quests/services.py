"""Walking a quest: start, take its steps, finish. Everything may be said twice; unique keys and `is null` decide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition import clock
from recognition.activities import measure
from recognition.activities.criteria.decide import Progress, decide
from recognition.activities.criteria.parse import parse
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.database import among, insert_new, upsert
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.quests.models import DO, QUIZ, READ, REFLECT, Enrolment, Quest, Step, StepDone
from recognition.quests.rules import (
    BadAnswer,
    QuestLocked,
    TooEarly,
    choices,
    mark_quiz,
    next_step,
    question_key,
)

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
    enrolment = _enrolment(member.id, quest.id)
    if enrolment is None:
        _refuse_locked(member.id, quest)
        row = {"quest_id": quest.id, "member_id": member.id, "started_at": now}
        table: Any = Enrolment.__table__
        insert_new(table, [row])
        return start(member, quest, now)
    return enrolment


def read_step(member: Member, quest: Quest, step: Step, now: datetime) -> Moved:
    enrolment, is_done = _at(member.id, quest, step, READ)
    return Moved(step_done=True) if is_done else _one_done(enrolment, quest, step, None, now)


def answer_question(member: Member, quest: Quest, step: Step, key: str, value: str, now: datetime) -> Moved:
    """`key` names the question, `value` one of its choices. The quiz is done when every question was answered right,
    after however many tries. Raises BadAnswer."""
    enrolment, is_done = _at(member.id, quest, step, QUIZ)
    questions = step.data["questions"]
    question = next((q for q in questions if question_key(q) == key), None)
    if question is None:
        raise BadAnswer("question", "This question is not part of the quiz.")
    chosen = next((c for c in choices(question, member.id, step.id) if c.value == value), None)
    if chosen is None:
        raise BadAnswer("choice", "This is not one of the answers.")
    if is_done:
        return Moved(step_done=True, right=chosen.right)
    tries = _tries(enrolment.id, step.id)
    tried = tries.setdefault(key, [])
    if chosen.label not in tried and question["right"] not in tried:
        tried.append(chosen.label)
    result = mark_quiz(questions, tries)
    if not result.all_right:
        _keep(enrolment.id, step.id, {"tries": tries})
        return Moved(right=chosen.right)
    answer = {"tries": tries, "right": result.first_try_count, "asked": len(questions)}
    moved = _one_done(enrolment, quest, step, answer, now)
    return Moved(moved.step_done, moved.quest_done, chosen.right)


def reflect(member: Member, quest: Quest, step: Step, text: str, now: datetime) -> Moved:
    """The text stays with the member: the log learns only that they thought about it. It can be written anew."""
    enrolment, is_done = _at(member.id, quest, step, REFLECT)
    if is_done:
        _keep(enrolment.id, step.id, {"text": text})
        return Moved(step_done=True)
    return _one_done(enrolment, quest, step, {"text": text}, now)


def report_deed(member: Member, quest: Quest, step: Step, report: Report, now: datetime) -> Moved:
    """Put the deed into the log and look at once whether it proves the step."""
    enrolment, is_done = _at(member.id, quest, step, DO)
    if is_done:
        return Moved(step_done=True)
    outcome = record([report], now)[0]
    return _prove(enrolment, quest, step, outcome.id, now)


def count_deeds(member: Member, quest: Quest, step: Step, now: datetime) -> Moved:
    """For deeds that stood in the log before the member came to this step."""
    enrolment, is_done = _at(member.id, quest, step, DO)
    return Moved(step_done=True) if is_done else _prove(enrolment, quest, step, None, now)


def progress_for(criteria_data: dict[str, Any], member_id: int, now: datetime) -> Progress:
    criteria = parse(criteria_data)
    return decide(criteria, measure.values(criteria, [member_id], now=now)[member_id])


def settle(quest_ids: Sequence[int], now: datetime) -> int:
    """After a quest was changed: whoever has every step that is left has finished it."""
    waiting = sa.select(Enrolment.id).where(among(Enrolment.quest_id, quest_ids), Enrolment.finished_at.is_(None))
    return len(finish(db.session.scalars(waiting.with_for_update()).all(), now))


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
    record(facts, now, wake=wake)
    return finish({enrolment_id for enrolment_id, _step in new}, now, wake)


def finish(enrolment_ids: Iterable[int], now: datetime, wake: bool = True) -> set[int]:
    """Of these, those without an open step: each is finished once."""
    done = sa.exists().where(StepDone.enrolment_id == Enrolment.id, StepDone.step_id == Step.id, StepDone.done_at.is_not(None))
    left = sa.exists().where(Step.quest_id == Enrolment.quest_id, ~done.correlate(Enrolment, Step)).correlate(Enrolment)
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
    record([finished_fact(*one[:2], one[2].slug, one[2].campaign, now) for one in found], now, wake=wake)
    return {row.id for row in rows}


def _enrolment(member_id: int, quest_id: int) -> Enrolment | None:
    """Locked until the commit, so that two tabs of one member take turns."""
    wanted = sa.select(Enrolment).where(Enrolment.member_id == member_id, Enrolment.quest_id == quest_id)
    return db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))


def _at(member_id: int, quest: Quest, step: Step, kind: str) -> tuple[Enrolment, bool]:
    """The member's enrolment, and whether this step is done. Raises TooEarly where an earlier one is not."""
    if step.kind != kind:
        raise BadAnswer("step", "This step asks for something else.")
    enrolment = _enrolment(member_id, quest.id)
    if enrolment is None:
        _refuse_locked(member_id, quest)
        raise TooEarly(None)
    wanted = sa.select(StepDone.step_id).where(StepDone.enrolment_id == enrolment.id, StepDone.done_at.is_not(None))
    done = set(db.session.scalars(wanted))
    following = next_step(quest.steps, done)
    if step.id not in done and following is not None and following.id != step.id:
        raise TooEarly(following.slug)
    return enrolment, step.id in done


def _refuse_locked(member_id: int, quest: Quest) -> None:
    progress = progress_for(quest.requires, member_id, clock.utcnow()) if quest.requires else None
    if progress is not None and not progress.met:
        raise QuestLocked(progress)


def _prove(enrolment: Enrolment, quest: Quest, step: Step, activity_id: int | None, now: datetime) -> Moved:
    progress = progress_for(step.data["proof"], enrolment.member_id, now)
    if not progress.met:
        return Moved(progress=progress)
    moved = _one_done(enrolment, quest, step, {"activity": activity_id}, now)
    return Moved(moved.step_done, moved.quest_done, progress=progress)


def _one_done(enrolment: Enrolment, quest: Quest, step: Step, answer: dict[str, Any] | None, now: datetime) -> Moved:
    done = Done(enrolment.id, enrolment.member_id, quest.slug, quest.campaign, step.id, step.kind, answer)
    return Moved(step_done=True, quest_done=bool(complete([done], now)))


def _tries(enrolment_id: int, step_id: int) -> dict[str, list[str]]:
    wanted = sa.select(StepDone.answer).where(StepDone.enrolment_id == enrolment_id, StepDone.step_id == step_id)
    return dict((db.session.scalar(wanted) or {}).get("tries", {}))


def _keep(enrolment_id: int, step_id: int, answer: dict[str, Any]) -> None:
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
