"""Taking a quiz: one question at a time until each is right, or as a test with so many tries a day."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from recognition.identity.models import Member
from recognition.quests.models import QUIZ, Enrolment, Quest, Step
from recognition.quests.quiz_sheets import LIMIT_MINUTES, TEXT, kind_of
from recognition.quests.quizzes import (
    Given,
    TriesUsedUp,
    drawn,
    enough,
    is_test,
    mark_quiz,
    question_key,
    read_given,
    recent_tries,
    right_answer,
    test_stand,
)
from recognition.quests.rules import BadAnswer
from recognition.quests.services.walking import Moved, answer_of, at_step, keep_answer, one_done


def answer_question(member: Member, quest: Quest, step: Step, key: str, values: Sequence[str], now: datetime) -> Moved:
    """`key` names the question, `values` what was chosen. The quiz is done when every question was answered right, after
    however many tries. Raises BadAnswer."""
    enrolment, is_done = at_step(member.id, quest, step, QUIZ)
    question = question_of(enrolment, step, key)
    if kind_of(question) == TEXT or is_test(step.data):
        raise BadAnswer("question", "This question is answered in another way.")
    given = read_given(question, values, member.id, step.id)
    right = given == right_answer(question)
    if is_done:
        return Moved(step_done=True, right=right)
    answer = answer_of(enrolment.id, step.id)
    tried: list[Given] = answer.setdefault("tries", {}).setdefault(key, [])
    if given not in tried and right_answer(question) not in tried:
        tried.append(given)
    moved = settle_quiz(enrolment, quest, step, answer, now)
    return Moved(moved.step_done, moved.quest_done, right)


def take_test(member: Member, quest: Quest, step: Step, number: int, given: Mapping[str, Sequence[str]], now: datetime) -> Moved:
    """Hand in one try as a whole; `given` holds what was chosen, by question key. The same `number` sent again is the same
    try, and nothing more happens. Raises BadAnswer with the key of a question that has no answer, and TriesUsedUp."""
    enrolment, is_done = at_step(member.id, quest, step, QUIZ)
    if not is_test(step.data) or LIMIT_MINUTES in step.data:
        raise BadAnswer("question", "This quiz goes in another way.")
    if is_done:
        return Moved(step_done=True)
    before = answer_of(enrolment.id, step.id)
    stand = test_stand(step.data, before, now)
    if number != stand.number:
        return Moved()
    if stand.opens_at is not None:
        raise TriesUsedUp(stand.opens_at)
    questions = drawn(step.data, enrolment.id, step.id, number)
    answers = {question_key(one): _given(one, given, member.id, step.id) for one in questions}
    return close_try(enrolment, quest, step, number, answers, now, now, before, {})


def close_try(
    enrolment: Enrolment, quest: Quest, step: Step, number: int, answers: Mapping[str, Given], at: datetime, now: datetime,
    before: Mapping[str, Any], more: Mapping[str, Any],
) -> Moved:  # fmt: skip
    """Count one try, with what was given to each question that has an answer. `before`: what was kept of the step; `more`: what
    else is to be told of this try. The enrolment is locked."""
    questions = drawn(step.data, enrolment.id, step.id, number)
    right = mark_quiz(questions, {key: [value] for key, value in answers.items()}).right_count
    passed = enough(right, len(questions), step.data["pass_mark"])
    last = {"number": number, "at": at.isoformat(), "right": right, "asked": len(questions), "passed": passed,
            "given": dict(answers), **more}  # fmt: skip
    times = [one.isoformat() for one in recent_tries(before, now)] + [at.isoformat()]
    answer = {"number": number, "at": times, "last": last}
    if not passed:
        keep_answer(enrolment.id, step.id, answer)
        return Moved(right=False)
    moved = one_done(enrolment, quest, step, answer | {"right": right, "asked": len(questions)}, now)
    return Moved(moved.step_done, moved.quest_done, right=True)


def _given(question: Mapping[str, Any], given: Mapping[str, Sequence[str]], member_id: int, step_id: int) -> Given:
    key = question_key(question)
    try:
        return read_given(question, given.get(key, ()), member_id, step_id)
    except BadAnswer as fault:
        raise BadAnswer(key, fault.reason) from fault


def question_of(enrolment: Enrolment, step: Step, key: str) -> dict[str, Any]:
    """Raises BadAnswer where it is none of those that this member meets."""
    questions = drawn(step.data, enrolment.id, step.id)
    found = next((one for one in questions if question_key(one) == key), None)
    if found is None:
        raise BadAnswer("question", "This question is not part of the quiz.")
    return found


def settle_quiz(enrolment: Enrolment, quest: Quest, step: Step, answer: dict[str, Any], now: datetime) -> Moved:
    """Keep what was answered, and see whether the quiz is done with it. The enrolment is locked."""
    questions = drawn(step.data, enrolment.id, step.id)
    result = mark_quiz(questions, answer.get("tries", {}), answer.get("texts", {}))
    if answer.get("texts"):
        handed = bool(answer.get("handed")) or result.is_handed
        answer |= {"handed": handed, "waiting": result.is_waiting}
    if not result.all_right:
        keep_answer(enrolment.id, step.id, answer)
        return Moved()
    return one_done(enrolment, quest, step, answer | {"right": result.first_try_count, "asked": len(questions)}, now)
