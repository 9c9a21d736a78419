"""How a quiz is drawn for somebody, and how it is marked. Values in, values out.

What was given to a question is a label (single), labels in the order of the alphabet (multiple), or for each left side what was
put beside it (matching). Of a text only its state is known here: waiting, passed or returned."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from recognition.quests.models import QUIZ
from recognition.quests.quiz_sheets import MATCHING, MULTIPLE, SINGLE, TEST, TEXT, TRIES_A_DAY, kind_of
from recognition.quests.rules import BadAnswer

Given = str | list[str]
WAITING, PASSED, RETURNED = "waiting", "passed", "returned"
DAY = timedelta(days=1)
_HAIR = 1e-9
"""0.7 of 10 is a little more than 7 for a computer."""


class TriesUsedUp(Exception):
    """All tries of a day were taken; the next one opens at `opens_at`."""

    def __init__(self, opens_at: datetime) -> None:
        self.opens_at = opens_at
        super().__init__("the next try opens later")


@dataclass(frozen=True)
class Choice:
    """`right` says nothing for a matching question, where a label is right beside one left side only."""

    value: str
    label: str
    right: bool


@dataclass(frozen=True)
class Marked:
    """One question: what was tried, in order, and whether the right answer was among it. `state`: of a text, else empty."""

    key: str
    tries: tuple[Given, ...]
    right: bool
    state: str = ""

    @property
    def at_first_try(self) -> bool:
        return self.right and len(self.tries) == 1

    @property
    def is_open(self) -> bool:
        """It waits for the member."""
        return not self.right and self.state != WAITING


@dataclass(frozen=True)
class QuizResult:
    marked: tuple[Marked, ...]

    @property
    def all_right(self) -> bool:
        return all(question.right for question in self.marked)

    @property
    def is_waiting(self) -> bool:
        """Nothing is left for the member, and a person reads the rest."""
        return not self.all_right and self.current is None

    @property
    def is_handed(self) -> bool:
        """Everything was given at least once; a text that came back was."""
        return all(question.right or question.state for question in self.marked)

    @property
    def by_machine(self) -> tuple[Marked, ...]:
        return tuple(question for question in self.marked if not question.state)

    @property
    def right_count(self) -> int:
        return sum(question.right for question in self.marked)

    @property
    def first_try_count(self) -> int:
        return sum(question.at_first_try for question in self.marked)

    def passed_at_first(self, pass_mark: float) -> bool:
        return enough(self.first_try_count, len(self.by_machine), pass_mark)

    def of(self, key: str) -> Marked | None:
        return next((question for question in self.marked if question.key == key), None)

    @property
    def current(self) -> Marked | None:
        """The first question that still waits for the member."""
        return next((question for question in self.marked if question.is_open), None)


@dataclass(frozen=True)
class TestStand:
    """`number`: of the try that comes next. `opens_at` None: it is open. `left`: tries of today that are left."""

    __test__ = False
    number: int
    left: int
    opens_at: datetime | None


def is_test(data: Mapping[str, Any]) -> bool:
    return data.get("mode") == TEST


class QuizStep(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def data(self) -> dict[str, Any]: ...


def has_texts(steps: Iterable[QuizStep]) -> bool:
    """Whether a person reads something in it."""
    return any(kind_of(question) == TEXT for step in steps if step.kind == QUIZ for question in step.data["questions"])


def question_key(question: Mapping[str, Any]) -> str:
    """Short, and the same wherever the question stands in its quiz."""
    return _digest(question["ask"])


def drawn(data: Mapping[str, Any], enrolment_id: int, step_id: int, number: int = 0) -> list[dict[str, Any]]:
    """The questions that this person meets; `number`: in which try of a test. The same ones whenever it is asked. What a
    person reads comes last, so that it waits for nothing else."""
    pool: list[dict[str, Any]] = data["questions"]
    if "draw" in data or is_test(data):
        pool = sorted(pool, key=lambda question: _digest("draw", enrolment_id, step_id, number, question["ask"]))
    return sorted(pool[: data.get("draw", len(pool))], key=lambda question: kind_of(question) == TEXT)


def choices(question: Mapping[str, Any], member_id: int, step_id: int) -> list[Choice]:
    """In an order of this member's own that never changes. The value tells nothing about which one is right."""
    right = _fitting(question)
    labels = [*right, *question.get("wrong", ())]
    found = [Choice(_digest(member_id, step_id, question["ask"], label), label, label in right) for label in labels]
    return sorted(found, key=lambda choice: choice.value)


