"""A guess at the share of everybody, and how sure it is.

Assumed: within each stratum, those of whom we do not know would answer as those of whom we do. Each stratum then counts as
much as there are people in it (post-stratification), so it does not matter that the busy ones answer more often. The interval
is the normal one with the correction for a finite population: who has answered is certain. Its spread is taken at
(yes + 1) / (answers + 2) in each stratum, since three answers that agree do not make sure of forty who are silent."""

import math
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist

from recognition.surveys.bounds.counts import together
from recognition.surveys.bounds.proving import Strata, bounds

ONE_STRATUM, NO_ANSWERS = "one stratum", "no answers"


@dataclass(frozen=True)
class Estimate:
    """`low` to `high` holds the truth in `confidence` of such surveys, if the assumption does. Never outside the bounds."""

    share: Fraction
    low: float
    high: float
    confidence: float


@dataclass(frozen=True)
class Refused:
    """`reason`: ONE_STRATUM, where it would only repeat what those say who answered; NO_ANSWERS, where we know nothing of
    the `strata` named."""

    reason: str
    strata: tuple[str, ...] = ()


def estimate(strata: Strata, confidence: float = 0.95) -> Estimate | Refused:
    """Raises BadCounts where nobody was asked."""
    there = {key: counts for key, counts in strata.items() if counts.people}
    whole = together(there.values())
    limits = bounds(whole)
    if len(there) == 1:
        return Refused(ONE_STRATUM)
    if unknown := tuple(sorted(key for key, counts in there.items() if not counts.answered)):
        return Refused(NO_ANSWERS, unknown)
    share, variance = Fraction(0), 0.0
    for counts in there.values():
        weight = Fraction(counts.people, whole.people)
        share += weight * Fraction(counts.yes, counts.answered)
        near = (counts.yes + 1) / (counts.answered + 2)
        variance += float(weight) ** 2 * (counts.open / counts.people) * near * (1 - near) / max(counts.answered - 1, 1)
    reach = NormalDist().inv_cdf(0.5 + confidence / 2) * math.sqrt(variance)
    return Estimate(
        share, max(float(limits.lower), float(share) - reach), min(float(limits.upper), float(share) + reach), confidence
    )
