"""JSON or TOML data in, a checked tree out. Every fault names its place, such as `all[1].count.kind`."""

import re
from collections.abc import Mapping
from typing import Any

from recognition.activities.criteria.tree import (
    BADGE_AWARDED,
    FIELDS,
    QUEST_FINISHED,
    UNITS,
    Criteria,
    Filter,
    Leaf,
    Node,
)

EVIDENCE = {"self": 0, "passive": 1, "confirmed": 2}
MAX_DEPTH = 6
MAX_PARTS = 20
MAX_NUMBER = 1_000_000
_LISTS = ("kind", "tags_any", "tags_all", "campaign", "group", "source", "object")
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


class BadCriteria(ValueError):
    """`place` says where in the rule, `reason` what is wrong with it, for the person who wrote it."""

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place or "criteria", reason
        super().__init__(f"{self.place}: {reason}")


def parse(data: Any, *, levelled: bool = False) -> Criteria:
    """`levelled`: one leaf without `at_least`, since the badge's levels say how far. Raises BadCriteria."""
    criteria = _part(data, "", 0, levelled)
    if levelled and isinstance(criteria, Node):
        raise BadCriteria("", "a badge with levels needs a single count, distinct or streak")
    return criteria


def _part(data: Any, place: str, depth: int, levelled: bool) -> Criteria:
    if not isinstance(data, Mapping):
        raise BadCriteria(place, "expected a table such as {count = {...}, at_least = 5}")
    if depth > MAX_DEPTH:
        raise BadCriteria(place, f"nested deeper than {MAX_DEPTH}")
    words = [word for word in _PARSERS if word in data]
    if len(words) != 1:
        raise BadCriteria(place, f"needs exactly one of {', '.join(_PARSERS)}")
    word = words[0]
    parser, allowed = _PARSERS[word]
    unknown = sorted(set(data) - {word} - allowed)
    if unknown:
        raise BadCriteria(_in(place, unknown[0]), f"is not known beside {word}")
    part: Criteria = parser(data, place, depth, levelled)
    return part


def _node(data: Mapping[str, Any], place: str, depth: int, _levelled: bool) -> Node:
    word = next(w for w in ("all", "any", "some") if w in data)
    items = data[word]
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_PARTS:
        raise BadCriteria(_in(place, word), f"needs a list of 1 to {MAX_PARTS} parts")
    parts = tuple(_part(item, f"{_in(place, word)}[{i}]", depth + 1, False) for i, item in enumerate(items))
    at_least = {"all": len(parts), "any": 1}.get(word) or _number(data, "at_least", place)
    if at_least > len(parts):
        raise BadCriteria(_in(place, "at_least"), f"asks for {at_least} of only {len(parts)} parts")
    return Node(parts, at_least)


def _count(data: Mapping[str, Any], place: str, _depth: int, levelled: bool) -> Leaf:
    return Leaf("count", _filter(data["count"], _in(place, "count")), _goal(data, place, levelled))


def _distinct(data: Mapping[str, Any], place: str, _depth: int, levelled: bool) -> Leaf:
    by = _choice(data["distinct"], FIELDS, _in(place, "distinct"))
    return Leaf("distinct", _filter(data.get("where", {}), _in(place, "where")), _goal(data, place, levelled), by)


def _streak(data: Mapping[str, Any], place: str, _depth: int, levelled: bool) -> Leaf:
    unit = _choice(data["streak"], UNITS, _in(place, "streak"))
    where = _filter(data.get("where", {}), _in(place, "where"))
    gaps = _number(data, "gaps", place, least=0) if "gaps" in data else 0
    return Leaf("streak", where, _goal(data, place, levelled), unit, gaps)


def _finished(data: Mapping[str, Any], place: str, _depth: int, _levelled: bool) -> Leaf:
    quest = _slug(data["finished"], _in(place, "finished"))
    return Leaf("count", Filter(kind=(QUEST_FINISHED,), object=(f"quest:{quest}",)), 1)


def _holds(data: Mapping[str, Any], place: str, _depth: int, _levelled: bool) -> Leaf:
    badge = _slug(data["holds"], _in(place, "holds"))
    level = f"/{_number(data, 'level', place)}" if "level" in data else ""
    return Leaf("count", Filter(kind=(BADGE_AWARDED,), object=(f"badge:{badge}{level}",)), 1)


_PARSERS: dict[str, Any] = {
    "all": (_node, frozenset[str]()),
    "any": (_node, frozenset[str]()),
    "some": (_node, frozenset({"at_least"})),
    "count": (_count, frozenset({"at_least"})),
    "distinct": (_distinct, frozenset({"where", "at_least"})),
    "streak": (_streak, frozenset({"where", "at_least", "gaps"})),
    "finished": (_finished, frozenset[str]()),
    "holds": (_holds, frozenset({"level"})),
}


def _filter(data: Any, place: str) -> Filter:
    if not isinstance(data, Mapping):
        raise BadCriteria(place, "expected a table of conditions; {} counts every deed")
    unknown = sorted(set(data) - {*_LISTS, "evidence", "repeats"})
    if unknown:
        raise BadCriteria(_in(place, unknown[0]), "is not a condition we know")
    lists = {name: _texts(data[name], _in(place, name)) for name in _LISTS if name in data}
    evidence = EVIDENCE[_choice(data.get("evidence", "self"), tuple(EVIDENCE), _in(place, "evidence"))]
    repeats = _choice(data.get("repeats", "once"), ("once", "all"), _in(place, "repeats")) == "all"
    return Filter(**lists, evidence=evidence, repeats=repeats)


def _texts(value: Any, place: str) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not items or len(items) > 100:
        raise BadCriteria(place, "needs a list of 1 to 100 words")
    for item in items:
        if not isinstance(item, str) or not 1 <= len(item) <= 160:
            raise BadCriteria(place, "holds something that is not a short text")
    return tuple(sorted(set(items)))


def _goal(data: Mapping[str, Any], place: str, levelled: bool) -> int:
    if not levelled:
        return _number(data, "at_least", place)
    if "at_least" in data:
        raise BadCriteria(_in(place, "at_least"), "the badge's levels say how many; leave it out")
    return 1


def _number(data: Mapping[str, Any], name: str, place: str, least: int = 1) -> int:
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MAX_NUMBER:
        raise BadCriteria(_in(place, name), f"needs a whole number from {least} to {MAX_NUMBER}")
    return value


def _choice(value: Any, allowed: tuple[str, ...], place: str) -> str:
    if value not in allowed:
        raise BadCriteria(place, f"needs one of {', '.join(allowed)}")
    return str(value)


def _slug(value: Any, place: str) -> str:
    if not isinstance(value, str) or not _SLUG.fullmatch(value):
        raise BadCriteria(place, "needs a slug such as what-is-mdm")
    return value


def _in(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
