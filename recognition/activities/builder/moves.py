"""What the buttons of a rule do: add, remove, up, down, wrap, unwrap. Each returns new cards; nothing is changed in place."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import ngettext

from recognition.activities.builder.cards import MAX_CARDS, Card, fresh
from recognition.activities.criteria.parse import MAX_DEPTH, MAX_PARTS

Path = tuple[int, ...]


@dataclass(frozen=True)
class Moved:
    """`focus`: the id of what a person goes on with. `fault`: why nothing moved."""

    card: Card
    focus: str
    fault: str = ""


def moved(card: Card, move: str, name: str) -> Moved:
    """`move` is a button's value, such as "rule-0-2:up". One that fits no card changes nothing."""
    path, verb = _path(move, name), move.rpartition(":")[2]
    if path is None or verb not in _VERBS or _at(card, path) is None:
        return Moved(card, "")
    after, place, button = _VERBS[verb](card, path)
    fault = _fault(after)
    if fault:
        return Moved(card, _id(name, path, verb), fault)
    return Moved(after, _id(name, place, button))


def _path(move: str, name: str) -> Path | None:
    text = move.rpartition(":")[0]
    steps = text.removeprefix(name).split("-")
    if (
        not text.startswith(name)
        or steps[0]
        or not all(step.isascii() and step.isdigit() and len(step) < 4 for step in steps[1:])
    ):
        return None
    return tuple(int(step) for step in steps[1:])


def _id(name: str, path: Path, what: str) -> str:
    return "-".join([name, *map(str, path), what])


def _at(card: Card, path: Path) -> Card | None:
    for step in path:
        if step >= len(card.parts):
            return None
        card = card.parts[step]
    return card


def _fault(card: Card) -> str:
    if card.height > MAX_DEPTH:
        return str(_("That would be nested deeper than %(depth)s. Simpler rules are better understood.", depth=MAX_DEPTH))
    if card.cards > MAX_CARDS or _widest(card) > MAX_PARTS:
        return str(ngettext("There is room for %(num)s part here.", "There is room for %(num)s parts here.", MAX_PARTS))
    return ""


def _widest(card: Card) -> int:
    return max([len(card.parts), *map(_widest, card.parts)])


def _put(card: Card, path: Path, change: Callable[[Card], tuple[Card, ...]]) -> Card:
    """The cards with the one at `path` replaced by what `change` makes of it: none, one or several."""
    if not path:
        return next(iter(change(card)), fresh())
    here, below = path[0], path[1:]
    if below:
        inner: tuple[Card, ...] = (_put(card.parts[here], below, change),)
    else:
        inner = change(card.parts[here])
    return replace(card, parts=(*card.parts[:here], *inner, *card.parts[here + 1 :]))


Done = tuple[Card, Path, str]
"""The cards, and the path and field or button where the focus goes."""


def _add(card: Card, path: Path) -> Done:
    node = _at(card, path)
    if node is None or not node.is_node:
        return card, path, "sort"
    grown = replace(node, parts=(*node.parts, fresh()))
    return _put(card, path, lambda _old: (grown,)), (*path, len(node.parts)), "sort"


def _remove(card: Card, path: Path) -> Done:
    after = _put(card, path, lambda _old: ())
    if not path:
        return after, path, "sort"
    left = _at(after, path[:-1])
    beside = min(path[-1], len(left.parts) - 1) if left else -1
    return (after, (*path[:-1], beside), "sort") if beside >= 0 else (after, path[:-1], "add")


def _shift(card: Card, path: Path, by: int, verb: str) -> Done:
    node = _at(card, path[:-1]) if path else None
    if node is None or not 0 <= path[-1] + by < len(node.parts):
        return card, path, "sort"
    parts, there = list(node.parts), path[-1] + by
    parts[path[-1]], parts[there] = parts[there], parts[path[-1]]
    sorted_node = replace(node, parts=tuple(parts))
    at_edge = not 0 <= there + by < len(parts)
    return _put(card, path[:-1], lambda _old: (sorted_node,)), (*path[:-1], there), "sort" if at_edge else verb


def _up(card: Card, path: Path) -> Done:
    return _shift(card, path, -1, "up")


def _down(card: Card, path: Path) -> Done:
    return _shift(card, path, 1, "down")


def _wrap(card: Card, path: Path) -> Done:
    """Into a group of its own, with a new part beside it: who wraps wants to join something to it."""
    return _put(card, path, lambda old: (Card("all", parts=(old, fresh())),)), path, "sort"


def _unwrap(card: Card, path: Path) -> Done:
    """The parts take the group's place; at the very top only a group of one part can go."""
    node = _at(card, path)
    if node is None or not node.is_node or not node.parts or (not path and len(node.parts) > 1):
        return card, path, "sort"
    return _put(card, path, lambda old: old.parts), path, "sort"


_VERBS: dict[str, Callable[[Card, Path], Done]] = {
    "add": _add, "remove": _remove, "up": _up, "down": _down, "wrap": _wrap, "unwrap": _unwrap,
    "show": lambda card, path: (card, path, "sort"),
}  # fmt: skip
