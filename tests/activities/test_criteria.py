"""The criteria language: what it takes, what it refuses and where, how it reads, what it decides."""

from typing import Any

import pytest

from recognition.activities.criteria.decide import decide, levels_reached
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import MAX_DEPTH, parse
from recognition.activities.criteria.tree import Filter, Leaf, Node, leaves, listens_to
from recognition.activities.criteria.values import BadCriteria
from recognition.activities.measuring.units import longest_run

ONE_OF = (
    "criteria: needs exactly one of all, any, some, not, count, first, sum, distinct, streak, span, finished, holds, placed, "
    "belongs_to, member_for"
)
ONE = {"count": {}, "at_least": 1}


def nested(levels: int) -> dict[str, Any]:
    return ONE if levels == 0 else {"all": [nested(levels - 1)]}


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (None, "criteria: expected a table such as {count = {...}, at_least = 5}"),
        ([], "criteria: expected a table such as {count = {...}, at_least = 5}"),
        (
            {},
            ONE_OF,
        ),
        (
            {"all": [ONE], "any": [ONE]},
            ONE_OF,
        ),
        ({"count": {}}, "at_least: needs a whole number from 1 to 1000000"),
        ({"count": {}, "at_least": 0}, "at_least: needs a whole number from 1 to 1000000"),
        ({"count": {}, "at_least": True}, "at_least: needs a whole number from 1 to 1000000"),
        ({"count": {}, "at_least": 2.0}, "at_least: needs a whole number from 1 to 1000000"),
        ({"count": {}, "at_least": 1, "gaps": 1}, "gaps: is not known beside count"),
        ({"count": [], "at_least": 1}, "count: expected a table of conditions; {} counts every deed"),
        ({"count": {"kinds": ["a"]}, "at_least": 1}, "count.kinds: is not a condition we know"),
        ({"count": {"kind": []}, "at_least": 1}, "count.kind: needs a list of 1 to 100 words"),
        ({"count": {"kind": [1]}, "at_least": 1}, "count.kind: holds something that is not a short text"),
        ({"count": {"kind": ["k" * 161]}, "at_least": 1}, "count.kind: holds something that is not a short text"),
        ({"count": {"evidence": "strong"}, "at_least": 1}, "count.evidence: needs one of self, passive, confirmed"),
        ({"count": {"repeats": "no"}, "at_least": 1}, "count.repeats: needs one of once, all"),
        (
            {"distinct": "colour", "at_least": 1},
            "distinct: needs one of kind, campaign, group, tag, source, object, person, day, week, month",
        ),
        ({"streak": "year", "at_least": 1}, "streak: needs one of day, week, month"),
        ({"streak": "week", "at_least": 1, "gaps": -1}, "gaps: needs a whole number from 0 to 1000000"),
        ({"finished": "Not A Slug"}, "finished: needs a slug such as what-is-mdm"),
        ({"holds": "x", "level": 0}, "level: needs a whole number from 1 to 1000000"),
        ({"all": []}, "all: needs a list of 1 to 20 parts"),
        ({"any": [ONE] * 21}, "any: needs a list of 1 to 20 parts"),
        ({"some": [ONE, ONE], "at_least": 3}, "at_least: asks for 3 of only 2 parts"),
        ({"some": [ONE]}, "at_least: needs a whole number from 1 to 1000000"),
        (
            {"all": [ONE, {"any": [ONE, {"count": {"tags_any": ""}, "at_least": 1}]}]},
            "all[1].any[1].count.tags_any: holds something that is not a short text",
        ),
        (nested(MAX_DEPTH + 1), "all[0]." * MAX_DEPTH + "all[0]: nested deeper than 6"),
    ],
)
def test_each_fault_names_its_place(data, fault):
    with pytest.raises(BadCriteria) as raised:
        parse(data)
    assert str(raised.value) == fault


def test_unhashable_words_are_refused_in_words():
    for data in (
        {"distinct": [], "at_least": 1},
        {"streak": {}, "at_least": 1},
        {"count": {"evidence": []}, "at_least": 1},
    ):
        with pytest.raises(BadCriteria):
            parse(data)


def test_a_badge_with_levels_has_one_leaf_and_no_number():
    assert parse({"count": {}}, levelled=True) == Leaf("count", Filter(), 1)
    for data, fault in (
        ({"all": [ONE]}, "criteria: a badge with levels needs a single count, sum, distinct, streak, span or placed"),
        (ONE, "at_least: the badge's levels say how many; leave it out"),
    ):
        with pytest.raises(BadCriteria) as raised:
            parse(data, levelled=True)
        assert str(raised.value) == fault


