"""A test against the clock: begun by a press, kept as it goes, handed in or ended by the time. Our clock decides, and nothing
that was chosen is lost: what came too late stands beside the result, uncounted."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs import ledger
from recognition.quests.models import QUIZ, Enrolment, Quest, Step
from recognition.quests.quizzes import TriesUsedUp, drawn, question_key, test_stand
from recognition.quests.rules import BadAnswer
from recognition.quests.services.answering import close_try
from recognition.quests.services.walking import Moved, answer_of, at_step, keep_answer
from recognition.quests.tries import GRACE, LONGER, Running, begun, fitting, limit_of, readable, running_of, with_sent

Form = Mapping[str, Sequence[str]]


def begin_try(member: Member, quest: Quest, step: Step, number: int, longer: bool, now: datetime) -> None:
    """`longer`: twice the time, for whoever asks. Pressed twice it is one try. Raises TriesUsedUp."""
    enrolment, is_done = at_step(member.id, quest, step, QUIZ)
    limit = limit_of(step.data)
    if limit is None:
        raise BadAnswer("try", "This quiz has all the time in the world.")
    answer = answer_of(enrolment.id, step.id)
    stand = test_stand(step.data, answer, now)
    if is_done or running_of(answer) is not None or number != stand.number:
        return
    if stand.opens_at is not None:
        raise TriesUsedUp(stand.opens_at)
    keep_answer(enrolment.id, step.id, begun(answer, number, now + limit * (LONGER if longer else 1)))
    _end_later(enrolment, step, number, now + limit * LONGER + GRACE)


def _end_later(enrolment: Enrolment, step: Step, number: int, at: datetime) -> None:
    """After the longer time for everybody, so that no list of jobs tells who took it."""
    ledger.defer(
        "quests.end_try", run_after=at + timedelta(seconds=1), dedupe_key=f"quests.end_try:{enrolment.id}:{step.id}:{number}",
        enrolment_id=enrolment.id, step_id=step.id, number=number,
    )  # fmt: skip


def save_try(member: Member, quest: Quest, step: Step, number: int, form: Form, now: datetime) -> bool:
    """Keep what was chosen so far. False: the time was up, and it is kept without being counted."""
    enrolment, is_done = at_step(member.id, quest, step, QUIZ)
    if is_done:
        return False
    answer = answer_of(enrolment.id, step.id)
    here = running_of(answer)
    sent = fitting(drawn(step.data, enrolment.id, step.id, number), form, member.id, step.id)
    if here is not None and here.number == number:
        in_time = not here.is_over(now)
        keep_answer(enrolment.id, step.id, with_sent(answer, "sent" if in_time else "late", sent))
        return in_time
    last = answer.get("last", {})
    if last.get("over") and last["number"] == number:
        keep_answer(enrolment.id, step.id, answer | {"last": {**last, "late": {**last.get("late", {}), **sent}}})
    return False


def hand_in_try(member: Member, quest: Quest, step: Step, number: int, now: datetime) -> Moved:
    """What was saved last is the answer. Raises BadAnswer with the key of a question that has none, while there is time to
    answer it."""
    enrolment, is_done = at_step(member.id, quest, step, QUIZ)
    if is_done:
        return Moved(step_done=True)
    answer = answer_of(enrolment.id, step.id)
    here = running_of(answer)
    if here is None or here.number != number:
        return Moved()
    if not here.is_up(now):
        questions = drawn(step.data, enrolment.id, step.id, number)
        whole = readable(questions, here.sent)
        for question in questions:
            if question_key(question) not in whole:
                raise BadAnswer(question_key(question), "This one waits for an answer.")
    return _end(enrolment, quest, step, answer, here, now)


def end_try(enrolment_id: int, step_id: int, number: int, now: datetime) -> None:
    """For who did not come back: what they had chosen by then counts."""
    held = sa.select(Enrolment).where(Enrolment.id == enrolment_id).with_for_update()
    enrolment = db.session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    step = db.session.get(Step, step_id)
    if enrolment is None or step is None or step.version != enrolment.version or _is_away(enrolment):
        return
    answer = answer_of(enrolment_id, step_id)
    here = running_of(answer)
    if here is not None and here.number == number and here.is_over(now):
        _end(enrolment, db.session.get_one(Quest, enrolment.quest_id), step, answer, here, now)


def _is_away(enrolment: Enrolment) -> bool:
    """Suspended, or the empty row of a merge: nothing is counted for them."""
    return db.session.scalar(sa.select(Member.state).where(Member.id == enrolment.member_id)) == "suspended"


def _end(enrolment: Enrolment, quest: Quest, step: Step, answer: dict[str, Any], here: Running, now: datetime) -> Moved:
    questions = drawn(step.data, enrolment.id, step.id, here.number)
    given = readable(questions, here.sent)
    more: dict[str, Any] = {"over": True, "late": dict(here.late)} if here.is_over(now) else {}
    return close_try(enrolment, quest, step, here.number, given, min(now, here.ends_at), now, answer, more)
