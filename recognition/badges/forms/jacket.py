"""The jacket's form: which pins are worn, in which order, and which stay with their owner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

MOVES = ("up", "down", "wear", "off")
"""Buttons beside a pin; each carries the key of its award."""


@dataclass(frozen=True)
class Arrangement:
    """Keys of awards: `worn` in order, `hidden` ones, and a sentence for each place that is no number."""

    worn: list[str]
    hidden: set[str]
    errors: dict[str, str]


def arrangement(form: Mapping[str, str], known: Sequence[str]) -> Arrangement:
    """`known`: the keys that were on the page. An empty place means: not worn."""
    places: list[tuple[int, int, str]] = []
    errors = {}
    for row, key in enumerate(known):
        text = form.get(f"place-{key}", "").strip()
        if not text:
            continue
        if text.isascii() and text.isdigit() and 1 <= int(text) <= 999:
            places.append((int(text), row, key))
        else:
            errors[key] = _("A place is a whole number from 1, or empty for the back.")
    worn = [key for _place, _row, key in sorted(places)]
    return Arrangement(_moved(worn, form, known), {key for key in known if f"hidden-{key}" in form}, errors)


def _moved(worn: list[str], form: Mapping[str, str], known: Sequence[str]) -> list[str]:
    move = next((name for name in MOVES if form.get(name) in known), "")
    if not move:
        return worn
    key = form[move]
    rest = [other for other in worn if other != key]
    if move == "off":
        return rest
    at = worn.index(key) if key in worn else len(rest)
    step = {"up": -1, "down": 1, "wear": 0}[move]
    place = min(max(at + step, 0), len(rest))
    return [*rest[:place], key, *rest[place:]]
