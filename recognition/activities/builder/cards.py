"""A rule as cards of a form. A card may hold anything that somebody typed; whether it is a rule says `parse`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from werkzeug.datastructures import MultiDict

from recognition.activities.criteria.parse import MAX_DEPTH, MAX_PARTS

NODES = ("all", "any", "some", "none")
"""How a card with parts joins them. `none` is "not" of one part, or of any of several."""
FIELDS: Mapping[str, tuple[str, ...]] = {
    "count": ("at_least",),
    "distinct": ("by", "at_least"),
    "streak": ("at_least", "unit", "gaps"),
    "sum": ("at_least", "of"),
    "first": (),
    "span": ("at_least",),
    "holds": ("badge", "level"),
    "finished": ("quest",),
    "placed": ("contest", "top", "at_least"),
    "belongs_to": ("to", "to_more", "as"),
    "member_for": ("days",),
}
"""Each sort of leaf with the fields of its own."""
WITH_DEEDS = ("count", "distinct", "streak", "sum", "first", "span")
"""Leaves that read deeds, so that they have the fields of a filter."""
DIRECT = ("count", "first", "span")
"""Those whose filter stands under their own word; the others keep it under "where"."""
FILTER_FIELDS = (
    "kind", "kind_more", "tags_any", "tags_all", "campaign", "campaign_more", "group", "group_more", "source", "object",
    "evidence", "repeats", "once_per", "cap_day", "cap_week", "data_name", "data_test", "data_value",
    "window", "from", "until", "zone", "period", "months", "in_campaign", "any_days", "last_days",
)  # fmt: skip
_KNOWN = tuple(dict.fromkeys(name for names in (*FIELDS.values(), FILTER_FIELDS) for name in names))
MAX_CARDS = 300
MAX_LETTERS = 2000
"""What one field may hold; the longest list of words that `parse` takes is longer than anybody types."""
_VALUES_MAX = 100


class TooLarge(ValueError):
    """More cards than anybody lays by hand: the form is none of ours."""


Form = MultiDict[str, str]
"""What a browser sent."""


@dataclass(frozen=True)
class Card:
    """`sort` is a key of FIELDS, or one of NODES with `parts`."""

    sort: str
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    parts: tuple["Card", ...] = ()

    @property
    def is_node(self) -> bool:
        return self.sort in NODES

    def one(self, name: str) -> str:
        return next(iter(self.fields.get(name, ())), "")

    def many(self, name: str) -> tuple[str, ...]:
        return self.fields.get(name, ())

    @property
    def height(self) -> int:
        """Levels of nesting in the data; "none of several" is a "not" around an "any"."""
        own = 2 if self.sort == "none" and len(self.parts) > 1 else 1
        return own + max(part.height for part in self.parts) if self.parts else 0

    @property
    def cards(self) -> int:
        return 1 + sum(part.cards for part in self.parts)


def fresh() -> Card:
    """What a new part begins as: the rule that most badges are."""
    return Card("count", {"at_least": ("1",)})


def read(form: Form, name: str) -> Card:
    """The cards of a sent form whose fields begin with `name`. Raises TooLarge."""
    return _read(form, name, 0, [MAX_CARDS])


def _read(form: Form, path: str, depth: int, left: list[int]) -> Card:
    left[0] -= 1
    if left[0] < 0 or depth > 2 * MAX_DEPTH:
        raise TooLarge
    sort = form.get(f"{path}-sort", "")
    if sort in NODES:
        parts: list[Card] = []
        while len(parts) <= MAX_PARTS and f"{path}-{len(parts)}-sort" in form:
            parts.append(_read(form, f"{path}-{len(parts)}", depth + 1, left))
        return Card(sort, _texts(form, path, ("at_least",)), tuple(parts))
    return Card(sort if sort in FIELDS else "count", _texts(form, path, _KNOWN))


def _texts(form: Form, path: str, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    sent = {name: form.getlist(f"{path}-{name}") for name in names}
    return {name: tuple(text[:MAX_LETTERS] for text in texts[:_VALUES_MAX]) for name, texts in sent.items() if any(texts)}


def pairs(card: Card, name: str) -> Iterator[tuple[str, str]]:
    """What a browser sends for these cards."""
    yield f"{name}-sort", card.sort
    for key, texts in card.fields.items():
        yield from ((f"{name}-{key}", text) for text in texts)
    for place, part in enumerate(card.parts):
        yield from pairs(part, f"{name}-{place}")
