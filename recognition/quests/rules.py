"""What is open to a member, what comes next, and how a quiz stands. Values in, values out."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from recognition.activities.criteria.decide import Progress
from recognition.activities.criteria.tree import QUEST_FINISHED, Criteria, wanted_leaves

LOCKED, OPEN, STARTED, DONE = "locked", "open", "started", "done"
FAMILIES = ("learning", "helping", "making", "gathering", "caring")
REFLECTION_MAX_CHARS = 5000


class QuestLocked(Exception):
    """Its prerequisites are not met yet; `progress` says how far they are."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        super().__init__("this quest is not open yet")


class TooEarly(Exception):
    """An earlier step is still waiting. `step_slug` None: the quest itself was not started."""

    def __init__(self, step_slug: str | None) -> None:
        self.step_slug = step_slug
        super().__init__("an earlier step is waiting")


class BadAnswer(ValueError):
    """What was sent fits no question, no choice or not the step. `reason` is for the person who sent it."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason
        super().__init__(f"{field}: {reason}")


class HasId(Protocol):
    @property
    def id(self) -> int: ...


StepLike = TypeVar("StepLike", bound=HasId)


def unlocked(progress: Progress | None) -> bool:
    """None: the quest asks for nothing."""
    return progress is None or progress.met


def state_of(is_unlocked: bool, started: bool, finished: bool) -> str:
    """Who has started stays in, even if the council asks for more later."""
    if finished:
        return DONE
    if started:
        return STARTED
    return OPEN if is_unlocked else LOCKED


def next_step(steps: Sequence[StepLike], done: Collection[int]) -> StepLike | None:
    """The first in order that is not done; None when all are."""
    return next((step for step in steps if step.id not in done), None)


def prerequisites(criteria: Criteria | None) -> list[str]:
    """The quests that a rule asks for, in its order."""
    found: dict[str, None] = {}
    for leaf in wanted_leaves(criteria) if criteria else ():
        if leaf.where.kind == (QUEST_FINISHED,):
            found |= dict.fromkeys(thing.partition(":")[2] for thing in leaf.where.object)
    return list(found)


def find_cycle(graph: Mapping[str, Iterable[str]]) -> list[str] | None:
    """A way that leads back to where it began, its first quest named again at the end; None if there is none."""
    clear: set[str] = set()
    for start in sorted(graph):
        trail: list[str] = []
        waiting = [(start, iter(sorted(graph[start])))]
        while waiting:
            quest, ahead = waiting[-1]
            if not trail or trail[-1] != quest:
                trail.append(quest)
            following = next((q for q in ahead if q in graph and q not in clear), None)
            if following is None:
                clear.add(quest)
                trail.pop()
                waiting.pop()
            elif following in trail:
                return [*trail[trail.index(following) :], following]
            else:
                waiting.append((following, iter(sorted(graph[following]))))
    return None


def direct_ways(graph: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """(from, to) for each quest and what it needs, without those that only skip a station: a to c where a to b to c
    exists. The graph has no cycle."""
    before: dict[str, set[str]] = {}

    def all_before(quest: str) -> set[str]:
        if quest not in before:
            before[quest] = set().union(*({needed} | all_before(needed) for needed in graph.get(quest, ())))
        return before[quest]

    return [
        (needed, quest)
        for quest in graph
        for needed in graph[quest]
        if not any(needed in all_before(other) for other in graph[quest] if other != needed)
    ]


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    right: bool


def question_key(question: Mapping[str, Any]) -> str:
    """Short, and the same wherever the question stands in its quiz."""
    return _digest(question["ask"])


def choices(question: Mapping[str, Any], member_id: int, step_id: int) -> list[Choice]:
    """In an order of this member's own that never changes. The value tells nothing about which one is right."""
    labels = [question["right"], *question["wrong"]]
    found = [Choice(_digest(member_id, step_id, question["ask"], label), label, label == labels[0]) for label in labels]
    return sorted(found, key=lambda choice: choice.value)


def _digest(*parts: Any) -> str:
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=6).hexdigest()


@dataclass(frozen=True)
class Marked:
    """One question: what was tried, in order, and whether the right one was among it."""

    key: str
    tries: tuple[str, ...]
    right: bool

    @property
    def at_first_try(self) -> bool:
        return self.right and len(self.tries) == 1


@dataclass(frozen=True)
class QuizResult:
    marked: tuple[Marked, ...]

    @property
    def all_right(self) -> bool:
        return all(question.right for question in self.marked)

    @property
    def right_count(self) -> int:
        return sum(question.right for question in self.marked)

    @property
    def first_try_count(self) -> int:
        return sum(question.at_first_try for question in self.marked)

    def passed_at_first(self, pass_mark: float) -> bool:
        return self.first_try_count >= pass_mark * len(self.marked)

    def of(self, key: str) -> Marked | None:
        return next((question for question in self.marked if question.key == key), None)

    @property
    def current(self) -> Marked | None:
        """The first question that still waits for its right answer."""
        return next((question for question in self.marked if not question.right), None)


def mark_quiz(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Sequence[str]]) -> QuizResult:
    """`answers`: the labels tried so far, by question key. A try after the right one counts for nothing."""
    marked = []
    for question in questions:
        key = question_key(question)
        tries = list(answers.get(key, ()))
        right = question["right"] in tries
        if right:
            tries = tries[: tries.index(question["right"]) + 1]
        marked.append(Marked(key, tuple(tries), right))
    return QuizResult(tuple(marked))
