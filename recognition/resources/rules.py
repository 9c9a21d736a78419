"""What an ask holds, what may be decided about it, and what the figures say of who got what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from recognition.crowds import SMALL, about

WAITING, GRANTED, PARTLY, DECLINED, WITHDRAWN = "waiting", "granted", "partly", "declined", "withdrawn"
GIVEN = (GRANTED, PARTLY)
OUTCOMES = (*GIVEN, DECLINED)
WHAT_MAX_CHARS, WHY_MAX_CHARS, ANSWER_MAX_CHARS = 120, 4000, 1000
NAME_MAX_CHARS, UNIT_MAX_CHARS, REGION_MAX_CHARS = 60, 20, 120
AMOUNT_MAX = 999_999_999
WAITING_MAX = 10
"""So many asks of one member may wait at a time."""
KINDS_MAX = 50
TOLD_AFTER = timedelta(days=7)
"""That somebody without a name told what came of it stands on the list only then: at once, the newest deed would be theirs."""
FAR = 10
"""In a hundred: places nearer than this to their part of the members are not named."""
SHARE = 100


class NotSaved(Exception):
    """`errors`: a sentence by the field's name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


class TooLate(Exception):
    """Its text is a sentence for the person who tried."""


@dataclass(frozen=True)
class Wanted:
    """An ask, checked; the columns of `models.ResourceAsk`."""

    kind_id: int | None
    group_id: int | None
    what: str
    why: str
    amount: int | None
    unit: str
    region: str
    about: str
    shows_name: bool
    shows_words: bool


@dataclass(frozen=True)
class Decision:
    outcome: str
    given: int | None
    answer: str


@dataclass(frozen=True)
class Counts:
    """By country as it was written, "" where nothing was: members (today's), asks that were decided, those of them that were
    met in full or in part, and what was given by (country, unit)."""

    members: Mapping[str, int] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)
    met: Mapping[str, int] = field(default_factory=dict)
    amounts: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One region, or with an empty name all that are too small to be told and those that nobody told. `members` in fives;
    None: too few to say. Shares in a hundred, None where they are of nothing. `amounts` in the order of the units."""

    region: str
    members: int | None
    member_share: int | None
    asked: int
    asked_share: int | None
    met: int
    met_share: int | None
    amounts: tuple[int, ...]


def is_told(members: int) -> bool:
    """May a region be named beside an ask? Where fewer live, its name would nearly be the asker's."""
    return members >= SMALL


def told(members: Mapping[str, int]) -> list[str]:
    """Those that may be named, the largest first as far as their numbers are told: the order says no more than these."""
    named = (one for one, number in members.items() if one and is_told(number))
    return sorted(named, key=lambda one: (-(about(members[one]) or 0), one))


def lines(counts: Counts, units: Sequence[str]) -> list[Line]:
    """The largest regions first, the rest in one line at the end where there is anybody in it."""
    named = told(counts.members)
    everybody = about(sum(counts.members.values()))
    asked, met = sum(counts.asked.values()), sum(counts.met.values())

    def one(region: str, members: int, of_asked: int, of_met: int, amounts: tuple[int, ...]) -> Line:
        known = about(members)
        return Line(region, known, share(known, everybody), of_asked, share(of_asked, asked), of_met, share(of_met, met), amounts)

    found = [
        one(region, counts.members[region], counts.asked.get(region, 0), counts.met.get(region, 0),
            tuple(counts.amounts.get((region, unit), 0) for unit in units)) for region in named
    ]  # fmt: skip
    others = [_rest(numbers, named) for numbers in (counts.members, counts.asked, counts.met)]
    left = tuple(sum(n for (region, of), n in counts.amounts.items() if of == unit and region not in named) for unit in units)
    return [*found, one("", others[0], others[1], others[2], left)] if any(others) else found


def share(part: int | None, whole: int | None) -> int | None:
    """In a hundred, rounded to the nearest."""
    return None if part is None or not whole else min(SHARE, (2 * SHARE * part + whole) // (2 * whole))


def far_off(found: Sequence[Line]) -> list[tuple[Line, int]]:
    """Named regions whose share of what was granted is at least FAR from their share of the members, and by how much: the
    furthest first."""
    named = [(one, one.met_share - one.member_share) for one in found
             if one.region and one.met_share is not None and one.member_share is not None]  # fmt: skip
    return sorted((pair for pair in named if abs(pair[1]) >= FAR), key=lambda pair: (-abs(pair[1]), pair[0].region))


def _rest(numbers: Mapping[str, int], named: Sequence[str]) -> int:
    return sum(number for region, number in numbers.items() if region not in named)
