"""The result as it is frozen: only what may be told, so that neither the database nor a backup of it holds more."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from recognition.surveys import counting
from recognition.surveys.bounds import estimating, hiding
from recognition.surveys.bounds.counts import Counts, together
from recognition.surveys.bounds.statement import estimate_data
from recognition.surveys.models import Survey
from recognition.surveys.rules import SCALE_STEPS, SEVERAL, TEXT, digest

TOO_SMALL = "too small"
PLAIN = ("yes", "not_yes", "open", "declined", "silent", "shown")


def result(survey: Survey, shown: int, met: int) -> dict[str, Any]:
    """`met`: how many of the roll meet the rule of the second evidence; `shown`: how many of these are silent. All else is
    counted from the roll and the answers."""
    least = survey.method["least"]
    cells = counting.cells(survey.id)
    strata = counting.along(cells, counting.STRATUM)
    everybody = together(strata.values())
    everybody = replace(everybody, shown=min(shown, everybody.silent))
    told = hiding.whole(everybody, least, met)
    groups = hiding.groups(strata, least)
    parts = hiding.parts(groups, least)
    regions = hiding.groups(counting.along(cells, counting.REGION), least) if survey.method["by_region"] else ()
    if regions and not hiding.is_safe_beside(groups, regions, cells, least):
        regions = ()
    frozen: dict[str, Any] = {
        "people": told.people, "over": survey.method["over"], "least": least, "confidence": survey.method["confidence"],
        **{name: getattr(told, name) for name in PLAIN},
        "strata": [_group(one) for one in groups], "regions": [_region(one) for one in regions],
        "parts": [{**_group(one), "yes": one.counts.yes, "not_yes": one.counts.not_yes} for one in parts],
        "estimate": _estimate(parts, survey.method["confidence"]), "questions": _questions(survey, everybody, told),
        "rules_hash": survey.rules_hash, "roll_hash": survey.roll_hash,
    }  # fmt: skip
    return frozen | {"digest": digest(frozen)}


def is_whole(frozen: Mapping[str, Any]) -> bool:
    """Whether it is as it was frozen."""
    return bool(frozen["digest"] == digest({name: value for name, value in frozen.items() if name != "digest"}))


def _group(one: hiding.Group) -> dict[str, Any]:
    return {"keys": list(one.keys), "people": one.counts.people, "answered": one.counts.answered, "open": one.counts.open}


def _region(one: hiding.Group) -> dict[str, Any]:
    """Where few people are from is not kept, not even by name."""
    return _group(one) | ({"keys": []} if len(one.keys) > 1 else {})


def _estimate(parts: tuple[hiding.Group, ...], percent: int) -> dict[str, Any]:
    """Made of nothing that is not told: a guess that used more could be solved for it."""
    if not parts:
        return {"refused": TOO_SMALL, "strata": []}
    together_as = {" ".join(one.keys): one.counts for one in parts}
    return estimate_data(estimating.estimate(together_as, float(Fraction(percent, 100))))


def _questions(survey: Survey, everybody: Counts, told: hiding.Told) -> list[dict[str, Any]]:
    """Of no question more is told than `told` says of how many have answered: what is more would be the few who are hidden
    there."""
    counted, least, found, known = counting.chosen(survey), survey.method["least"], [], told.yes + told.not_yes
    for one in survey.questions:
        if one.kind == TEXT:
            continue
        counts = counted[one.position]
        if one.is_claim:
            is_exact = (told.yes, told.not_yes) == (everybody.yes, everybody.not_yes)
            shown = _sides(one, counts, least) if is_exact else {}
        elif one.kind == SEVERAL:
            rest = {name: known - counts[name] for name in one.options if least <= counts[name] <= told.people - least}
            shown = {name: counts[name] for name, others in rest.items() if others == 0 or others >= least}
        else:
            shown = _chosen({name: counts[name] for name in one.options or SCALE_STEPS}, known, told, least)
        found.append({"position": one.position, "counts": shown})
    return found


def _chosen(counts: Mapping[str, int], known: int, told: hiding.Told, least: int) -> dict[str, int]:
    """`known`: of how many the page says that they have answered; who of them skipped this question is an option too."""
    shown, _rest = hiding.options({**counts, "": max(known - sum(counts.values()), 0)}, least)
    shown = {name: number for name, number in shown.items() if name and number <= told.people - least}
    while sum(shown.values()) > known:
        del shown[min(shown, key=lambda name: (shown[name], name))]
    return shown


def _sides(question: Any, counts: Mapping[str, int], least: int) -> dict[str, int]:
    """Each side by itself: what a side has is told, so that its small options can only hide among each other."""
    shown: dict[str, int] = {}
    for side in counting.sides(question, counts):
        shown |= hiding.options(side, least)[0]
    return shown
