"""A decision about an answer, changed by somebody else with a reason. Both stay: the one that stands now is a row of its own.

What followed from the first one follows the second: a step that does not count any more is open again, and what the log told
of it counts no longer, as with every deed that is withdrawn. Pins stay; those that the log no longer bears out wait for a
person (decision 6). What was written, and every other step, stays as it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.changes import hold, withdraw
from recognition.activities.models import Activity
from recognition.activities.services import hold_members
from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.quests import second_looks
from recognition.quests.models import Enrolment, Quest, Review, Step, StepDone
from recognition.quests.quizzes import PASSED, RETURNED
from recognition.quests.second_looks import Looked
from recognition.quests.services.answering import settle_quiz
from recognition.quests.services.reviewing import NeedsWords, NotYours
from recognition.quests.services.walking import SOURCE, answer_of, keep_answer
from recognition.refs import Ref

OTHER = {PASSED: RETURNED, RETURNED: PASSED}


class Overtaken(Exception):
    """It is not what stands any more: somebody was faster, or its author went on."""


def override(review_id: int, viewer: Member, reason: str, now: datetime) -> str:
    """What it is now. Raises NotYours, NeedsWords, and Overtaken where it can no longer be changed."""
    if not reason:
        raise NeedsWords
    looked = _changeable(review_id, viewer)
    if looked.line.state == PASSED and looked.is_step_done:
        _take_back_facts(looked, viewer.id, now)
    # Whoever moves this member on holds the enrolment, so what is read from here on stays so.
    held = sa.select(Enrolment).where(Enrolment.id == looked.enrolment_id).with_for_update()
    enrolment = db.session.scalars(held, execution_options={"populate_existing": True}).one()
    _changeable(review_id, viewer)
    old = db.session.get_one(Review, review_id)
    new_id = _decide_anew(old, viewer.id, reason, now)
    quest, step = db.session.get_one(Quest, enrolment.quest_id), db.session.get_one(Step, old.step_id)
    state = OTHER[old.state]
    answer = answer_of(enrolment.id, step.id)
    answer["texts"] = {**answer.get("texts", {}), old.question_key: state}
    if state == RETURNED:
        answer = _reopen(enrolment, step, answer)
    settle_quiz(enrolment, quest, step, answer, now)
    told = {"quest": quest.title, "words": reason}
    path = f"/quests/{quest.slug}/{step.slug}"
    tell([Message(enrolment.member_id, f"review.now_{state}", f"review:{new_id}", path, told)], now)
    of = {"quest": quest.slug, "step": step.slug}
    audit.record("review.overridden", Ref("review", new_id), viewer.id, {"state": old.state}, {"state": state, **of})
    return state


def _changeable(review_id: int, viewer: Member) -> Looked:
    looked = second_looks.look(review_id, viewer)
    if looked is None:
        raise NotYours
    if looked.line.id != review_id:
        raise Overtaken
    if looked.hindrance:
        raise NotYours if looked.hindrance == second_looks.OWN else Overtaken
    return looked


def _take_back_facts(looked: Looked, actor_id: int, now: datetime) -> None:
    """What the log told of a step counts no longer. Before the enrolment is held: the drain holds facts and sums when it moves
    a member on, so in the other order the two could wait for each other."""
    enrolment = db.session.get_one(Enrolment, looked.enrolment_id)
    hold_members([enrolment.member_id])
    step = db.session.get_one(Step, looked.step_id)
    facts: set[int] = set()
    # A drain that had some of them in hand may have told of the end of the quest meanwhile.
    while new := set(_live_facts(enrolment, step)) - facts:
        facts |= new
        hold(Activity.id, facts)
    withdraw(facts, actor_id, "review overridden", now)


def _live_facts(enrolment: Enrolment, step: Step) -> Sequence[int]:
    # Where it was done in an older version and came along, the log has it under the step of that one.
    same = sa.select(Step.id).where(Step.quest_id == enrolment.quest_id, Step.slug == step.slug)
    ids = db.session.scalars(same).all() if answer_of(enrolment.id, step.id).get("carried") else [step.id]
    keys = [f"step:{enrolment.id}:{step_id}" for step_id in ids] + [f"finished:{enrolment.id}"]
    wanted = sa.select(Activity.id).where(Activity.source == SOURCE, among(Activity.source_key, keys))
    return db.session.scalars(wanted.where(Activity.withdrawn_at.is_(None))).all()


def _decide_anew(old: Review, viewer_id: int, reason: str, now: datetime) -> int:
    """The same answer, handed in at the same moment. Of two who come to this the second finds the number taken."""
    row = {"enrolment_id": old.enrolment_id, "step_id": old.step_id, "question_key": old.question_key, "number": old.number + 1,
           "text": old.text, "state": OTHER[old.state], "asked_at": old.asked_at, "widened_at": old.widened_at,
           "decided_by_id": viewer_id, "decided_at": now, "words": reason}  # fmt: skip
    table: Any = Review.__table__
    made = insert_new(table, [row], table.c.id)
    if not made:
        raise Overtaken
    return int(made[0].id)


def _reopen(enrolment: Enrolment, step: Step, answer: dict[str, Any]) -> dict[str, Any]:
    """The step asks for something again, and with it the end of the quest. Raises Overtaken where the log tells of it anew."""
    done = sa.update(StepDone).where(
        StepDone.enrolment_id == enrolment.id, StepDone.step_id == step.id, StepDone.done_at.is_not(None)
    )
    reopened = db.session.execute(done.values(done_at=None).returning(StepDone.step_id), execution_options=_PLAIN).all()
    if not reopened:
        return answer
    if _live_facts(enrolment, step):
        raise Overtaken
    enrolment.finished_at = None
    db.session.flush()
    open_again = {name: value for name, value in answer.items() if name not in ("carried", "right", "asked")}
    keep_answer(enrolment.id, step.id, open_again)
    return open_again


_PLAIN = {"synchronize_session": False}
