"""What the page of a quiz shows, put together from what is known. No right answer is in it before it was given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from recognition.quests.models import Step
from recognition.quests.queries import Walk
from recognition.quests.quiz_sheets import LIMIT_MINUTES, MATCHING, kind_of
from recognition.quests.quizzes import (
    Choice,
    Given,
    Marked,
    QuizResult,
    TestStand,
    choices,
    drawn,
    mark_quiz,
    question_key,
    right_answer,
    test_stand,
)
from recognition.quests.tries import LONGER, Running, fitting, limit_of, readable, running_of


@dataclass(frozen=True)
class Asked:
    """One question as it is shown. `choices`: each with its state (neutral, right, wrong, missed); `pairs`: the left sides,
    each with what stands beside it now, by value; `given`: the values that were chosen last; `late`: those that came after the
    time of a test was up, where they are others."""

    key: str
    kind: str
    question: Mapping[str, Any]
    choices: tuple[tuple[Choice, str], ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    given: tuple[str, ...] = ()
    right: bool = False
    state: str = ""
    late: tuple[str, ...] = ()

    @property
    def options(self) -> list[tuple[str, str]]:
        return [(choice.value, choice.label) for choice, _state in self.choices]

    @property
    def said(self) -> list[str]:
        """What was chosen last, in words."""
        return self._told(self.given)

    @property
    def said_late(self) -> list[str]:
        return self._told(self.late)

    def _told(self, values: Sequence[str]) -> list[str]:
        labels = dict(self.options)
        if self.kind == MATCHING:
            sides = zip(self.pairs, values, strict=False)
            return [f"{left} → {labels[value]}" for (left, _now), value in sides if value in labels]
        return [labels[value] for value in values if value in labels]

    @property
    def answer(self) -> list[str]:
        """What fits, in words; only for who has answered."""
        wanted = right_answer(self.question)
        if self.kind == MATCHING:
            return [f"{left} → {right}" for left, right in self.question["pairs"]]
        return [] if wanted is None else [wanted] if isinstance(wanted, str) else list(wanted)


@dataclass(frozen=True)
class QuizPage:
    """One question at a time. `shown` None: nothing is left for the member, and the quiz is told again as a whole, with `told`.
    `found`: the shown question has its right answer; `has_more`: another one waits. `fitting`: so many pairs of the last try
    were right."""

    asked: Asked | None
    number: int
    total: int
    told: tuple[Asked, ...]
    result: QuizResult
    tried: bool = False
    found: bool = False
    fitting: int = 0
    first_try_enough: bool = False

    @property
    def has_more(self) -> bool:
        return self.result.current is not None


@dataclass(frozen=True)
class Clock:
    """Of a test that has a time: `minutes` as its sheet says, `longer` for whoever asks. `ends_at` None: not begun. `is_up`:
    that was it; `is_over`: what is sent now counts no longer."""

    minutes: int
    longer: int
    ends_at: datetime | None = None
    seconds_left: int = 0
    is_up: bool = False
    is_over: bool = False


@dataclass(frozen=True)
class TestPage:
    """A test as a whole. `count`: questions of a try. `questions`: of the try that is open, and by the clock begun; `last`: the
    result of the one before with its questions."""

    __test__ = False
    stand: TestStand
    count: int
    needed: int
    questions: tuple[Asked, ...]
    last: Mapping[str, Any] = field(default_factory=dict)
    told: tuple[Asked, ...] = ()
    clock: Clock | None = None


def quiz_page(walk: Walk, here: Step, member_id: int | None, wanted: str | None) -> QuizPage:
    """`wanted`: the key of a question that was just answered right; it is shown again with its reason."""
    questions = drawn(here.data, walk.enrolment_id or 0, here.id)
    kept = walk.answers.get(here.id, {})
    result = mark_quiz(questions, kept.get("tries", {}), kept.get("texts", {}))
    just = result.of(wanted) if wanted else None
    marked = just if just and (just.right or just.state) else result.current
    if marked is None:
        told = tuple(_asked(one, m, member_id or 0, here.id) for one, m in zip(questions, result.marked, strict=True))
        enough = result.passed_at_first(here.data["pass_mark"])
        return QuizPage(None, len(questions), len(questions), told, result, first_try_enough=enough)
    place = next(i for i, m in enumerate(result.marked) if m.key == marked.key)
    question, last = questions[place], marked.tries[-1] if marked.tries else None
    fitting = 0
    if kind_of(question) == MATCHING and isinstance(last, list):
        fitting = sum(given == right for given, (_left, right) in zip(last, question["pairs"], strict=True))
    return QuizPage(_asked(question, marked, member_id or 0, here.id), place + 1, len(questions), (), result,
                    tried=bool(marked.tries), found=marked.right, fitting=fitting)  # fmt: skip


def test_page(walk: Walk, here: Step, member_id: int | None, form: Mapping[str, Sequence[str]], now: datetime) -> TestPage:
    """`form`: what was sent and could not be taken, by question key."""
    kept = walk.answers.get(here.id, {})
    stand = test_stand(here.data, kept, now)
    running = running_of(kept)
    clock = _clock(here.data, running, now)
    questions = drawn(here.data, walk.enrolment_id or 0, here.id, stand.number)
    sent = running.sent if running else fitting(questions, form, member_id or 0, here.id)
    asked = [_blank(one, sent.get(question_key(one), ()), member_id or 0, here.id) for one in questions]
    is_open = clock is None or (running is not None and not clock.is_over)
    needed = next(n for n in range(len(questions) + 1) if n >= here.data["pass_mark"] * len(questions) - 1e-9)
    last = kept.get("last") or {}
    return TestPage(stand, len(questions), needed, tuple(asked) if is_open else (), last,
                    _told_again(walk, here, member_id or 0, last) if last else (), clock)  # fmt: skip


def _clock(data: Mapping[str, Any], running: Running | None, now: datetime) -> Clock | None:
    limit = limit_of(data)
    if limit is None:
        return None
    minutes = data[LIMIT_MINUTES]
    if running is None:
        return Clock(minutes, minutes * LONGER)
    left = max(int((running.ends_at - now).total_seconds()), 0)
    return Clock(minutes, minutes * LONGER, running.ends_at, left, running.is_up(now), running.is_over(now))


def _told_again(walk: Walk, here: Step, member_id: int, last: Mapping[str, Any]) -> tuple[Asked, ...]:
    """The questions of the last try with what was given, also what came too late and is another answer."""
    before = drawn(here.data, walk.enrolment_id or 0, here.id, last["number"])
    result = mark_quiz(before, {key: [given] for key, given in last["given"].items()})
    late = readable(before, last.get("late", {}))
    told = []
    for question, marked in zip(before, result.marked, strict=True):
        one = _asked(question, marked, member_id, here.id, over=True)
        is_other = marked.key in late and late[marked.key] != last["given"].get(marked.key)
        labels = last["late"][marked.key] if is_other else ()
        told.append(replace(one, late=_values([choice for choice, _state in one.choices], labels)))
    return tuple(told)


def _values(offered: Sequence[Choice], labels: Sequence[str]) -> tuple[str, ...]:
    """Empty where nothing was chosen."""
    values = {choice.label: choice.value for choice in offered}
    return tuple(values.get(label, "") for label in labels)


def _blank(question: Mapping[str, Any], labels: Sequence[str], member_id: int, step_id: int) -> Asked:
    offered = choices(question, member_id, step_id)
    given = _values(offered, labels)
    pairs = _beside(question, given) if kind_of(question) == MATCHING else ()
    return Asked(question_key(question), kind_of(question), question, tuple((one, "neutral") for one in offered), pairs, given)


def _asked(question: Mapping[str, Any], marked: Marked, member_id: int, step_id: int, over: bool = False) -> Asked:
    """`over`: it is not asked again, so what was missed may be told."""
    offered = choices(question, member_id, step_id)
    last = marked.tries[-1] if marked.tries else None
    labels = [last] if isinstance(last, str) else list(last or ())
    values = {choice.label: choice.value for choice in offered}
    given = tuple(values[label] for label in labels if label in values)
    states = tuple((one, _state(one, marked.tries, marked.right, over)) for one in offered)
    pairs = _beside(question, given) if kind_of(question) == MATCHING else ()
    return Asked(marked.key, kind_of(question), question, states, pairs, given, marked.right, marked.state)


def _beside(question: Mapping[str, Any], given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    lefts = [left for left, _right in question["pairs"]]
    return tuple((left, given[i] if i < len(given) else "") for i, left in enumerate(lefts))


def _state(choice: Choice, tries: Sequence[Given], found: bool, over: bool) -> str:
    """Of several that fit, none is told before all were found."""
    if tries and isinstance(tries[-1], list):
        chosen = choice.label in tries[-1]
        if not found and not over:
            return "neutral"
        return ("right" if choice.right else "wrong") if chosen else ("missed" if choice.right else "neutral")
    if choice.label in tries:
        return "right" if choice.right else "wrong"
    return ("missed" if over else "right") if choice.right and (found or over) else "neutral"
