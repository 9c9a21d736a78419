"""What is open to a member, what comes next, and how a quiz stands. Values in, values out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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


def only_words_differ(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> bool:
    """Steps as data: the same ones in the same order, no question and no proof changed. Such a change may reach those who
    are in the middle."""
    return len(before) == len(after) and all(same_but_words(old, new) for old, new in zip(before, after, strict=True))


def same_but_words(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Two steps as data."""
    fixed = {"slug", "kind", "tag", "proof", "pass_mark", "mode", "draw", "tries_a_day", "limit_minutes", "questions"}
    return all(old.get(name) == new.get(name) for name in fixed)


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
    exists. Of a cycle, which nobody ought to publish, each way counts as it can."""
    before: dict[str, set[str]] = {}

    def all_before(quest: str) -> set[str]:
        if quest not in before:
            before[quest] = set()  # what leads back here ends here
            before[quest] = set().union(*({needed} | all_before(needed) for needed in graph.get(quest, ())))
        return before[quest]

    return [
        (needed, quest)
        for quest in graph
        for needed in graph[quest]
        if not any(needed in all_before(other) for other in graph[quest] if other != needed)
    ]
