"""A rule inside a draft: cards in, data out where they are a rule already, else the cards themselves."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from recognition.activities.builder import words
from recognition.activities.builder.cards import Card, fresh, pairs, read
from recognition.activities.builder.making import make
from recognition.activities.builder.taking import take
from recognition.activities.criteria.parse import check_known, parse_seen
from recognition.activities.criteria.values import BadCriteria
from recognition.pages.badge_studio.choices import known

PROOF, REQUIRES = "proof", "requires"


def put(target: dict[str, Any], name: str, card: Card) -> None:
    """Under its name once it is a rule; until then as it was typed, so that nothing of it is lost."""
    made = make(card, name)
    for key in (name, f"{name}_written"):
        target.pop(key, None)
    try:
        parse_seen(made.data)
    except BadCriteria:
        target[f"{name}_written"] = [list(pair) for pair in pairs(card, name)]
    else:
        target[name] = made.data


def card_of(source: Mapping[str, Any], name: str) -> Card:
    written = source.get(f"{name}_written")
    if written:
        return read(MultiDict([(key, text) for key, text in written]), name)
    return take(source[name]) if source.get(name) else fresh()


def has(source: Mapping[str, Any], name: str) -> bool:
    return bool(source.get(name) or source.get(f"{name}_written"))


def errors(card: Card, name: str) -> dict[str, str]:
    """By field of the builder: why it is no rule yet, or what it names that is not there."""
    made = make(card, name)
    try:
        check_known(made.data, known(parse_seen(made.data)))
    except BadCriteria as fault:
        return {made.field_at(fault.place): words.fault(fault)}
    return {}
