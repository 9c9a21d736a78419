"""What the counts prove, whatever the people say of whom we do not know. No assumption, and no rounding: shares are exact
fractions."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from recognition.surveys.bounds.counts import BadCounts, Counts, together

PROVEN, NOT_PROVEN, DISPROVEN = "proven", "not proven", "disproven"
Strata = Mapping[str, Counts]


@dataclass(frozen=True)
class Bounds:
    """The share of everybody is at least `lower` and at most `upper`."""

    lower: Fraction
    upper: Fraction

    @property
    def width(self) -> Fraction:
        return self.upper - self.lower


@dataclass(frozen=True)
class Needed:
    """`people` more answers of one kind settle it. `places`: where they could come from, as few strata as it takes, those
    with the most open people first."""

    people: int
    places: tuple[tuple[str, int], ...]


def bounds(counts: Counts) -> Bounds:
    """`lower` as if nobody else would say yes, `upper` as if everybody else would. Raises BadCounts where nobody was asked."""
    if not counts.people:
        raise BadCounts("Nobody was asked, so there is nothing to say.")
    return Bounds(Fraction(counts.yes, counts.people), Fraction(counts.yes + counts.open, counts.people))


def verdict(counts: Counts, over: Fraction) -> str:
    """Whether more than `over` of all people say yes."""
    found = bounds(counts)
    if found.lower > over:
        return PROVEN
    return NOT_PROVEN if found.upper > over else DISPROVEN


def to_prove(strata: Strata, over: Fraction) -> Needed | None:
    """How many more yes answers would prove it. None: proven already, or beyond reach."""
    whole = together(strata.values())
    return _from(strata, most_without(whole.people, over) + 1 - whole.yes) if verdict(whole, over) == NOT_PROVEN else None


def to_disprove(strata: Strata, over: Fraction) -> Needed | None:
    """How many more answers that are no yes would disprove it. None: disproven already, or beyond reach."""
    whole = together(strata.values())
    missing = whole.yes + whole.open - most_without(whole.people, over)
    return _from(strata, missing) if verdict(whole, over) == NOT_PROVEN else None


def most_without(people: int, over: Fraction) -> int:
    """The largest number of them that is not yet more than `over` of them."""
    return people * over.numerator // over.denominator


def _from(strata: Strata, people: int) -> Needed:
    places, left = [], people
    for key, counts in sorted(strata.items(), key=lambda one: (-one[1].open, one[0])):
        take = min(left, counts.open)
        if take:
            places.append((key, take))
            left -= take
    return Needed(people, tuple(places))
