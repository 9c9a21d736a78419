"""From cards to criteria data, remembering which field of the form every place of the data came from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from recognition.activities.builder.cards import DIRECT, WITH_DEEDS, Card
from recognition.activities.builder.listing import split, split_values

Data = dict[str, Any]


@dataclass
class Made:
    """`data` for `parse`, which has the last word; `places`: the form's field by the place `parse` would name."""

    data: Data
    places: dict[str, str] = field(default_factory=dict)

    def field_at(self, place: str) -> str:
        """The field behind a place, or behind what it is part of."""
        around = [known for known in self.places if _within(place, known)]
        return self.places[max(around, key=len)] if around else self.places["criteria"]


def _within(place: str, known: str) -> bool:
    return place == known or place.startswith((f"{known}.", f"{known}[")) or not known


def make(card: Card, name: str, *, levelled: bool = False) -> Made:
    """`name` begins every field's name. `levelled`: the levels say how far, so the number is left out."""
    made = Made({})
    made.data = _part(card, name, "", made.places)
    made.places["criteria"] = f"{name}-sort"
    if levelled:
        made.data.pop("at_least", None)
    return made


def _part(card: Card, path: str, place: str, places: dict[str, str]) -> Data:
    places[place] = f"{path}-sort"
    if card.is_node:
        return _node(card, path, place, places)
    return _Leaf(card, path, place, places).data()


def _node(card: Card, path: str, place: str, places: dict[str, str]) -> Data:
    if card.sort == "none" and len(card.parts) == 1:
        return {"not": _part(card.parts[0], f"{path}-0", _in(place, "not"), places)}
    word, around = ("any", _in(place, "not")) if card.sort == "none" else (card.sort, place)
    inner = _in(around, word)
    places[inner] = places[around] = f"{path}-sort"
    parts = [_part(part, f"{path}-{n}", f"{inner}[{n}]", places) for n, part in enumerate(card.parts)]
    data: Data = {word: parts}
    if word == "some":
        places[_in(place, "at_least")] = f"{path}-at_least"
        data["at_least"] = number(card.one("at_least"))
    return {"not": data} if card.sort == "none" else data


class _Leaf:
    """One leaf on its way; each `put` notes where the value came from."""

    def __init__(self, card: Card, path: str, place: str, places: dict[str, str]) -> None:
        self.card, self.path, self.place, self.places = card, path, place, places

    def data(self) -> Data:
        data = _HEADS[self.card.sort](self)
        if self.card.sort in WITH_DEEDS:
            inside = self.card.sort if self.card.sort in DIRECT else "where"
            where = self.filter(_in(self.place, inside))
            if where or inside != "where":
                data[inside] = where
        return data

    def put(self, data: Data, key: str, source: str, value: Any, place: str | None = None) -> None:
        """An empty value is left out, so that `parse` says what is missing where it is needed."""
        self.places[_in(self.place if place is None else place, key)] = f"{self.path}-{source}"
        if value not in ("", [], {}, None):
            data[key] = value

    def numbers(self, data: Data, *names: str) -> Data:
        for name in names:
            self.put(data, name, name, number(self.card.one(name)))
        return data

    def named(self, key: str, source: str, *numbers: str) -> Data:
        data: Data = {key: self.card.one(source).strip()}
        self.places[_in(self.place, key)] = f"{self.path}-{source}"
        return self.numbers(data, *numbers)

    def belonging(self) -> Data:
        data: Data = {"belongs_to": self.words("to")}
        self.places[_in(self.place, "belongs_to")] = f"{self.path}-to_more"
        self.put(data, "as", "as", self.card.one("as"))
        return data

    def words(self, name: str) -> list[str]:
        """Ticked ones, then what was typed beside them."""
        more = [word for text in self.card.many(f"{name}_more") for word in split(text)]
        return list(dict.fromkeys([*filter(None, self.card.many(name)), *more]))

    def filter(self, place: str) -> Data:
        where: Data = {}
        for name in ("kind", "campaign", "group"):
            self.put(where, name, f"{name}_more", self.words(name), place)
        for name in ("tags_any", "tags_all", "source", "object"):
            self.put(where, name, name, split(self.card.one(name)), place)
        for name in ("evidence", "repeats", "once_per"):
            self.put(where, name, name, self.card.one(name), place)
        self.put(where, "fields", "data_value", self.fields(), place)
        self.put(where, "at_most", "cap_day", self.caps(_in(place, "at_most")), place)
        self.places[_in(place, "window")] = f"{self.path}-window"
        if self.card.one("window") in _WINDOWS:
            where["window"] = self.window(_in(place, "window"))
        return where

    def fields(self) -> Data:
        asked: Data = {}
        rows = zip(*(self.card.many(name) for name in ("data_name", "data_test", "data_value")), strict=False)
        for name, test, text in rows:
            if name.strip():
                asked.setdefault(name.strip(), {})[test] = split_values(text) if test == "is" else number(text)
        return asked

    def caps(self, place: str) -> Data:
        caps: Data = {}
        for unit in ("day", "week"):
            self.put(caps, unit, f"cap_{unit}", number(self.card.one(f"cap_{unit}")), place)
        return caps

    def window(self, place: str) -> Data:
        """What was chosen is asked for even where it was left empty: `parse` says so then."""
        pieces = list(_WINDOWS[self.card.one("window")](self.card))
        self.places.update({_in(place, key): f"{self.path}-{source}" for key, source, _value in pieces})
        return {key: value for key, _source, value in pieces if value != "" or key not in ("from", "until", "zone")}


_HEADS: Mapping[str, Callable[[_Leaf], Data]] = {
    "count": lambda leaf: leaf.numbers({}, "at_least"),
    "first": lambda leaf: leaf.numbers({}),
    "distinct": lambda leaf: leaf.named("distinct", "by", "at_least"),
    "sum": lambda leaf: leaf.named("sum", "of", "at_least"),
    "span": lambda leaf: leaf.numbers({}, "at_least"),
    "streak": lambda leaf: leaf.named("streak", "unit", "at_least", "gaps"),
    "holds": lambda leaf: leaf.named("holds", "badge", "level"),
    "finished": lambda leaf: leaf.named("finished", "quest"),
    "placed": lambda leaf: leaf.named("placed", "contest", "top", "at_least"),
    "belongs_to": lambda leaf: leaf.belonging(),
    "member_for": lambda leaf: {"member_for": number(leaf.card.one("days"))},
}


Pieces = Iterator[tuple[str, str, Any]]
"""(key in the window, field of the form, value)"""


def _dates(card: Card) -> Pieces:
    for key in ("from", "until", "zone"):
        yield key, key, card.one(key).strip()


def _months(card: Card) -> Pieces:
    yield "months", "months", [number(month) for month in card.many("months")]


_WINDOWS: Mapping[str, Callable[[Card], Pieces]] = {
    "dates": _dates,
    "period": lambda card: iter([("period", "period", card.one("period").strip()), ("zone", "zone", card.one("zone").strip())]),
    "months": _months,
    "campaign": lambda card: iter([("campaign", "in_campaign", card.one("in_campaign").strip())]),
    "any_days": lambda card: iter([("any_days", "any_days", number(card.one("any_days")))]),
    "last_days": lambda card: iter([("last_days", "last_days", number(card.one("last_days")))]),
}


def number(text: str) -> Any:
    """The whole number that is written there; anything else stays as it is, for `parse` to refuse in its place."""
    try:
        return int(text)
    except ValueError:
        return text.strip()


def _in(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
