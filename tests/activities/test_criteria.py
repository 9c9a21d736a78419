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


TOLD: dict[str, dict[str, Any]] = {
    "3 deeds: Gave a talk (at most 1 a day count)": {"count": {"kind": "talk", "at_most": {"day": 1}}, "at_least": 3},
    "9 deeds of any kind (at most 2 a day and 3 a week count)": {"count": {"at_most": {"day": 2, "week": 3}}, "at_least": 9},
    "5 deeds of any kind (the same thing counts once)": {"count": {"once_per": "object"}, "at_least": 5},
    "1 deed: Gave a talk, all on one day": {"first": {"kind": "talk", "window": {"any_days": 1}}},
    "10 deeds: Gave a talk, all within 7 days": {"count": {"kind": "talk", "window": {"any_days": 7}}, "at_least": 10},
    "1 deed of any kind, in the last 30 days": {"first": {"window": {"last_days": 30}}},
    "1 deed of any kind, while “Dark funnel” runs": {"first": {"window": {"campaign": "c"}}},
    "1 deed of any kind, from 1 November 2026 to 30 November 2026 (time of Africa/Nairobi)": {
        "first": {"window": {"from": "2026-11-01", "until": "2026-11-30", "zone": "Africa/Nairobi"}}
    },
    "1 deed of any kind, on 1 November 2026": {"first": {"window": {"from": "2026-11-01", "until": "2026-11-01"}}},
    "1 deed of any kind, since 1 November 2026, 18:30": {"first": {"window": {"from": "2026-11-01T18:30:00Z"}}},
    "1 deed of any kind, until 31 December 2026": {"first": {"window": {"until": "2027-01-01T00:00:00Z"}}},
    "1 deed of any kind, in 2026": {"first": {"window": {"period": "2026"}}},
    "1 deed of any kind, in quarter 4 of 2026": {"first": {"window": {"period": "2026-Q4"}}},
    "1 deed of any kind, in November 2026 (time of Asia/Tokyo)": {
        "first": {"window": {"period": "2026-11", "zone": "Asia/Tokyo"}}
    },
    "1 deed of any kind, in week 47 of 2026": {"first": {"window": {"period": "2026-W47"}}},
    "1 deed of any kind, in January or November of any year": {"first": {"window": {"months": [11, 1]}}},
    "1 deed of any kind, with points of at least 5": {"first": {"fields": {"points": {"at_least": 5}}}},
    "1 deed of any kind, with “role” being 2, guest or host": {"first": {"fields": {"data.role": {"is": ["host", "guest", 2]}}}},
    "1 deed of any kind, with “people” from 10 to 20": {"first": {"fields": {"data.people": {"at_least": 10, "at_most": 20}}}},
    "1 deed of any kind, with “people” of at most 20": {"first": {"fields": {"data.people": {"at_most": 20}}}},
    "1 deed of any kind, about Helping hand at level 5": {"first": {"object": "badge:helper/5"}},
    "1 deed of any kind, each telling of the same deed counts": {"first": {"repeats": "all"}},
    "100 points from deeds of any kind": {"sum": "points", "at_least": 100},
    "“people” adding up to 100 over deeds: Gave a talk": {"sum": "data.people", "where": {"kind": "talk"}, "at_least": 100},
    "90 days from the first to the last deed: Gave a talk": {"span": {"kind": "talk"}, "at_least": 90},
    "3 different other people with a deed: Gave a talk": {"distinct": "person", "where": {"kind": "talk"}, "at_least": 3},
    "1 week with a deed of any kind": {"streak": "week", "at_least": 1},
    "1 campaign with a deed of any kind": {"distinct": "campaign", "at_least": 1},
    "be among the first 3 of the contest “Posters”": {"placed": "poster"},
    "win a contest": {"placed": "any", "top": 1},
    "2 times: win the contest “Posters”": {"placed": "poster", "top": 1, "at_least": 2},
    "belong to “Accra” or “nairobi”": {"belongs_to": ["accra", "nairobi"]},
    "look after “Accra”": {"belongs_to": "accra", "as": "curator"},
    "be a member for 365 days": {"member_for": 365},
    "not: finish the quest “The vision”": {"not": {"finished": "vision"}},
    "1 deed of any kind and be a member for 1 day, but not: finish the quest “The vision” or hold the badge “Helping hand”": {
        "all": [ONE, {"not": {"finished": "vision"}}, {"member_for": 1}, {"not": {"holds": "helper"}}]
    },
    "(1 deed of any kind or finish the quest “The vision”) and hold the badge “Helping hand”": {
        "all": [{"any": [{"all": [ONE]}, {"finished": "vision"}]}, {"all": [{"holds": "helper"}]}]
    },
    "(not: (1 deed of any kind and finish the quest “The vision”)) or belong to “Accra”": {
        "any": [{"not": {"all": [ONE, {"finished": "vision"}]}}, {"belongs_to": "accra"}]
    },
}
LEVELLED: dict[str, dict[str, Any]] = {
    "every point counts from deeds of any kind; a new rim at 1, 5 and 25": {"sum": "points"},
    "“people” is added up over deeds: Gave a talk; a new rim at 1, 5 and 25": {"sum": "data.people", "where": {"kind": "talk"}},
    "each day counts from the first to the last deed of any kind; a new rim at 1, 5 and 25": {"span": {}},
    "every time counts: be among the first 10 of a contest; a new rim at 1, 5 and 25": {"placed": "any", "top": 10},
    "each of the weeks in a row counts that has a deed of any kind (1 gap is forgiven); a new rim at 1, 5 and 25": {
        "streak": "week",
        "gaps": 1,
    },
    "each different other person counts that has a deed of any kind; a new rim at 1, 5 and 25": {"distinct": "person"},
    "every deed counts: Gave a talk (at most 1 a day count); a new rim at 1, 5 and 25": {
        "count": {"kind": "talk", "at_most": {"day": 1}}
    },
}


def test_every_part_has_its_sentence(app):
    names = {"talk": "Gave a talk", "quest:vision": "The vision", "badge:helper": "Helping hand", "campaign:c": "Dark funnel",
             "contest:poster": "Posters", "group:accra": "Accra"}  # fmt: skip
    with app.test_request_context():
        assert {describe(parse(data), names): data for data in TOLD.values()} == TOLD
        assert {describe(parse(data, levelled=True), names, [1, 5, 25]): data for data in LEVELLED.values()} == LEVELLED


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
