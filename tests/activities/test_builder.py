"""Rules made of cards: nothing is lost between the data and the form, and each fault finds its field."""

from random import Random
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from recognition.activities.builder.cards import Card, TooLarge, fresh, pairs, read
from recognition.activities.builder.listing import join, split
from recognition.activities.builder.making import make
from recognition.activities.builder.moves import moved
from recognition.activities.builder.taking import take
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.values import BadCriteria
from tests.activities import random_rules

TALKS = {"count": {"kind": ["talk"]}, "at_least": 5}
EVERY_FILTER = {
    "kind": ["talk", "writing"], "campaign": ["spring"], "group": ["nairobi"], "tags_any": ["a, b", "mdm"],
    "tags_all": ['"tea"'], "source": ["github"], "object": ["quest:vision"], "evidence": "confirmed", "repeats": "all",
    "once_per": "object", "at_most": {"day": 2, "week": 5},
}  # fmt: skip
RULES: list[dict[str, Any]] = [
    TALKS,
    {"count": {}, "at_least": 1},
    {"count": EVERY_FILTER, "at_least": 3},
    {
        "count": {"fields": {"data.people": {"at_least": 10, "at_most": 50}, "data.role": {"is": ["host, chair", "7", 7, -1]}}},
        "at_least": 2,
    },
    {"first": {"kind": ["support"]}},
    {"sum": "points", "at_least": 100},
    {"sum": "data.participants", "where": {"kind": ["event.hosted"]}, "at_least": 50},
    {"distinct": "campaign", "where": {"tags_any": ["mdm"]}, "at_least": 3},
    {"streak": "week", "where": {"evidence": "passive"}, "at_least": 4, "gaps": 1},
    {"span": {"kind": ["talk"]}, "at_least": 365},
    {"holds": "learner", "level": 5},
    {"finished": "what-is-mdm"},
    {"placed": "any", "top": 3, "at_least": 2},
    {"belongs_to": ["nairobi", "kampala"], "as": "curator"},
    {"member_for": 365},
    {"all": [TALKS, {"any": [{"finished": "vision"}, {"holds": "learner"}]}]},
    {"some": [TALKS, {"finished": "vision"}, {"member_for": 30}], "at_least": 2},
    {"all": [TALKS, {"not": {"holds": "learner"}}]},
    {"all": [TALKS, {"not": {"any": [{"holds": "learner"}, {"finished": "vision"}]}}]},
    {"all": [TALKS, {"not": {"any": [{"holds": "learner"}]}}]},
]
WINDOWS: list[dict[str, Any]] = [
    {"from": "2026-03-01", "until": "2026-03-31", "zone": "Africa/Nairobi"}, {"from": "2026-03-01"}, {"period": "2026-Q4"},
    {"period": "2026-W47", "zone": "Asia/Kathmandu"},
    {"months": [11, 12]}, {"campaign": "spring"}, {"any_days": 30}, {"last_days": 90},
]  # fmt: skip


def sent(card: Card, name: str = "rule") -> Card:
    """The card as it comes back from a browser."""
    return read(MultiDict(list(pairs(card, name))), name)


@pytest.mark.parametrize("data", [*RULES, *({"count": {"window": window}, "at_least": 2} for window in WINDOWS)])
def test_a_rule_comes_back_from_its_form_as_it_was(data: dict[str, Any]) -> None:
    assert make(sent(take(data)), "rule").data == data


def round_trip(data: dict[str, Any]) -> dict[str, Any]:
    return make(sent(take(data)), "rule").data


@pytest.mark.parametrize("seed", range(20))
def test_any_rule_of_the_grammar_comes_back(seed: int) -> None:
    """The same rule, and written by the form once, the same data for ever."""
    random = Random(seed)
    for _rule in range(100):
        data = random_rules.rule(random, depth=3)
        again = round_trip(data)
        assert parse(again) == parse(data)
        assert round_trip(again) == again
        data = random_rules.leaf(random)
        again = make(sent(take(data)), "rule", levelled=True).data
        assert parse(again, levelled=True) == parse(data, levelled=True)


@pytest.mark.parametrize(
    "words", [[], ["tea"], ["tea", "coffee and milk"], ["a,b", '"', '""', ' "x, y" '], [",", " , ", 'a"b', "c "]]
)
def test_any_words_fit_in_one_line(words: list[str]) -> None:
    assert split(join(words)) == words


