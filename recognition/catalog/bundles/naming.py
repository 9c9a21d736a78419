"""What a rule names, and the same rule with other names. A walk over data that `criteria.parse` takes; pure."""

from collections.abc import Callable, Mapping
from typing import Any

Rename = Callable[[str, str], str]
"""From a sort of thing and its slug to the slug it gets."""
_NAMES = {"finished": "quest", "holds": "badge", "placed": "contest", "kind": "kind", "group": "group", "belongs_to": "group",
          "campaign": "campaign"}  # fmt: skip
_DATA = ("fields",)
"""What holds values of deeds, not names."""


def renamed(rule: Any, rename: Rename) -> Any:
    if isinstance(rule, Mapping):
        return {key: value if key in _DATA else _value(key, value, rename) for key, value in rule.items()}
    return [renamed(part, rename) for part in rule] if isinstance(rule, list) else rule


def _value(key: str, value: Any, rename: Rename) -> Any:
    if key == "object":
        return _each(value, lambda text: _object(text, rename))
    sort = _NAMES.get(key)
    if sort is None or isinstance(value, Mapping):
        return renamed(value, rename)
    return _each(value, lambda text: text if sort == "contest" and text == "any" else rename(sort, text))


def _each(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [change(one) if isinstance(one, str) else one for one in value]
    return change(value) if isinstance(value, str) else value


def _object(text: str, rename: Rename) -> str:
    """`quest:slug`, or `badge:slug/25` for one level of it."""
    sort, colon, rest = text.partition(":")
    slug, slash, level = rest.partition("/")
    return f"{sort}:{rename(sort, slug)}{slash}{level}" if colon else text


def named(*rules: Any) -> set[tuple[str, str]]:
    """(sort, slug) of everything that the rules speak of."""
    found: set[tuple[str, str]] = set()

    def note(sort: str, slug: str) -> str:
        found.add((sort, slug))
        return slug

    for rule in rules:
        renamed(rule, note)
    return found
