"""Single values of a rule's data: numbers, words, slugs and what else has no parts. Each fault names its place."""

import re
from collections.abc import Mapping
from typing import Any

MAX_NUMBER = 1_000_000
SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


class BadCriteria(ValueError):
    """`place` says where in the rule, `reason` what is wrong with it, for the person who wrote it."""

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place or "criteria", reason
        super().__init__(f"{self.place}: {reason}")


def inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def whole(value: Any, place: str, least: int = 1, most: int = MAX_NUMBER) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadCriteria(place, f"needs a whole number from {least} to {most}")
    return value


def number(data: Mapping[str, Any], name: str, place: str, least: int = 1) -> int:
    return whole(data.get(name), inside(place, name), least)


def choice(value: Any, allowed: tuple[str, ...], place: str) -> str:
    if value not in allowed:
        raise BadCriteria(place, f"needs one of {', '.join(allowed)}")
    return str(value)


def slug(value: Any, place: str) -> str:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise BadCriteria(place, "needs a slug such as what-is-mdm")
    return value


def texts(value: Any, place: str) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not items or len(items) > 100:
        raise BadCriteria(place, "needs a list of 1 to 100 words")
    for item in items:
        if not isinstance(item, str) or not 1 <= len(item) <= 160:
            raise BadCriteria(place, "holds something that is not a short text")
    return tuple(sorted(set(items)))


def table(value: Any, place: str, known: set[str], example: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadCriteria(place, f"expected a table such as {example}")
    unknown = sorted(str(name) for name in set(value) - known)
    if unknown:
        raise BadCriteria(inside(place, unknown[0]), f"is not known here; known are {', '.join(sorted(known))}")
    return value
