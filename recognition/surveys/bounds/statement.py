"""Everything that counts come to, as plain data for programs."""

from fractions import Fraction
from typing import Any

from recognition.surveys.bounds import estimating, hiding, proving
from recognition.surveys.bounds.counts import together
from recognition.surveys.bounds.proving import Needed, Strata


def statement(strata: Strata, over: Fraction, confidence: float) -> dict[str, Any]:
    """Shares in percent: the lower bound rounded down and the upper one up, so that what is written holds too. Raises
    BadCounts where nobody was asked."""
    counts = together(strata.values())
    found = proving.bounds(counts)
    return {
        "people": counts.people, "yes": counts.yes, "not_yes": counts.not_yes, "open": counts.open,
        "lower": tenths_down(found.lower), "upper": tenths_up(found.upper), "over": float(over * 100),
        "verdict": proving.verdict(counts, over), "shown": counts.shown,
        "with_shown": tenths_down(Fraction(counts.yes + counts.shown, counts.people)),
        "to_prove": _needed(proving.to_prove(strata, over)), "to_disprove": _needed(proving.to_disprove(strata, over)),
        "estimate": estimate_data(estimating.estimate(strata, confidence)),
        "strata": {key: {"people": one.people, "answered": one.answered, "open": one.open} for key, one in strata.items()},
    }  # fmt: skip


def estimate_data(found: estimating.Estimate | estimating.Refused) -> dict[str, Any]:
    if isinstance(found, estimating.Refused):
        return {"refused": found.reason, "strata": list(found.strata)}
    return {"share": round(float(found.share) * 100, 1), "low": tenths_down(Fraction(found.low)),
            "high": tenths_up(Fraction(found.high)), "confidence": found.confidence}  # fmt: skip


def told_bounds(told: hiding.Told) -> proving.Bounds:
    """What is told proves at most what was counted."""
    return proving.Bounds(Fraction(told.yes, told.people), Fraction(told.yes + told.open, told.people))


def tenths_down(share: Fraction) -> float:
    """Percent with one decimal."""
    return (share.numerator * 1000 // share.denominator) / 10


def tenths_up(share: Fraction) -> float:
    return -(-share.numerator * 1000 // share.denominator) / 10


def _needed(found: Needed | None) -> dict[str, Any] | None:
    return None if found is None else {"people": found.people, "places": dict(found.places)}
