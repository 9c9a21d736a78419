"""Which deeds count, as data, in; a checked Filter, out."""

import re
from collections.abc import Mapping
from typing import Any

from recognition.activities.criteria.tree import NO_LIMITS, Comparison, Filter, Limits, Window
from recognition.activities.criteria.values import BadCriteria, choice, inside, table, texts, whole
from recognition.activities.criteria.windows import window

EVIDENCE = {"self": 0, "passive": 1, "confirmed": 2}
LISTS = ("kind", "tags_any", "tags_all", "campaign", "group", "source", "object")
ONCE_PER = ("object",)
MAX_COMPARED = 10**12
_LIMITS = ("window", "fields", "at_most", "once_per")
_DATA = re.compile(r"data\.[A-Za-z0-9_-]{1,60}")


def deeds(data: Any, place: str) -> Filter:
    """Raises BadCriteria."""
    if not isinstance(data, Mapping):
        raise BadCriteria(place, "expected a table of conditions; {} counts every deed")
    unknown = sorted(str(name) for name in set(data) - {*LISTS, *_LIMITS, "evidence", "repeats"})
    if unknown:
        raise BadCriteria(inside(place, unknown[0]), "is not a condition we know")
    lists = {name: texts(data[name], inside(place, name)) for name in LISTS if name in data}
    evidence = EVIDENCE[choice(data.get("evidence", "self"), tuple(EVIDENCE), inside(place, "evidence"))]
    repeats = choice(data.get("repeats", "once"), ("once", "all"), inside(place, "repeats")) == "all"
    limits = _limits(data, place) if any(name in data for name in _LIMITS) else NO_LIMITS
    return Filter(**lists, evidence=evidence, repeats=repeats, openly=False, limits=limits)


def number_field(value: Any, place: str) -> str:
    """A field that holds numbers."""
    if value != "points" and not (isinstance(value, str) and _DATA.fullmatch(value)):
        raise BadCriteria(place, "needs points or a field of the deed's data such as data.participants")
    return str(value)


def _limits(data: Mapping[str, Any], place: str) -> Limits:
    when = window(data["window"], inside(place, "window")) if "window" in data else Window()
    caps = table(data.get("at_most", {}), inside(place, "at_most"), {"day", "week"}, "{day = 3}")
    if "at_most" in data and not caps:
        raise BadCriteria(inside(place, "at_most"), "needs day, week or both, such as {day = 3}")
    per = {unit: whole(number, inside(inside(place, "at_most"), unit)) for unit, number in caps.items()}
    once_per = choice(data["once_per"], ONCE_PER, inside(place, "once_per")) if "once_per" in data else ""
    _check_together(place, when, per, once_per)
    return Limits(when, _fields(data, place), per.get("day", 0), per.get("week", 0), once_per)


def _check_together(place: str, when: Window, per: Mapping[str, int], once_per: str) -> None:
    """Together these could make a number smaller when a deed is added: one that was told late would take the place of
    another, and an award would stand on nothing."""
    if once_per and per:
        raise BadCriteria(inside(place, "once_per"), "cannot stand beside at_most; choose one of the two")
    if when.any_days and once_per:
        raise BadCriteria(inside(place, "once_per"), "cannot stand beside any_days; count the distinct objects instead")
    if when.any_days and "week" in per:
        raise BadCriteria(inside(place, "at_most.week"), "cannot stand beside any_days, whose stretch may begin on any day")


def _fields(data: Mapping[str, Any], place: str) -> tuple[Comparison, ...]:
    if "fields" not in data:
        return ()
    place = inside(place, "fields")
    asked = data["fields"]
    if not isinstance(asked, Mapping) or not 1 <= len(asked) <= 10:
        raise BadCriteria(place, 'expected a table of 1 to 10 fields such as {"data.participants" = {at_least = 10}}')
    return tuple(_comparison(name, asked[name], place) for name in sorted(asked, key=str))


def _comparison(name: Any, value: Any, place: str) -> Comparison:
    here = inside(place, str(name))
    number_field(name, here)
    data = table(value, here, {"at_least", "at_most", "is"}, "{at_least = 10}")
    if not data:
        raise BadCriteria(here, "needs at_least, at_most or is")
    edges = {
        edge: whole(data[edge], inside(here, edge), -MAX_COMPARED, MAX_COMPARED)
        for edge in ("at_least", "at_most")
        if edge in data
    }
    if len(edges) == 2 and edges["at_least"] > edges["at_most"]:
        raise BadCriteria(inside(here, "at_most"), "is below at_least: no deed could be both")
    words = _words(data, here)
    if words and edges and not any(_is_between(word, edges) for word in words):
        raise BadCriteria(inside(here, "is"), "has nothing between at_least and at_most: no deed could be both")
    return Comparison(name, edges.get("at_least"), edges.get("at_most"), words)


def _is_between(word: str | int, edges: Mapping[str, int]) -> bool:
    """A word is no number, and lies nowhere."""
    return isinstance(word, int) and edges.get("at_least", word) <= word <= edges.get("at_most", word)


def _words(data: Mapping[str, Any], place: str) -> tuple[str | int, ...]:
    if "is" not in data:
        return ()
    items = data["is"] if isinstance(data["is"], list) else [data["is"]]
    for item in items:
        is_word = isinstance(item, str) and 1 <= len(item) <= 160
        is_number = isinstance(item, int) and not isinstance(item, bool) and abs(item) <= MAX_COMPARED
        if not is_word and not is_number:
            raise BadCriteria(inside(place, "is"), "needs words and whole numbers")
    if not 1 <= len(items) <= 100:
        raise BadCriteria(inside(place, "is"), "needs a list of 1 to 100 words or whole numbers")
    return tuple(sorted(set(items), key=lambda item: (isinstance(item, str), item)))
