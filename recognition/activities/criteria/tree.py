"""What a rule is made of. Values only: every class is frozen, hashable and equal by content."""

from collections.abc import Iterator
from dataclasses import dataclass

FIELDS = ("kind", "campaign", "group", "tag", "source", "object", "day", "week", "month")
UNITS = ("day", "week", "month")
QUEST_FINISHED = "quest.finished"
BADGE_AWARDED = "badge.awarded"
ANY_KIND = "*"


@dataclass(frozen=True)
class Filter:
    """Which deeds count. An empty tuple asks nothing; several values mean any of them (`tags_all` means each)."""

    kind: tuple[str, ...] = ()
    tags_any: tuple[str, ...] = ()
    tags_all: tuple[str, ...] = ()
    campaign: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    object: tuple[str, ...] = ()
    evidence: int = 0
    repeats: bool = False


@dataclass(frozen=True)
class Leaf:
    """One measured number of a member and the number it has to reach. `measure` is count, distinct or streak; `by` is
    the field of a distinct, the unit of a streak; `gaps` are the units a streak forgives."""

    measure: str
    where: Filter
    at_least: int
    by: str = ""
    gaps: int = 0

    @property
    def listens_to(self) -> frozenset[str]:
        return frozenset(self.where.kind) or frozenset({ANY_KIND})


@dataclass(frozen=True)
class Node:
    """`at_least` of `parts` must hold: all of them, any one, or k."""

    parts: tuple["Leaf | Node", ...]
    at_least: int


Criteria = Leaf | Node


def leaves(criteria: Criteria) -> Iterator[Leaf]:
    if isinstance(criteria, Leaf):
        yield criteria
    else:
        for part in criteria.parts:
            yield from leaves(part)


def listens_to(criteria: Criteria) -> frozenset[str]:
    """The kinds of deed that can change the outcome; `*` stands for any."""
    return frozenset(kind for leaf in leaves(criteria) for kind in leaf.listens_to)
