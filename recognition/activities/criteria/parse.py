"""JSON or TOML data in, a checked tree out. Every fault names its place, such as `all[1].count.kind`."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from recognition.activities.criteria.filters import deeds, number_field
from recognition.activities.criteria.sense import check_parts, check_reach
from recognition.activities.criteria.tree import (
    ABOUT_MEMBERS,
    BADGE_AWARDED,
    CONTEST_PLACED,
    FIELDS,
    QUEST_FINISHED,
    UNITS,
    Comparison,
    Criteria,
    Filter,
    Leaf,
    Limits,
    Node,
    Not,
    leaves,
)
from recognition.activities.criteria.values import BadCriteria, choice, inside, number, slug, texts, whole

Known = Mapping[str, Collection[str]]
"""The slugs that exist, by the sort of thing: kind, group, quest, badge, campaign, contest. A sort that is left out is
not looked at."""

NOT_DONE = (
    "asks for what somebody did not do. Here everybody would see whom that fits, and who is quiet is theirs alone: ask for what "
    "people did, or write to them in an announcement"
)
MAX_DEPTH = 6
MAX_PARTS = 20
MAX_LEAVES = 100
MAX_PLACE = 1000
LEVELLED = ("count", "sum", "distinct", "streak", "span", "placed")
"""What a badge with levels may measure."""


def parse(data: Any, *, levelled: bool = False) -> Criteria:
    """`levelled`: one leaf without `at_least`, since the badge's levels say how far. Raises BadCriteria."""
    if levelled and isinstance(data, Mapping) and set(data) & set(_PARSERS) - set(LEVELLED):
        raise BadCriteria("", f"a badge with levels needs a single {', '.join(LEVELLED[:-1])} or {LEVELLED[-1]}")
    criteria = _part(data, "", 0, levelled)
    if sum(1 for _leaf in leaves(criteria)) > MAX_LEAVES:
        raise BadCriteria("", f"has more than {MAX_LEAVES} parts in all")
    return criteria


def parse_seen(data: Any, *, levelled: bool = False) -> Criteria:
    """For a rule whose people everybody gets to see, or whose number: a badge, a goal, who may enter or vote, who is asked. It
    may only ask for what people did: otherwise a list of its people would be one of those who are quiet. Raises BadCriteria."""
    criteria = parse(data, levelled=levelled)
    for place, part in _barred(data, ""):
        if any(leaf.measure not in ABOUT_MEMBERS for leaf in leaves(parse(part))):
            raise BadCriteria(place, NOT_DONE)
    return criteria


