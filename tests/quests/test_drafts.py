"""A quest while it is written, as pure values: steps in any order, every fault at its place, and what differs between two."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.quests import compare, drafts
from recognition.quests.compare import ADDED, CHANGED, MOVED, REMOVED, Change
from recognition.quests.sheet_values import BadSheet
from recognition.quests.text_places import places
from recognition.tongues import behind, missing

WHOLE: dict[str, Any] = {
    "slug": "thanks", "title": "Say thanks", "summary": "Two minutes.", "family": "caring", "minutes": 5, "position": 3,
    "map": [10, 20], "thanks": "", "after": "",
    "steps": [
        {"slug": "why", "kind": "read", "title": "Why", "minutes": 2, "body": "Look."},
        {"slug": "quiz", "kind": "quiz", "title": "Quiz", "minutes": 1, "pass_mark": 0.8, "questions": [
            {"kind": "multiple", "ask": "What?", "right": ["a", "b"], "wrong": ["c"], "hint": "H", "why": "W"},
            {"kind": "matching", "ask": "Who?", "pairs": [["a", "b"], ["c", "d"]], "wrong": ["e"], "hint": "H", "why": "W"},
            {"kind": "text", "ask": "Why?", "guide": "G"}]},
        {"slug": "you", "kind": "reflect", "title": "You", "minutes": 1, "prompt": "Whom?"},
        {"slug": "do", "kind": "do", "title": "Do", "minutes": 2, "prompt": "Go.", "ideas": ["Alone"],
         "proof": {"count": {"tags_any": ["thanked"]}, "at_least": 1}},
    ],
}  # fmt: skip
SLUGS = [step["slug"] for step in WHOLE["steps"]]


def order(draft: drafts.Draft) -> list[str]:
    return [step["slug"] for step in draft["steps"]]


def test_a_whole_one_lacks_nothing_and_is_not_touched_by_looking() -> None:
    before = deepcopy(WHOLE)
    assert drafts.faults(WHOLE) == {}
    assert before == WHOLE


def test_two_steps_with_one_file_name_keep_words_of_their_own() -> None:
    why = WHOLE["steps"][0]
    both = [{**why, "file": "why.md"}, {**why, "slug": "again", "file": "why.md", "body": "Look again."}]
    sheet = drafts.checked({**WHOLE, "steps": [*both, {**why, "slug": "third", "file": "why.md"}]})
    assert [(step.body, step.data["file"]) for step in sheet.steps] == [
        ("Look.", "why.md"), ("Look again.", "why-2.md"), ("Look.", "why.md"),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(SLUGS), st.integers(-2, 9)), max_size=8))
@settings(max_examples=40)
def test_steps_in_any_order_are_the_same_steps(moves: list[tuple[str, int]]) -> None:
    draft = WHOLE
    for slug, to in moves:
        draft = drafts.moved(draft, slug, to)
        assert order(draft).index(slug) == max(0, min(to, len(SLUGS) - 1))
    assert sorted(order(draft)) == sorted(SLUGS)
    assert {change.kind for change in compare.changes(WHOLE, draft)} <= {MOVED}
    assert (compare.changes(WHOLE, draft) == []) == (order(draft) == SLUGS)


PIECES = st.sampled_from(["", "x", "soon", -1, 0, 5, None, [], ["a"], ["a", "a"], {}, "a" * 401])


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_all_faults_are_found_at_once_whatever_was_written(data: st.DataObject) -> None:
    draft = deepcopy(WHOLE)
    for _number in range(data.draw(st.integers(1, 4))):
        target: Any = data.draw(st.sampled_from([draft, *draft["steps"], *draft["steps"][1]["questions"]]))
        name = data.draw(st.sampled_from(sorted(set(target) - {"steps", "kind", "slug", "questions", "body"})))
        target[name] = data.draw(PIECES)
    found = drafts.faults(draft)
    if found:
        with pytest.raises(BadSheet) as fault:
            drafts.checked(draft)
        assert found[fault.value.place] == fault.value.reason
    else:
        drafts.checked(draft)


def test_faults_stand_where_they_are() -> None:
    draft = deepcopy(WHOLE)
    draft["title"], draft["minutes"] = "", "soon"
    draft["steps"][0]["body"] = ""
    draft["steps"][1]["questions"][1] = {"kind": "matching"}
    del draft["steps"][3]["proof"]
    assert drafts.faults(draft) == {
        "title": "is missing", "minutes": "needs a whole number from 1 to 1000", "steps[0].file": "why.md is empty",
        "steps[1].questions[1].ask": "is missing", "steps[1].questions[1].pairs": "needs a list of 2 to 8 pairs",
        "steps[1].questions[1].hint": "is missing", "steps[1].questions[1].why": "is missing",
        "steps[3].proof.criteria": "expected a table such as {count = {...}, at_least = 5}",
    }  # fmt: skip


def test_added_and_removed() -> None:
    more, slug = drafts.added(WHOLE, "read")
    assert (slug, order(more)) == ("read", [*SLUGS, "read"])
    assert drafts.added(more, "read")[1] == "read-2"
    assert drafts.added(WHOLE, "dance") == (WHOLE, "")
    assert order(drafts.removed(more, "quiz")) == ["why", "you", "do", "read"]
    with pytest.raises(drafts.NoStep):
        drafts.removed(WHOLE, "nowhere")
    full = {**WHOLE, "steps": [{"slug": f"s{n}"} for n in range(drafts.STEPS_MAX)]}
    assert drafts.added(full, "read") == (full, "")


def test_what_differs() -> None:
    other = deepcopy(WHOLE)
    other["minutes"] = 7
    other["steps"][1]["questions"][0] = {**other["steps"][1]["questions"][0], "hint": "Look again."}
    other["steps"][2]["title"] = "You too"
    other = drafts.moved(drafts.removed(other, "why"), "do", 0)
    found = compare.changes(WHOLE, other)
    assert [(one.kind, one.step, one.field, one.ask) for one in found] == [
        (CHANGED, "", "minutes", ""), (REMOVED, "Why", "", ""), (MOVED, "Do", "", ""), (CHANGED, "Quiz", "questions", "What?"),
        (CHANGED, "You too", "title", ""),
    ]  # fmt: skip
    assert found[-1] == Change(CHANGED, "You too", "title", "", "You", "You too")
    assert (ADDED, "Why") in [(one.kind, one.step) for one in compare.changes(other, WHOLE)]
    assert compare.lines_between("a\nb\nc", "a\nx\nc") == [("-", "b"), ("+", "x")]


def test_texts_fall_behind_one_by_one() -> None:
    original = places(WHOLE)
    words = {place: f"{text}!" for place, text in original.items()}
    assert missing(original, words) == behind(original, words, original) == []
    assert missing(original, {**words, "title": ""}) == ["title"]
    changed = {**original, "steps.you.prompt": "Whom else?"}
    assert behind(changed, words, original) == ["steps.you.prompt"]
