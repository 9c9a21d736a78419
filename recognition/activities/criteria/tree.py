"""What a rule is made of. Values only: every class is frozen, hashable and equal by content."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

FIELDS = ("kind", "campaign", "group", "tag", "source", "object", "person", "day", "week", "month")
UNITS = ("day", "week", "month")
QUEST_FINISHED = "quest.finished"
BADGE_AWARDED = "badge.awarded"
CONTEST_PLACED = "contest.placed"
CONFIRMED = "activity.confirmed"
ANY_KIND = "*"
ABOUT_MEMBERS = ("belongs_to", "member_for")
"""Measures that are not read from deeds."""


@dataclass(frozen=True)
class Window:
    """When a deed must have happened; of these ways only one is used. [`starts`, `ends`) is half-open, in UTC; `zone` and
    `period` ("2026-Q4") say how it was written. `any_days` is whichever stretch of so many days is the best, `last_days`
    goes back from now. `after` is never written in a rule: what renews an award happened after it was given."""

    starts: datetime | None = None
    ends: datetime | None = None
    zone: str = "UTC"
    period: str = ""
    months: tuple[int, ...] = ()
    campaign: str = ""
    any_days: int = 0
    last_days: int = 0
    after: datetime | None = None


@dataclass(frozen=True)
class Comparison:
    """What a field of the deed must be. `name` is "points" or "data.<name>"; `one_of` holds words and whole numbers."""

    name: str
    at_least: int | None = None
    at_most: int | None = None
    one_of: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class Limits:
    """What narrows a filter further and is seldom used. `per_day` and `per_week`: no more than so many deeds count, 0 for
    any number; `once_per`: of the deeds about one and the same object, one."""

    window: Window = Window()
    fields: tuple[Comparison, ...] = ()
    per_day: int = 0
    per_week: int = 0
    once_per: str = ""

    @property
    def is_capped(self) -> bool:
        return bool(self.per_day or self.per_week or self.once_per)


NO_LIMITS = Limits()


@dataclass(frozen=True)
class Filter:
    """Which deeds count. An empty tuple asks nothing; several values mean any of them (`tags_all` means each). `openly` is
    never written in a rule: of the deeds only those that every member may see."""

    kind: tuple[str, ...] = ()
    tags_any: tuple[str, ...] = ()
    tags_all: tuple[str, ...] = ()
    campaign: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    object: tuple[str, ...] = ()
    evidence: int = 0
    repeats: bool = False
    openly: bool = False
    limits: Limits = field(default=NO_LIMITS, hash=False)

    @property
    def window(self) -> Window:
        return self.limits.window

    @property
    def campaigns_named(self) -> tuple[str, ...]:
        """Of which the deeds are, or in whose time they happened."""
        return (*self.campaign, self.window.campaign) if self.window.campaign else self.campaign


@dataclass(frozen=True)
class Leaf:
    """One measured number of a member and the number it has to reach. `measure` is count, sum, distinct, streak, span,
    belongs_to or member_for; `by` is the field of a sum or distinct, the unit of a streak, "curator" of a belongs_to;
    `gaps` are the units a streak forgives."""

    measure: str
    where: Filter
    at_least: int
    by: str = ""
    gaps: int = 0

    @property
    def listens_to(self) -> frozenset[str]:
        if self.measure in ABOUT_MEMBERS:
            return frozenset()
        kinds = frozenset(self.where.kind) or frozenset({ANY_KIND})
        # A witness makes an older deed stronger, and says so with a deed of this kind.
        return kinds | {CONFIRMED} if self.where.evidence else kinds


@dataclass(frozen=True)
class Node:
    """`at_least` of `parts` must hold: all of them, any one, or k."""

    parts: tuple["Criteria", ...]
    at_least: int


@dataclass(frozen=True)
class Not:
    """The part must not hold."""

    part: "Criteria"


Criteria = Leaf | Node | Not


def leaves(criteria: Criteria) -> Iterator[Leaf]:
    """Also those that must not hold."""
    if isinstance(criteria, Leaf):
        yield criteria
    elif isinstance(criteria, Not):
        yield from leaves(criteria.part)
    else:
        for part in criteria.parts:
            yield from leaves(part)


def wanted_leaves(criteria: Criteria) -> Iterator[Leaf]:
    """Only those that help."""
    if isinstance(criteria, Leaf):
        yield criteria
    elif isinstance(criteria, Node):
        for part in criteria.parts:
            yield from wanted_leaves(part)


def in_the_open(leaf: Leaf) -> Leaf:
    """The same, of what every member may see."""
    return replace(leaf, where=replace(leaf.where, openly=True))


def opened(criteria: Criteria) -> Criteria:
    """A rule as it is for whoever only knows what every member may see. What somebody is told of people by a rule that they
    wrote is told of this one: they learn nothing that no page shows them."""
    if isinstance(criteria, Leaf):
        return in_the_open(criteria)
    if isinstance(criteria, Not):
        return Not(opened(criteria.part))
    return Node(tuple(opened(part) for part in criteria.parts), criteria.at_least)


def listens_to(criteria: Criteria) -> frozenset[str]:
    """The kinds of deed that can change the outcome; `*` stands for any."""
    return frozenset(kind for leaf in leaves(criteria) for kind in leaf.listens_to)


def campaigns_named(criteria: Criteria) -> frozenset[str]:
    """Campaigns whose dates decide the outcome."""
    return frozenset(leaf.where.window.campaign for leaf in leaves(criteria) if leaf.where.window.campaign)


def is_timely(criteria: Criteria) -> bool:
    """Can the outcome change by time passing alone?"""
    return any(leaf.measure == "member_for" or leaf.where.window.last_days for leaf in leaves(criteria))


def is_momentary(criteria: Criteria) -> bool:
    """Is it decided as of a moment? What held yesterday may hold no longer; an award that was given stays."""
    if isinstance(criteria, Node):
        return any(is_momentary(part) for part in criteria.parts)
    if isinstance(criteria, Not):
        return True
    return criteria.measure in ABOUT_MEMBERS or is_timely(criteria)
