"""What a badge may be, and which awards a measured number brings."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from recognition.activities.criteria.decide import decide, levels_reached
from recognition.activities.criteria.parse import BadCriteria, parse
from recognition.activities.criteria.tree import Criteria, Leaf

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class BadBadge(ValueError):
    """`field` names the input, `reason` says what to mend."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason
        super().__init__(f"{field}: {reason}")


@dataclass(frozen=True)
class Rule:
    """A published badge as the drain needs it. `top` is what counting stops at."""

    badge_id: int
    slug: str
    version: int
    criteria: Criteria
    levels: tuple[int, ...]

    def top(self, leaf: Leaf) -> int:
        return self.levels[-1] if self.levels else leaf.at_least

    def occasions(self) -> tuple[str, ...]:
        return tuple(str(level) for level in self.levels) or ("",)


def earned(rule: Rule, values: Mapping[Leaf, int]) -> list[str]:
    """The occasions that these values bring: "" once, or each level reached as text."""
    if rule.levels:
        assert isinstance(rule.criteria, Leaf)
        return [str(level) for level in levels_reached(values.get(rule.criteria, 0), list(rule.levels))]
    return [""] if decide(rule.criteria, values).met else []


def object_of(slug: str, occasion: str, levels: Sequence[int]) -> str:
    """What the log says an award was: the badge, and above the lowest level which one."""
    return f"badge:{slug}" if occasion in ("", str(levels[0]) if levels else "") else f"badge:{slug}/{occasion}"


def check_levels(levels: Any) -> tuple[int, ...]:
    whole = isinstance(levels, list | tuple) and all(isinstance(n, int) and not isinstance(n, bool) for n in levels)
    if (
        not whole
        or len(levels) > 8
        or list(levels) != sorted(set(levels))
        or any(not 1 <= n <= 1_000_000 for n in levels)
    ):
        raise BadBadge("levels", "needs at most 8 rising whole numbers, such as [1, 5, 25, 100]")
    return tuple(levels)


def check_criteria(data: Any, levels: Sequence[int]) -> Criteria:
    try:
        return parse(data, levelled=bool(levels))
    except BadCriteria as fault:
        raise BadBadge("criteria", str(fault)) from fault


@lru_cache(maxsize=4096)
def compiled(badge_id: int, version: int, frozen: str, slug: str, levels: tuple[int, ...]) -> Rule:
    """`frozen` is the criteria as JSON text, so that an edited rule is never mistaken for the old one."""
    return Rule(badge_id, slug, version, parse(json.loads(frozen), levelled=bool(levels)), levels)
