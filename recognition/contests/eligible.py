"""Who may enter and who may vote, in words, and what somebody still lacks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from recognition.activities import measure
from recognition.activities.criteria.decide import decide
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import Criteria, leaves
from recognition.badges.words import Names, Part, names_for, part_of
from recognition.identity.models import Member


@dataclass(frozen=True)
class Standing:
    """`part`: how far they are with each thing that is asked; None where nothing is."""

    ok: bool
    part: Part | None = None


def rule_words(data: dict[str, Any] | None, names: Names | None = None) -> str:
    """The rule as a sentence."""
    if data is None:
        return str(_("Every active member."))
    words = describe(parse(data), names if names is not None else names_for([parse(data)]))
    return words[:1].upper() + words[1:] + "."


def names_of(*rules: dict[str, Any] | None) -> Names:
    """Of all that these rules speak about."""
    parsed = [parse(rule) for rule in rules if rule is not None]
    return names_for(parsed) if parsed else {}


def standings(rules: dict[str, dict[str, Any] | None], member: Member, now: datetime, names: Names) -> dict[str, Standing]:
    """How the member stands with each rule, by its key; all are measured at once."""
    parsed = {key: parse(rule) for key, rule in rules.items() if rule is not None}
    asked: dict[Any, int] = {}
    for criteria in parsed.values():
        for leaf in leaves(criteria):
            asked[leaf] = max(asked.get(leaf, 0), leaf.at_least)
    values = measure.measure_one(member.id, asked, now=now) if asked else {}
    is_active = member.state == "active"
    return {key: _standing(parsed.get(key), values, is_active, names) for key in rules}


def _standing(criteria: Criteria | None, values: dict[Any, int], is_active: bool, names: Names) -> Standing:
    if criteria is None:
        return Standing(is_active)
    found = decide(criteria, values)
    return Standing(is_active and found.met, part_of(found, names))


def meets(rule: dict[str, Any] | None, member: Member, now: datetime) -> bool:
    return standings({"": rule}, member, now, {})[""].ok
