"""One rule, one meaning: whatever the log and whatever the rule, each way to measure it says what anybody would count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from recognition.activities import measure
from recognition.activities.criteria.decide import decide
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import Leaf, leaves
from recognition.extensions import db as database
from recognition.identity.models import Membership
from tests.activities import naive
from tests.activities.random_rules import GROUPS, NOW, SPANS, Deed, Person, deeds, keep, people, rule
from tests.factories.identity import make_group, make_member

PEOPLE, DEEDS_EACH, RULES = 24, 14, 40
FAR = 1_000_000


@dataclass(frozen=True)
class World:
    persons: list[Person]
    log: Mapping[int, list[Deed]]
    ids: Mapping[int, int]
    rows: Mapping[str, int]

    def holds(self, data: Mapping[str, Any]) -> set[int]:
        return {p.number for p in self.persons if naive.holds(data, self.log[p.number], p, NOW, SPANS)}

    def number(self, data: Mapping[str, Any], person: Person) -> int:
        return naive.number(data, self.log[person.number], person, NOW, SPANS)


@pytest.fixture
def campaigns(app: Any) -> Iterator[None]:
    spans, app.extensions["spans"] = app.extensions["spans"], lambda slugs: {s: SPANS[s] for s in slugs if s in SPANS}
    yield
    app.extensions["spans"] = spans


def make_world(random: Random) -> World:
    persons = people(random, PEOPLE)
    ids = {person.number: make_member(f"m{person.number}", joined_at=person.joined_at).id for person in persons}
    groups = {slug: make_group(slug).id for slug in GROUPS}
    for person in persons:
        for slug, is_curator in person.groups.items():
            database.session.add(
                Membership(group_id=groups[slug], member_id=ids[person.number], is_curator=is_curator, since=NOW)
            )
        left = set(GROUPS) - set(person.groups)
        for slug in left:
            database.session.add(Membership(group_id=groups[slug], member_id=ids[person.number], state="out", since=NOW))
    database.session.flush()
    log = deeds(random, persons, DEEDS_EACH)
    rows = keep(log, ids, groups)
    return World(persons, {p.number: [d for d in log if d.who == p.number] for p in persons}, ids, rows)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.usefixtures("campaigns")
def test_every_way_to_measure_says_what_anybody_would_count(db: Any, seed: int) -> None:
    random = Random(seed)
    world = make_world(random)
    rules = [rule(random) for _number in range(RULES)]
    together(world, rules)
    for data in rules:
        for leaf_data, leaf in pairs(data, parse(data)):
            numbers_agree(world, leaf_data, leaf)
    db.session.rollback()


def together(world: World, rules: Sequence[dict[str, Any]]) -> None:
    """All rules at once and for everybody, as the drain asks; one rule; one member with all rules, as a page asks."""
    trees = [parse(data) for data in rules]
    asked = {leaf: (list(world.ids.values()), leaf.at_least) for tree in trees for leaf in leaves(tree)}
    at_once = measure.measure_all(asked, now=NOW)
    ada = world.persons[0]
    of_one = measure.measure_one(world.ids[ada.number], {leaf: leaf.at_least for leaf in asked}, now=NOW)
    for data, tree in zip(rules, trees, strict=True):
        expected = world.holds(data)
        drained = {n for n, i in world.ids.items() if decide(tree, {leaf: at_once[leaf].get(i, 0) for leaf in leaves(tree)}).met}
        assert drained == expected, data
        each = measure.values(tree, world.ids.values(), now=NOW)
        assert {n for n, i in world.ids.items() if decide(tree, each[i]).met} == expected, data
        assert decide(tree, of_one).met is (ada.number in expected), data
        assert (decide(tree, of_one).share >= 1) is (ada.number in expected), data


def numbers_agree(world: World, data: Mapping[str, Any], leaf: Leaf) -> None:
    """To the last one, and up to the goal; with the deeds that make it up."""
    whole = measure.measure(leaf, None, FAR, now=NOW)
    expected = {world.ids[p.number]: world.number(data, p) for p in world.persons}
    assert {i: n for i, n in whole.items() if n} == {i: min(n, FAR) for i, n in expected.items() if n}, data
    some = [world.ids[p.number] for p in world.persons[:7]]
    capped = measure.measure(leaf, some, leaf.at_least, now=NOW)
    assert capped == {i: min(expected[i], leaf.at_least) for i in some if expected[i]}, data
    for person in world.persons[:1]:
        rows_agree(world, data, leaf, person, expected[world.ids[person.number]])


def rows_agree(world: World, data: Mapping[str, Any], leaf: Leaf, person: Person, number: int) -> None:
    found, cursor = [], None
    while True:
        page = measure.counting_rows(leaf, world.ids[person.number], NOW, 5, cursor)
        found += [row.id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    by_id = {world.rows[deed.key]: deed for deed in world.log[person.number]}
    told = [by_id[row_id] for row_id in found]
    assert len(set(found)) == len(found), data
    assert [deed.at for deed in told] == sorted((deed.at for deed in told), reverse=True), data
    if "belongs_to" in data or "member_for" in data:
        assert told == [], data
        return
    # These deeds alone are worth as much as all of them.
    assert naive.number(data, told, person, NOW, SPANS) == number, data
    if leaf.measure in ("count", "streak") or (leaf.measure == "distinct" and leaf.by != "tag"):
        assert len(told) == number, data


def pairs(data: Mapping[str, Any], tree: Any) -> Iterator[tuple[Mapping[str, Any], Leaf]]:
    """Each leaf as it was written, and as it was parsed."""
    if isinstance(tree, Leaf):
        yield data, tree
        return
    parts = [data["not"]] if "not" in data else next(data[word] for word in ("all", "any", "some") if word in data)
    for part, branch in zip(parts, [tree.part] if "not" in data else tree.parts, strict=True):
        yield from pairs(part, branch)