@pytest.mark.parametrize(
    ("text", "words"), [("tea,coffee", ["tea", "coffee"]), (" , ,tea, tea ,", ["tea"]), ('"never ends', ['"never ends'])]
)
def test_words_are_read_as_people_type_them(text: str, words: list[str]) -> None:
    assert split(text) == words


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"count": {}, "at_least": 0}, "rule-at_least"),
        ({"count": {}, "at_least": 10**9}, "rule-at_least"),
        ({"count": {}, "at_least": "many"}, "rule-at_least"),
        ({"distinct": "hat", "at_least": 2}, "rule-by"),
        ({"holds": "No Slug"}, "rule-badge"),
        ({"finished": ""}, "rule-quest"),
        ({"all": []}, "rule-sort"),
        ({"all": [TALKS, {"count": {"kind": ["x" * 200]}, "at_least": 1}]}, "rule-1-kind_more"),
        ({"all": [TALKS, {"some": [TALKS, TALKS], "at_least": 3}]}, "rule-1-at_least"),
        ({"any": [TALKS, {"all": [{"streak": "week", "at_least": 2, "gaps": -1}]}]}, "rule-1-0-gaps"),
    ],
)
def test_a_fault_is_shown_at_its_field(data: dict[str, Any], field: str) -> None:
    made = make(sent(take(data)), "rule")
    with pytest.raises(BadCriteria) as fault:
        parse(made.data)
    assert made.field_at(fault.value.place) == field


def press(data: dict[str, Any], *moves: str) -> tuple[dict[str, Any], str, str]:
    card, focus, fault = take(data), "", ""
    for move in moves:
        found = moved(card, move, "rule")
        card, focus, fault = found.card, found.focus, found.fault
    return make(card, "rule").data, focus, fault


ONE = {"count": {}, "at_least": 1}
A, B, C = ({"finished": name} for name in "abc")


@pytest.mark.parametrize(
    ("data", "move", "after", "focus"),
    [
        (A, "rule:wrap", {"all": [A, ONE]}, "rule-sort"),
        ({"all": [A, B]}, "rule:add", {"all": [A, B, ONE]}, "rule-2-sort"),
        ({"all": [A, B, C]}, "rule-1:remove", {"all": [A, C]}, "rule-1-sort"),
        ({"all": [A, B]}, "rule-1:remove", {"all": [A]}, "rule-0-sort"),
        ({"all": [A]}, "rule-0:remove", {"all": []}, "rule-add"),
        (A, "rule:remove", ONE, "rule-sort"),
        ({"all": [A, B, C]}, "rule-2:up", {"all": [A, C, B]}, "rule-1-up"),
        ({"all": [A, B, C]}, "rule-1:up", {"all": [B, A, C]}, "rule-0-sort"),
        ({"all": [A, B, C]}, "rule-0:down", {"all": [B, A, C]}, "rule-1-down"),
        ({"all": [A, B]}, "rule-0:up", {"all": [A, B]}, "rule-0-sort"),
        ({"all": [A, B]}, "rule-1:wrap", {"all": [A, {"all": [B, ONE]}]}, "rule-1-sort"),
        ({"all": [{"any": [A, B]}, C]}, "rule-0:unwrap", {"all": [A, B, C]}, "rule-0-sort"),
        ({"all": [A]}, "rule:unwrap", A, "rule-sort"),
        ({"all": [A, B]}, "rule:unwrap", {"all": [A, B]}, "rule-sort"),
        (A, "rule:show", A, "rule-sort"),
        (A, "rule:add", A, "rule-sort"),
    ],
)
def test_buttons_move_parts(data: dict[str, Any], move: str, after: dict[str, Any], focus: str) -> None:
    assert press(data, move) == (after, focus, "")


@pytest.mark.parametrize("move", ["", "rule-7:up", "rule-x:up", "rule", "other:add", "rule-0:burn", "rule-0-0:up", "rule0:up"])
def test_a_button_of_no_card_changes_nothing(move: str) -> None:
    assert press({"all": [A, B]}, move) == ({"all": [A, B]}, "", "")


def test_there_is_room_for_twenty_parts_and_six_levels(app: Any) -> None:
    full: dict[str, Any] = {"all": [A] * 20}
    assert press(full, "rule:add") == (full, "rule-add", "There is room for 20 parts here.")
    deep = A
    for _level in range(6):
        deep = {"any": [deep, B]}
    parse(deep)
    data, focus, fault = press(deep, "rule-0-0-0-0-0-0:wrap")
    assert (data, focus) == (deep, "rule-0-0-0-0-0-0-wrap")
    assert fault == "That would be nested deeper than 6. Simpler rules are better understood."


def test_a_form_that_nobody_lays_by_hand_is_refused() -> None:
    form = {"rule-sort": "all"}
    for place in range(20):
        form |= {f"rule-{place}-sort": "all"} | {f"rule-{place}-{n}-sort": "count" for n in range(19)}
    with pytest.raises(TooLarge):
        read(MultiDict(form), "rule")
    deep = {"rule" + "-0" * level + "-sort": "all" for level in range(50)}
    with pytest.raises(TooLarge):
        read(MultiDict(deep), "rule")


def test_nonsense_is_read_as_a_fresh_card() -> None:
    assert read(MultiDict(), "rule") == Card("count", {})
    assert read(MultiDict({"rule-sort": "exec", "rule-at_least": "1"}), "rule") == fresh()
