"""A trigger: which messages make the old system look at a rule, as kinds of deeds with fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from recognition.catalog.fedora import expressions
from recognition.catalog.fedora.expressions import Test
from recognition.catalog.fedora.reading import Refused
from recognition.catalog.fedora.topics import Topics

MOST_WAYS = 50
Fields = tuple[tuple[str, Test], ...]
"""Tests by the deed's field, such as ("data.new", Test(...)); sorted, so that equal ones are equal."""


@dataclass(frozen=True)
class Way:
    """One way to set a rule off. `topics` None: any topic but `but`."""

    topics: frozenset[str] | None = None
    but: frozenset[str] = frozenset()
    fields: Fields = ()

    def __and__(self, other: "Way") -> "Way":
        topics = self.topics if other.topics is None else other.topics if self.topics is None else self.topics & other.topics
        but = self.but | other.but
        fields = dict(self.fields)
        for name, test in other.fields:
            if fields.setdefault(name, test) != test:
                raise Refused(f"trigger: asks two different things of {name}")
        return Way(topics if topics is None else topics - but, but, tuple(sorted(fields.items(), key=lambda pair: pair[0])))


@dataclass
class Reader:
    """`notes` gathers what somebody should know about the way a trigger was understood."""

    topics: Topics
    notes: list[str] = field(default_factory=list)

    def read(self, data: Any) -> dict[str, Fields]:
        """Each topic that sets the rule off, with what else the message must say. Raises Refused."""
        found: dict[str, Fields] = {}
        for way in self._ways(data, "trigger"):
            if way.topics is None:
                raise Refused("trigger: names no topic or category, only what it is not or what a message says")
            for topic in way.topics:
                if found.setdefault(topic, way.fields) != way.fields:
                    raise Refused(f"trigger: fits {topic} in two ways that ask different fields")
        if not found:
            raise Refused("trigger: nothing can ever fit it")
        return found

    def _ways(self, data: Any, place: str) -> list[Way]:
        if not isinstance(data, Mapping) or not data:
            raise Refused(f"{place}: is not a table such as {{topic: ...}}")
        if len(data) > 1:
            raise Refused(f"{place}: has {len(data)} keys; one of topic, category, all, any, not is allowed")
        (key, value), *_rest = data.items()
        readers: dict[str, Callable[[Any, str], list[Way]]] = {
            "topic": self._topic, "category": self._category, "lambda": self._lambda, "all": self._all, "any": self._any,
            "not": self._not,
        }  # fmt: skip
        if key not in readers:
            raise Refused(f"{place}: {key[:40]!r} is not known; topic, category, all, any, not or lambda is")
        ways = readers[key](value, f"{place}.{key}")
        if len(ways) > MOST_WAYS:
            raise Refused(f"{place}: has more than {MOST_WAYS} ways to be met")
        return ways

    def _topic(self, value: Any, place: str) -> list[Way]:
        found = [self.topics.ending_in(item) for item in _either(value, place)]
        several = [names for names in found if len(names) > 1]
        if several:
            self.notes.append("a topic given by its end fits several: " + ", ".join(sorted(set[str]().union(*several))))
        return [Way(frozenset[str]().union(*found))]

    def _category(self, value: Any, place: str) -> list[Way]:
        items = _either(value, place)
        found = frozenset[str]().union(*(self.topics.of_category(item) for item in items))
        self.notes.append(f"the category {' or '.join(items)} was read as the topics that these rules name: "
                          + ", ".join(sorted(found)))  # fmt: skip
        return [Way(found)]

    def _lambda(self, value: Any, place: str) -> list[Way]:
        tests = expressions.tests(value) if isinstance(value, str) else None
        if tests is None:
            raise Refused(f"{place}: is code that we do not read: {str(value)[:120]}")
        way = Way()
        for test in tests:
            way &= Way(self.topics.ending_in(test.ends)) if test.ends else self._of_test(test, place)
        return [way]

    def _of_test(self, test: Test, place: str) -> Way:
        if test.path == ("topic",):
            return Way(frozenset(name for item in test.one_of for name in self.topics.ending_in(item)))
        return Way(fields=((field_of(test, place), test),))

    def _all(self, value: Any, place: str) -> list[Way]:
        ways = [Way()]
        for i, item in enumerate(_list(value, place)):
            more = self._ways(item, f"{place}[{i}]")
            ways = [one & other for one in ways for other in more]
            if len(ways) > MOST_WAYS:
                raise Refused(f"{place}: has more than {MOST_WAYS} ways to be met")
        return ways

    def _any(self, value: Any, place: str) -> list[Way]:
        return [way for i, item in enumerate(_list(value, place)) for way in self._ways(item, f"{place}[{i}]")]

    def _not(self, value: Any, place: str) -> list[Way]:
        """None of these topics. Not having a field cannot be said."""
        items = value if isinstance(value, list) else [value]
        but: frozenset[str] = frozenset()
        for i, item in enumerate(items):
            for way in self._ways(item, f"{place}[{i}]" if isinstance(value, list) else place):
                if way.topics is None or way.fields:
                    raise Refused(f"{place}: only topics and categories can be left out")
                but |= way.topics
        return [Way(None, but)]


def field_of(test: Test, place: str) -> str:
    """The field of a deed that holds what stands in the body of a message; steps are joined, since a deed's data is flat:
    `update.release.name` is data.update_release_name."""
    if len(test.path) < 2 or test.path[0] != "msg":
        raise Refused(f"{place}: asks for {'.'.join(test.path)}, which is not in the body of a message")
    return "data." + "_".join(test.path[1:])


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise Refused(f"{place}: needs a list")
    return value


def _either(value: Any, place: str) -> list[Any]:
    """One word, a list of them, or {any: [...]}."""
    if isinstance(value, Mapping) and set(value) == {"any"}:
        value = value["any"]
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, str) for item in items):
        raise Refused(f"{place}: needs a word, or {{any: [...]}}")
    return items
