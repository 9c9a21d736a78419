"""From criteria data, as `parse` takes it, to the cards that stand for it."""

from collections.abc import Mapping
from typing import Any

from recognition.activities.builder.cards import DIRECT, WITH_DEEDS, Card
from recognition.activities.builder.listing import join, join_values

Fields = dict[str, tuple[str, ...]]


def take(data: Mapping[str, Any]) -> Card:
    """`data` has passed `parse`."""
    if "not" in data:
        return _none(data["not"])
    node = next((word for word in ("all", "any", "some") if word in data), "")
    if node:
        fields = _texts(data, "at_least") if node == "some" else {}
        return Card(node, fields, tuple(take(part) for part in data[node]))
    sort = next(word for word in _LEAVES if word in data)
    fields = _LEAVES[sort](data)
    if sort in WITH_DEEDS:
        fields |= _filter(data[sort] if sort in DIRECT else data.get("where", {}))
    return Card(sort, fields)


def _none(inner: Mapping[str, Any]) -> Card:
    parts = inner.get("any", ())
    return Card("none", {}, tuple(take(part) for part in (parts if len(parts) > 1 else [inner])))


def _texts(data: Mapping[str, Any], *names: str, **renamed: str) -> Fields:
    """Values as the text of one field each; `renamed`: the field's name by the key in the data."""
    wanted = {name: name for name in names} | renamed
    return {field: (str(data[key]),) for key, field in wanted.items() if key in data}


def _words(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _belonging(data: Mapping[str, Any]) -> Fields:
    return {"to": tuple(_words(data["belongs_to"])), **_texts(data, "as")}


_LEAVES: Mapping[str, Any] = {
    "count": lambda data: _texts(data, "at_least"),
    "first": _texts,
    "distinct": lambda data: _texts(data, "at_least", distinct="by"),
    "streak": lambda data: _texts(data, "at_least", "gaps", streak="unit"),
    "sum": lambda data: _texts(data, "at_least", sum="of"),
    "span": lambda data: _texts(data, "at_least"),
    "holds": lambda data: _texts(data, "level", holds="badge"),
    "finished": lambda data: _texts(data, finished="quest"),
    "placed": lambda data: _texts(data, "top", "at_least", placed="contest"),
    "belongs_to": _belonging,
    "member_for": lambda data: _texts(data, member_for="days"),
}


def _filter(where: Mapping[str, Any]) -> Fields:
    fields: Fields = {name: tuple(_words(where[name])) for name in ("kind", "campaign", "group") if name in where}
    for name in ("tags_any", "tags_all", "source", "object"):
        if name in where:
            fields[name] = (join(_words(where[name])),)
    fields |= _texts(where, "evidence", "repeats", "once_per")
    fields |= _texts(where.get("at_most", {}), day="cap_day", week="cap_week")
    fields |= _tests(where.get("fields", {}))
    return fields | (_window(where["window"]) if "window" in where else {})


def _tests(asked: Mapping[str, Mapping[str, Any]]) -> Fields:
    rows = [
        (name, test, join_values(value if isinstance(value, list) else [value]) if test == "is" else str(value))
        for name, tests in asked.items()
        for test, value in tests.items()
    ]
    return dict(zip(("data_name", "data_test", "data_value"), zip(*rows, strict=True), strict=True)) if rows else {}


def _window(window: Mapping[str, Any]) -> Fields:
    if "months" in window:
        months = window["months"] if isinstance(window["months"], list) else [window["months"]]
        return {"window": ("months",), "months": tuple(map(str, months))}
    if "campaign" in window:
        return {"window": ("campaign",), "in_campaign": (window["campaign"],)}
    single = next((key for key in ("period", "any_days", "last_days") if key in window), "")
    if single:
        return {"window": (single,), **_texts(window, single, "zone")}
    return {"window": ("dates",), **_texts(window, "from", "until", "zone")}