def test_words_and_lists_are_one_meaning():
    one = parse({"count": {"kind": "talk", "tags_any": ["b", "a", "b"], "evidence": "passive"}, "at_least": 2})
    assert one == Leaf("count", Filter(kind=("talk",), tags_any=("a", "b"), evidence=1), 2)
    assert parse({"finished": "vision"}) == Leaf("count", Filter(kind=("quest.finished",), object=("quest:vision",)), 1)
    assert parse({"holds": "helper", "level": 5}) == Leaf("count", Filter(kind=("badge.awarded",), object=("badge:helper/5",)), 1)
    tree = parse(
        {
            "some": [ONE, {"finished": "vision"}, {"streak": "week", "where": {}, "at_least": 4, "gaps": 1}],
            "at_least": 2,
        }
    )
    assert isinstance(tree, Node)
    assert (tree.at_least, len(list(leaves(tree)))) == (2, 3)
    assert listens_to(tree) == {"*", "quest.finished"}


def test_sentences(app):
    names = {
        "talk": "Gave a talk",
        "quest:vision": "The vision",
        "badge:helper": "Helping hand",
        "campaign:c": "Dark funnel",
    }
    told = {
        "1 deed of any kind": ONE,
        "5 deeds: Gave a talk, tagged #a or #b, in Dark funnel": {
            "count": {"kind": "talk", "tags_any": ["a", "b"], "campaign": "c"},
            "at_least": 5,
        },
        "3 different campaigns with a deed of any kind, confirmed by a witness": {
            "distinct": "campaign",
            "where": {"evidence": "confirmed"},
            "at_least": 3,
        },
        "3 different months with a deed: Gave a talk": {"distinct": "month", "where": {"kind": "talk"}, "at_least": 3},
        "3 different kinds of deed": {"distinct": "kind", "where": {}, "at_least": 3},
        "5 different quests finished": {"distinct": "object", "where": {"kind": "quest.finished"}, "at_least": 5},
        "4 weeks in a row with a deed of any kind (1 gap is forgiven)": {"streak": "week", "at_least": 4, "gaps": 1},
        "finish the quest “The vision”": {"finished": "vision"},
        "hold the badge “Helping hand” at level 5": {"holds": "helper", "level": 5},
        "hold the badge “Helping hand” and finish the quest “The vision”": {"all": [{"holds": "helper"}, {"finished": "vision"}]},
        "finish 2 of the quests “a”, “b” and “c”": {"some": [{"finished": slug} for slug in "abc"], "at_least": 2},
        "2 of these: finish the quest “a”; finish the quest “b”; 1 deed of any kind": {
            "some": [{"finished": "a"}, {"finished": "b"}, ONE],
            "at_least": 2,
        },
    }
    with app.test_request_context():
        assert {describe(parse(data), names): data for data in told.values()} == told
        levelled = parse({"count": {"kind": "talk"}}, levelled=True)
        assert describe(levelled, names, [1, 5, 25]) == "every deed counts: Gave a talk; a new rim at 1, 5 and 25"


def test_decisions_and_shares():
    tree = parse({"some": [{"count": {"kind": k}, "at_least": 4} for k in ("a", "b", "c")], "at_least": 2})
    a, b, c = leaves(tree)
    for values, met, share in (
        ({}, False, 0.0), ({a: 4}, False, 0.5), ({a: 4, b: 2}, False, 0.75), ({a: 4, b: 2, c: 3}, False, 0.875),
        ({a: 9, c: 4}, True, 1.0),
    ):  # fmt: skip
        progress = decide(tree, values)
        assert (progress.met, progress.share) == (met, share)
    assert [part.done for part in decide(tree, {a: 9}).parts] == [4, 0, 0]
    assert levels_reached(7, [1, 5, 25]) == [1, 5]


@pytest.mark.parametrize(
    ("numbers", "gaps", "length"),
    [
        (set(), 0, 0),
        ({5}, 0, 1),
        ({1, 2, 4}, 0, 2),
        ({1, 2, 4}, 1, 3),
        ({1, 3, 5}, 1, 2),
        ({1, 3, 5}, 2, 3),
        ({1, 10}, 3, 1),
    ],
)
def test_longest_run_by_hand(numbers, gaps, length):
    assert longest_run(numbers, gaps) == length
