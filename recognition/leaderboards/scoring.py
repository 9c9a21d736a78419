"""What a deed pays on a board, and why another one does not. Decided from the log alone, never from the order in which
the deeds were considered, so that any number of drains and a rebuild agree."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from recognition.activities.rules import INTERNAL_KINDS
from recognition.leaderboards.rules import periods_of

PERSON = "member:"
ONLY_ME = "me"
UNCAPPED = frozenset(
    ("badge.awarded", "campaign.joined", "contest.placed", "contest.voted", "quest.finished", "quest.step", "reflection")
)
"""Facts that nobody can tell twice: a day's cap would only punish a long quest."""
UNTOLD = frozenset(("badge.awarded",))
"""Counts on no board: its holder may not have answered yet, or may keep the badge to themselves, and a sum would tell."""
NO_PERIODS: tuple[str, ...] = ()


class Told(Protocol):
    """What is asked of a deed; facts of the drain and rows of the log have it."""

    @property
    def id(self) -> int: ...
    @property
    def member_id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def occurred_day(self) -> int: ...
    @property
    def reported_at(self) -> datetime: ...
    @property
    def points(self) -> int: ...
    @property
    def repeat_of_id(self) -> int | None: ...
    @property
    def object(self) -> str | None: ...
    @property
    def visibility(self) -> str: ...


class Why(StrEnum):
    """Why a deed of a board's kinds pays nothing."""

    PAYS = "pays"
    REPEAT = "repeat"
    PRIVATE = "private"
    NOTHING = "nothing"
    SAME_OBJECT = "same_object"
    BEYOND_DAY = "beyond_day"
    KNOWN = "known"


@dataclass(frozen=True)
class Scoring:
    """A board's rules. `only` None: every kind but those in `never`; else it has none of `UNTOLD`. `weights` stand in for
    the points of a deed."""

    board_id: int
    measure: str
    only: frozenset[str] | None = None
    weights: Mapping[str, int] = field(default_factory=dict, hash=False)
    per_day: int = 0
    once_per_object: bool = False

    @property
    def by_itself(self) -> bool:
        """Each deed pays whatever else was told: sums can simply be added to."""
        return self.measure in {"points", "deeds"} and not self.per_day and not self.once_per_object

    @property
    def never(self) -> tuple[str, ...]:
        """Whoever counts deeds and names no kind does not mean what the product writes by itself."""
        if self.only is not None:
            return ()
        return INTERNAL_KINDS if self.measure != "points" else tuple(UNTOLD)

    def hears(self, kind: str) -> bool:
        return kind not in self.never if self.only is None else kind in self.only

    def worth(self, deed: Told) -> int:
        """Before caps; 0: it does not count here. What only its owner may see would show in a sum."""
        if deed.repeat_of_id is not None or deed.visibility == ONLY_ME or not self.hears(deed.kind):
            return 0
        if self.measure == "points":
            return self.weights.get(deed.kind, deed.points)
        if self.measure == "people":
            return 1 if (deed.object or "").startswith(PERSON) else 0
        return 1

    def cap(self, kind: str) -> int | None:
        """How many deeds of a kind count a day. None: as many as there are."""
        return self.per_day if self.per_day and kind not in UNCAPPED else None

    def key(self, deed: Told) -> str:
        """What is counted once: another kind, another person."""
        return (deed.object or "") if self.measure == "people" else deed.kind


class Judged(NamedTuple):
    """A deed, what it pays, and in which periods."""

    deed: Told
    pay: int
    periods: tuple[str, ...]
    why: Why


def place(deed: Told) -> tuple[int, int]:
    """The order among a member's deeds: by day, then as they were told."""
    return (deed.occurred_day, deed.id)


def judge(scoring: Scoring, deeds: Iterable[Told]) -> Iterator[Judged]:
    """`deeds`: all of one member's that the board could count, in any order."""
    in_order = sorted(deeds, key=place)
    return _summed(scoring, in_order) if scoring.measure in {"points", "deeds"} else _different(scoring, in_order)


def _summed(scoring: Scoring, deeds: Iterable[Told]) -> Iterator[Judged]:
    objects: set[str] = set()
    days: Counter[tuple[str, int]] = Counter()
    for deed in deeds:
        worth, cell = scoring.worth(deed), (deed.kind, deed.occurred_day)
        if not worth:
            yield Judged(deed, 0, NO_PERIODS, worthless(deed))
        elif scoring.once_per_object and deed.object in objects:
            yield Judged(deed, 0, NO_PERIODS, Why.SAME_OBJECT)
        else:
            if deed.object is not None:
                objects.add(deed.object)
            days[cell] += 1
            cap = scoring.cap(deed.kind)
            if cap is not None and days[cell] > cap:
                yield Judged(deed, 0, NO_PERIODS, Why.BEYOND_DAY)
            else:
                yield Judged(deed, worth, periods_of(deed.occurred_day), Why.PAYS)


def _different(scoring: Scoring, deeds: Iterable[Told]) -> Iterator[Judged]:
    """Variety and people: once in each period. Firsts: once, in the periods of the very first time."""
    seen: set[tuple[str, str]] = set()
    ever = scoring.measure == "firsts"
    for deed in deeds:
        if not scoring.worth(deed):
            yield Judged(deed, 0, NO_PERIODS, worthless(deed))
            continue
        key, periods = scoring.key(deed), periods_of(deed.occurred_day)
        if ever:
            new = NO_PERIODS if ("", key) in seen else periods
            seen.add(("", key))
        else:
            new = tuple(period for period in periods if (period, key) not in seen)
            seen.update((period, key) for period in new)
        yield Judged(deed, 1 if new else 0, new, Why.PAYS if new else Why.KNOWN)


def worthless(deed: Told) -> Why:
    if deed.repeat_of_id is not None:
        return Why.REPEAT
    return Why.PRIVATE if deed.visibility == ONLY_ME else Why.NOTHING


class Sum(NamedTuple):
    score: int
    deeds: int
    reached_at: datetime

    def and_(self, other: "Sum") -> "Sum":
        later = max(self.reached_at, other.reached_at)
        return Sum(self.score + other.score, self.deeds + other.deeds, later)


Key = tuple[int, int, str]
"""(board, member, period)"""
Sums = dict[Key, Sum]


def add_up(sums: Sums, scoring: Scoring, judged: Iterable[Judged]) -> None:
    for deed, pay, periods, _why in judged:
        for period in periods:
            key = (scoring.board_id, deed.member_id, period)
            one = Sum(pay, 1, deed.reported_at)
            known = sums.get(key)
            sums[key] = known.and_(one) if known else one