def right_answer(question: Mapping[str, Any]) -> Given | None:
    """None: only a person can tell."""
    kind = kind_of(question)
    if kind == TEXT:
        return None
    fitting = _fitting(question)
    return fitting[0] if kind == SINGLE else sorted(fitting) if kind == MULTIPLE else fitting


def read_given(question: Mapping[str, Any], values: Sequence[str], member_id: int, step_id: int) -> Given:
    """From what a form sends to what was given. Raises BadAnswer."""
    offered = {choice.value: choice.label for choice in choices(question, member_id, step_id)}
    return given_of(question, [offered.get(value, "") for value in values])


def given_of(question: Mapping[str, Any], labels: Sequence[str]) -> Given:
    """`labels`: as they were chosen. Raises BadAnswer where they are no whole answer."""
    kind = kind_of(question)
    needed = {SINGLE: 1, MATCHING: len(question.get("pairs", ()))}.get(kind)
    offered = {*_fitting(question), *question.get("wrong", ())}
    if not labels or not offered.issuperset(labels) or (needed is not None and len(labels) != needed):
        raise BadAnswer("choice", "This is not one of the answers.")
    return labels[0] if kind == SINGLE else sorted(set(labels)) if kind == MULTIPLE else list(labels)


def mark_quiz(
    questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Sequence[Given]], texts: Mapping[str, str] | None = None
) -> QuizResult:
    """`answers`: what was tried so far, by question key; a try after the right one counts for nothing. `texts`: the state of
    each text that was handed in."""
    return QuizResult(tuple(_mark(question, answers, texts or {}) for question in questions))


def _mark(question: Mapping[str, Any], answers: Mapping[str, Sequence[Given]], texts: Mapping[str, str]) -> Marked:
    key = question_key(question)
    wanted = right_answer(question)
    if wanted is None:
        return Marked(key, (), texts.get(key) == PASSED, texts.get(key, ""))
    tries = list(answers.get(key, ()))
    right = wanted in tries
    if right:
        tries = tries[: tries.index(wanted) + 1]
    return Marked(key, tuple(tries), right)


def enough(right: int, asked: int, pass_mark: float) -> bool:
    return right >= pass_mark * asked - _HAIR


def test_stand(data: Mapping[str, Any], answer: Mapping[str, Any], now: datetime) -> TestStand:
    """`answer`: what is kept of the tries so far. A try counts for the day that follows it."""
    recent = recent_tries(answer, now)
    most = data.get("tries_a_day", TRIES_A_DAY)
    left = max(most - len(recent), 0)
    opens_at = None if left else recent[len(recent) - most] + DAY
    return TestStand(int(answer.get("number", 0)) + 1, left, opens_at)


def recent_tries(answer: Mapping[str, Any], now: datetime) -> list[datetime]:
    told = sorted(datetime.fromisoformat(at) for at in answer.get("at", ()))
    return [at for at in told if at > now - DAY]


def _fitting(question: Mapping[str, Any]) -> list[str]:
    kind = kind_of(question)
    if kind == MATCHING:
        return [right for _left, right in question["pairs"]]
    if kind == TEXT:
        return []
    return list(question["right"]) if kind == MULTIPLE else [question["right"]]


def _digest(*parts: Any) -> str:
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=6).hexdigest()