def _barred(data: Mapping[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    """(place, data) of each part that must not hold."""
    for word in {"all", "any", "some"} & set(data):
        for index, part in enumerate(data[word]):
            yield from _barred(part, f"{inside(place, word)}[{index}]")
    if "not" in data:
        yield inside(place, "not"), data["not"]


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
    unknown = sorted(str(name) for name in set(data) - {word} - allowed)
    if unknown:
        raise BadCriteria(inside(place, unknown[0]), f"is not known beside {word}")
    part: Criteria = parser(data, place, depth, levelled)
    if isinstance(part, Leaf) and not levelled:
        check_reach(part, place)
    return part


def _node(data: Mapping[str, Any], place: str, depth: int, _levelled: bool) -> Node:
    word = next(w for w in ("all", "any", "some") if w in data)
    items = data[word]
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_PARTS:
        raise BadCriteria(inside(place, word), f"needs a list of 1 to {MAX_PARTS} parts")
    parts = tuple(_part(item, f"{inside(place, word)}[{i}]", depth + 1, False) for i, item in enumerate(items))
    at_least = {"all": len(parts), "any": 1}.get(word) or number(data, "at_least", place)
    if at_least > len(parts):
        raise BadCriteria(inside(place, "at_least"), f"asks for {at_least} of only {len(parts)} parts")
    node = Node(parts, at_least)
    check_parts(node, inside(place, word))
    return node


def _not(data: Mapping[str, Any], place: str, depth: int, _levelled: bool) -> Not:
    here = inside(place, "not")
    part = _part(data["not"], here, depth + 1, False)
    if isinstance(part, Not):
        raise BadCriteria(here, "is a not of a not: say what you want instead")
    if isinstance(part, Leaf) and part.measure == "count" and part.where == Filter() and part.at_least == 1:
        raise BadCriteria(here, "shuts out everybody who ever did anything")
    return Not(part)


def _count(data: Mapping[str, Any], place: str, _depth: int, levelled: bool) -> Leaf:
    return Leaf("count", deeds(data["count"], inside(place, "count")), _goal(data, place, levelled))


def _first(data: Mapping[str, Any], place: str, _depth: int, _levelled: bool) -> Leaf:
    return Leaf("count", deeds(data["first"], inside(place, "first")), 1)


def _sum(data: Mapping[str, Any], place: str, _depth: int, levelled: bool) -> Leaf:
    by = number_field(data["sum"], inside(place, "sum"))
    return Leaf("sum", _where(data, place), _goal(data, place, levelled), by)


def _distinct(data: Mapping[str, Any], place: str, _depth: int, levelled: bool) -> Leaf:
    by = choice(data["distinct"], FIELDS, inside(place, "distinct"))
    return Leaf("distinct", _uncapped(data, place, "distinct"), _goal(data, place, levelled), by)


def _streak(data: Mapping[str, Any], place: str, _depth: int, levelled: bool) -> Leaf:
    unit = choice(data["streak"], UNITS, inside(place, "streak"))
    where = _uncapped(data, place, "streak")
    gaps = number(data, "gaps", place, least=0) if "gaps" in data else 0
    return Leaf("streak", where, _goal(data, place, levelled), unit, gaps)


def _span(data: Mapping[str, Any], place: str, _depth: int, levelled: bool) -> Leaf:
    return Leaf("span", _uncapped(data, place, "span", "span"), _goal(data, place, levelled))


def _finished(data: Mapping[str, Any], place: str, _depth: int, _levelled: bool) -> Leaf:
    quest = slug(data["finished"], inside(place, "finished"))
    return Leaf("count", Filter(kind=(QUEST_FINISHED,), object=(f"quest:{quest}",)), 1)


def _holds(data: Mapping[str, Any], place: str, _depth: int, _levelled: bool) -> Leaf:
    badge = slug(data["holds"], inside(place, "holds"))
    level = f"/{number(data, 'level', place)}" if "level" in data else ""
    return Leaf("count", Filter(kind=(BADGE_AWARDED,), object=(f"badge:{badge}{level}",)), 1)


def _placed(data: Mapping[str, Any], place: str, _depth: int, levelled: bool) -> Leaf:
    contest = slug(data["placed"], inside(place, "placed"))
    top = whole(data.get("top", 3), inside(place, "top"), most=MAX_PLACE)
    limits = Limits(fields=(Comparison("data.place", at_least=1, at_most=top),))
    where = Filter(kind=(CONTEST_PLACED,), object=() if contest == "any" else (f"contest:{contest}",), limits=limits)
    return Leaf("count", where, _goal({"at_least": 1, **data} if not levelled else data, place, levelled))


def _belongs_to(data: Mapping[str, Any], place: str, _depth: int, _levelled: bool) -> Leaf:
    groups = texts(data["belongs_to"], inside(place, "belongs_to"))
    role = choice(data["as"], ("curator",), inside(place, "as")) if "as" in data else ""
    return Leaf("belongs_to", Filter(group=groups), 1, role)


def _member_for(data: Mapping[str, Any], place: str, _depth: int, _levelled: bool) -> Leaf:
    return Leaf("member_for", Filter(), number(data, "member_for", place))


_GOAL, _WHERE = frozenset({"at_least"}), frozenset({"where", "at_least"})
_PARSERS: dict[str, Any] = {
    "all": (_node, frozenset[str]()),
    "any": (_node, frozenset[str]()),
    "some": (_node, _GOAL),
    "not": (_not, frozenset[str]()),
    "count": (_count, _GOAL),
    "first": (_first, frozenset[str]()),
    "sum": (_sum, _WHERE),
    "distinct": (_distinct, _WHERE),
    "streak": (_streak, _WHERE | {"gaps"}),
    "span": (_span, _GOAL),
    "finished": (_finished, frozenset[str]()),
    "holds": (_holds, frozenset({"level"})),
    "placed": (_placed, _GOAL | {"top"}),
    "belongs_to": (_belongs_to, frozenset({"as"})),
    "member_for": (_member_for, frozenset[str]()),
}


def _where(data: Mapping[str, Any], place: str, name: str = "where") -> Filter:
    return deeds(data.get(name, {}), inside(place, name))


def _uncapped(data: Mapping[str, Any], place: str, word: str, name: str = "where") -> Filter:
    """For what does not add up deed by deed: a cap would say nothing, or let a late report undo an award."""
    where, here = _where(data, place, name), inside(place, name)
    if where.limits.per_day or where.limits.per_week:
        raise BadCriteria(inside(here, "at_most"), "goes with count and sum only")
    if where.limits.once_per:
        raise BadCriteria(inside(here, "once_per"), "goes with count and sum only")
    if where.window.any_days and word != "distinct":
        raise BadCriteria(inside(here, "window.any_days"), "goes with count, sum and distinct only")
    return where


def _goal(data: Mapping[str, Any], place: str, levelled: bool) -> int:
    if not levelled:
        return number(data, "at_least", place)
    if "at_least" in data:
        raise BadCriteria(inside(place, "at_least"), "the badge's levels say how many; leave it out")
    return 1


def check_known(data: Any, known: Known) -> None:
    """For a rule that a person saves: everything it names exists. `data` is a rule that `parse` takes. Raises BadCriteria."""
    for place, sort, name in _named(data, ""):
        if sort in known and name not in known[sort]:
            raise BadCriteria(place, f"there is no {sort} called {name!r}")


def _named(data: Mapping[str, Any], place: str) -> Iterator[tuple[str, str, str]]:
    """(place, sort of thing, slug) of all that a rule speaks of."""
    for word in {"all", "any", "some"} & set(data):
        for index, part in enumerate(data[word]):
            yield from _named(part, f"{inside(place, word)}[{index}]")
    if "not" in data:
        yield from _named(data["not"], inside(place, "not"))
    for word, sort in (("finished", "quest"), ("holds", "badge"), ("placed", "contest"), ("belongs_to", "group")):
        if word in data and (word, data[word]) != ("placed", "any"):
            yield from ((inside(place, word), sort, name) for name in texts(data[word], place))
    for word in {"count", "first", "span", "where"} & set(data):
        yield from _named_in_filter(data[word], inside(place, word))


def _named_in_filter(data: Mapping[str, Any], place: str) -> Iterator[tuple[str, str, str]]:
    for sort in ("kind", "group", "campaign"):
        if sort in data:
            yield from ((inside(place, sort), sort, name) for name in texts(data[sort], place))
    for thing in texts(data["object"], place) if "object" in data else ():
        sort, _colon, slug_ = thing.partition(":")
        yield inside(place, "object"), sort, slug_.partition("/")[0]
    if "campaign" in data.get("window", {}):
        yield inside(place, "window.campaign"), "campaign", data["window"]["campaign"]
