"""A frozen result as a page tells it. Everything is worked out from what was frozen, so that picture, table, file and sentence
cannot differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from recognition.surveys.bounds import proving
from recognition.surveys.bounds.counts import Counts
from recognition.surveys.bounds.hiding import Told
from recognition.surveys.bounds.proving import DISPROVEN, NOT_PROVEN, PROVEN, Needed
from recognition.surveys.bounds.statement import tenths_down, tenths_up, told_bounds
from recognition.surveys.models import Survey
from recognition.surveys.rules import TEXT

VERDICTS = (PROVEN, NOT_PROVEN, DISPROVEN)


@dataclass(frozen=True)
class Part:
    """People who are told together, by stratum or region."""

    keys: tuple[str, ...]
    people: int
    answered: int
    open: int


@dataclass(frozen=True)
class Bound:
    """How many percent of these people say yes: at least so many, and at most."""

    keys: tuple[str, ...]
    people: int
    lower: float
    upper: float


@dataclass(frozen=True)
class Asked:
    """A question with how often each of its options was chosen; options that few chose are left out."""

    ask: str
    options: Sequence[tuple[str, int]]
    hides_some: bool


@dataclass(frozen=True)
class Found:
    """`lower` and `upper` in percent, rounded so that they hold; `with_shown`: the lower bound for "says so, or has shown it".
    `needs`: yes answers that would prove it; `needs_no`: others that would disprove it."""

    told: Told
    over: int
    least: int
    confidence: int
    lower: float
    upper: float
    verdict: str
    with_shown: float | None
    needs: Needed | None
    needs_no: Needed | None
    strata: Sequence[Part]
    regions: Sequence[Part]
    bounds: Sequence[Bound]
    parts: Sequence[Mapping[str, Any]]
    estimate: Mapping[str, Any]
    questions: Sequence[Asked]
    digest: str


def found(survey: Survey) -> Found | None:
    """None while there is no result, and where so few were asked that it would point at them."""
    frozen = survey.result
    if survey.result_at is None or frozen is None:
        return None
    told = Told(*(frozen[name] for name in ("people", "yes", "not_yes", "open", "declined", "silent", "shown")))
    if told.people < frozen["least"]:
        return None
    over = Fraction(frozen["over"], 100)
    limits, counts = told_bounds(told), Counts(told.yes, told.not_yes, silent=told.open)
    strata = [_part(one) for one in frozen["strata"]]
    told_apart = _as_counts(strata, counts)
    return Found(
        told, frozen["over"], frozen["least"], frozen["confidence"], tenths_down(limits.lower), tenths_up(limits.upper),
        proving.verdict(counts, over),
        tenths_down(Fraction(told.yes + told.shown, told.people)) if told.shown is not None else None,
        proving.to_prove(told_apart, over), proving.to_disprove(told_apart, over), strata,
        [_part(one) for one in frozen["regions"]], [_bound(one) for one in frozen["parts"]], frozen["parts"],
        frozen["estimate"], _questions(survey, frozen["questions"]), frozen["digest"],
    )  # fmt: skip


def _as_counts(strata: Sequence[Part], everybody: Counts) -> dict[str, Counts]:
    """Only the open ones of each matter for what would settle it. Where nothing is told apart, all of them are one."""
    if not strata:
        return {"": everybody}
    split = {" ".join(one.keys): Counts(silent=one.open) for one in strata}
    first = next(iter(split))
    split[first] += Counts(everybody.yes, everybody.no)
    return split


def _part(one: Mapping[str, Any]) -> Part:
    return Part(tuple(one["keys"]), one["people"], one["answered"], one["open"])


def _bound(one: Mapping[str, Any]) -> Bound:
    """Made of what is frozen of this part, which holds no small number."""
    lower, upper = Fraction(one["yes"], one["people"]), Fraction(one["yes"] + one["open"], one["people"])
    return Bound(tuple(one["keys"]), one["people"], tenths_down(lower), tenths_up(upper))


def _questions(survey: Survey, frozen: Sequence[Mapping[str, Any]]) -> list[Asked]:
    counts = {one["position"]: one["counts"] for one in frozen}
    told = []
    for one in survey.questions:
        if one.kind == TEXT or one.position not in counts:
            continue
        names = one.options or ["1", "2", "3", "4", "5"]
        shown = [(name, counts[one.position][name]) for name in names if name in counts[one.position]]
        told.append(Asked(one.ask, shown, len(shown) < len(names)))
    return told
