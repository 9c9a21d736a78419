"""The verdict, from measured values. Every use of a rule goes through here, so that none can differ."""

from collections.abc import Mapping
from dataclasses import dataclass

from recognition.activities.criteria.tree import Criteria, Leaf, Not


@dataclass(frozen=True)
class Progress:
    """How far a part is: `done` of `goal`, where `goal` counts the leaf's deeds or the node's needed parts. What must not
    hold has no parts: it is done or not."""

    criteria: Criteria
    done: int
    goal: int
    parts: tuple["Progress", ...] = ()

    @property
    def met(self) -> bool:
        return self.done >= self.goal

    @property
    def share(self) -> float:
        """0 to 1. A node's share is that of its nearest parts, so a bar moves with each deed."""
        if not self.parts:
            return min(1.0, self.done / self.goal)
        nearest = sorted((part.share for part in self.parts), reverse=True)[: self.goal]
        return sum(nearest) / self.goal


def decide(criteria: Criteria, values: Mapping[Leaf, int]) -> Progress:
    """`values` holds one member's measured number for each leaf; a missing one is 0."""
    if isinstance(criteria, Leaf):
        return Progress(criteria, min(values.get(criteria, 0), criteria.at_least), criteria.at_least)
    if isinstance(criteria, Not):
        return Progress(criteria, int(not decide(criteria.part, values).met), 1)
    parts = tuple(decide(part, values) for part in criteria.parts)
    return Progress(criteria, sum(part.met for part in parts), criteria.at_least, parts)


def levels_reached(value: int, levels: list[int]) -> list[int]:
    return [level for level in levels if value >= level]
