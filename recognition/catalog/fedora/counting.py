"""What a rule counts and how far: `criteria.datanommer`, or `previous` and `condition` of the newer files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from recognition.catalog.fedora import expressions, people
from recognition.catalog.fedora.expressions import has_code
from recognition.catalog.fedora.reading import Refused
from recognition.catalog.fedora.topics import Topics, short
from recognition.catalog.fedora.triggers import Fields, field_of

MOST = 1_000_000
_NO_MATTER = ("rows_per_page", "page", "order", "defer")
_LISTS = ("topics", "categories", "not_topics", "not_categories")
_PEOPLE = ("users", "usernames", "agents")
_WORDS = {
    "greater than or equal to": 0, ">=": 0, "at least": 0, "greater than": 1, ">": 1, "more than": 1, "equal to": 0, "equal": 0,
    "=": 0, "==": 0,
}  # fmt: skip
_EXACT = {"equal to", "equal", "=", "=="}
_FALLING = {"less than", "less than or equal to", "<", "<=", "not", "not equal to", "!="}
_CONDITION = re.compile(r"\s*([a-z<>=! ]+?)\s*:?\s*(-?\d{1,12})\s*", re.ASCII)


@dataclass(frozen=True)
class Count:
    """`topics` None: deeds of any kind. `same`: only those with the topic of the message that set the rule off."""

    goal: int
    topics: frozenset[str] | None = None
    same: bool = False
    fields: Fields = ()
    window: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Several:
    """`every`: all of the parts, else any one of them."""

    parts: tuple["Count | Several", ...]
    every: bool


Counted = Count | Several


@dataclass
class Counter:
    """Reads what is counted of a rule whose badge goes to `given_to` when one of `triggering` topics comes."""

    topics: Topics
    given_to: str
    triggering: frozenset[str]
    notes: list[str] = field(default_factory=list)

    def criteria(self, data: Any, place: str = "criteria") -> Counted:
        if not isinstance(data, Mapping) or not data:
            raise Refused(f"{place}: is not a table")
        if "filter" in data:
            return self.query(data, data.get("condition"), place)
        if len(data) > 1:
            raise Refused(f"{place}: has {len(data)} keys; one of datanommer, all, any is allowed")
        (key, value), *_rest = data.items()
        if key == "datanommer":
            if not isinstance(value, Mapping):
                raise Refused(f"{place}.datanommer: is not a table")
            return self.query(value, value.get("condition"), f"{place}.datanommer")
        if key == "not":
            raise Refused(f"{place}.not: asks that something was not done; a badge is for what was")
        if key not in ("all", "any"):
            raise Refused(f"{place}: {key[:40]!r} asks another system, which we cannot")
        if not isinstance(value, list) or not value:
            raise Refused(f"{place}.{key}: needs a list")
        parts = tuple(self.criteria(item, f"{place}.{key}[{i}]") for i, item in enumerate(value))
        return Several(parts, key == "all")

    def query(self, data: Mapping[str, Any], condition: Any, place: str) -> Count:
        unknown = sorted(str(key) for key in set(data) - {"filter", "operation", "condition"})
        if unknown:
            raise Refused(f"{place}: {unknown[0][:40]!r} is not known; filter, operation and condition are")
        goal = self.goal(condition, place)
        tests = self._operation(data.get("operation"), place)
        asked = data.get("filter")
        if not isinstance(asked, Mapping):
            raise Refused(f"{place}.filter: is not a table")
        count = self._filtered(asked, goal, f"{place}.filter")
        fields = tuple(sorted(((field_of(test, f"{place}.operation"), test) for test in tests), key=lambda pair: pair[0]))
        if len(dict(fields)) < len(fields):
            raise Refused(f"{place}.operation: asks one field twice")
        return Count(count.goal, count.topics, count.same, fields, count.window)

    def goal(self, condition: Any, place: str) -> int:
        """How many it takes. Raises Refused where more deeds could undo it."""
        words, number = _comparison(condition, f"{place}.condition")
        goal = number + _WORDS[words]
        if goal > MOST:
            raise Refused(f"{place}.condition: asks for more than {MOST:,}")
        if words in _EXACT and goal < 1:
            raise Refused(f"{place}.condition: asks for none at all")
        if words in _EXACT:
            self.notes.append(f"“{words} {goal}” was read as at least {goal}: a count that only grows passes it once")
        elif goal < 1:
            self.notes.append(f"“{words} {number}” is met by everybody; one deed is asked for")
        return max(goal, 1)

    def _operation(self, operation: Any, place: str) -> list[expressions.Test]:
        if operation is None or operation == "count":
            return []
        code = operation.get("lambda") if isinstance(operation, Mapping) and set(operation) == {"lambda"} else None
        tests = expressions.counted(code) if isinstance(code, str) else None
        if tests is None:
            shown = code if isinstance(code, str) else operation
            raise Refused(f"{place}.operation: is code that we do not read: {str(shown)[:120]}")
        return tests

    def _filtered(self, asked: Mapping[str, Any], goal: int, place: str) -> Count:
        for key in asked:
            if key not in (*_NO_MATTER, *_LISTS, *_PEOPLE, "start", "end"):
                raise Refused(f"{place}.{str(key)[:40]}: cannot be said in our rules")
        self._check_people(asked, goal)
        topics, same = self._topics(asked, place)
        # The old end is a midnight, and what came before it counts; our last day counts whole.
        edges = (("from", asked.get("start"), 0), ("until", asked.get("end"), 1))
        window = tuple((name, _day(value, before, place)) for name, value, before in edges if value is not None)
        return Count(goal, topics, same, (), window)

    def _check_people(self, asked: Mapping[str, Any], goal: int) -> None:
        given = [asked[key] for key in _PEOPLE if asked.get(key)]
        own = [people.check_counted(users, self.given_to, self.triggering) for users in given]
        if not any(own) and goal > 1:
            raise Refused(f"it counts the deeds of everybody together, not of the one who gets it: no users, {goal} asked")

    def _topics(self, asked: Mapping[str, Any], place: str) -> tuple[frozenset[str] | None, bool]:
        """(which topics, whether only that of the message that set it off). Topics and categories must both fit."""
        wanted: frozenset[str] | None = None
        same = False
        if asked.get("topics") is not None:
            words = _words(asked["topics"], f"{place}.topics")
            same = any(expressions.path_of(word) == ("topic",) for word in words)
            if same and len(words) > 1:
                raise Refused(f"{place}.topics: mixes the topic of the message with others")
            wanted = None if same else frozenset(_exact(word, place) for word in words)
        if asked.get("categories") is not None:
            words = _words(asked["categories"], f"{place}.categories")
            if any(expressions.path_of(word) == ("category",) for word in words):
                words = sorted({topic.split(".")[0] for topic in self.triggering})
            inside = frozenset[str]().union(*(self.topics.of_category(word) for word in words))
            self.notes.append(f"the category {' or '.join(words)} was read as the topics that these rules name: "
                              + ", ".join(sorted(inside)))  # fmt: skip
            wanted = inside if wanted is None else wanted & inside
        return self._without(wanted, same, asked, place), same

    def _without(self, wanted: frozenset[str] | None, same: bool, asked: Mapping[str, Any], place: str) -> frozenset[str] | None:
        but = frozenset(_exact(word, place) for word in _words(asked.get("not_topics") or [], place))
        for word in _words(asked.get("not_categories") or [], place):
            but |= self.topics.of_category(word)
        if not but:
            return wanted
        if wanted is None or same:
            raise Refused(f"{place}: leaves topics out of all there are; only a named list can be made shorter")
        if not wanted - but:
            raise Refused(f"{place}: leaves nothing to count")
        return wanted - but


def _comparison(condition: Any, place: str) -> tuple[str, int]:
    """The words and the number of `{greater than: 5}`, `"greater than: 5"`, `">= 5"` or a lambda that says so."""
    words, number = _pair(condition, place)
    if words == "lambda":
        found = expressions.goal(number) if isinstance(number, str) else None
        if found is None:
            raise Refused(f"{place}.lambda: is code that we do not read: {str(number)[:120]}")
        return "equal to" if "==" in str(number) else "at least", found
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if type(number) is not int or abs(number) > 2 * MOST:
        raise Refused(f"{place}: needs a whole number, of {MOST:,} at most")
    if words in _FALLING:
        raise Refused(f"{place}: “{words} {number}” ends when more is done; a badge is for reaching something")
    if words not in _WORDS:
        raise Refused(f"{place}: {words[:40]!r} is not a comparison we know")
    return words, number


def _pair(condition: Any, place: str) -> tuple[str, Any]:
    if isinstance(condition, str):
        found = _CONDITION.fullmatch(condition)
        if not found:
            raise Refused(f"{place}: {condition[:80]!r} is not a comparison with a number")
        condition = {found[1]: int(found[2])}
    if not isinstance(condition, Mapping) or len(condition) != 1:
        raise Refused(f"{place}: needs one comparison such as {{greater than or equal to: 25}}")
    (words, number), *_rest = condition.items()
    return " ".join(str(words).split()).removeprefix("is "), number


def _words(value: Any, place: str) -> list[str]:
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in items):
        raise Refused(f"{place}: is not a list of words")
    return items


def _exact(topic: str, place: str) -> str:
    if has_code(topic):
        raise Refused(f"{place}.topics: is code that we do not read: {topic[:120]}")
    return short(topic)


def _day(value: Any, days_before: int, place: str) -> str:
    if type(value) is date and value.year > 1:
        return (value - timedelta(days=days_before)).isoformat()
    raise Refused(f"{place}: start and end need a plain day such as 2026-11-21")
