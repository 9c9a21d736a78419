"""Quizzes of every kind as they stand in a file."""

from typing import Any

import pytest

from recognition.quests.quiz_sheets import quiz
from recognition.quests.sheet_values import BadSheet

SINGLE = {"ask": "How many?", "right": "Three", "wrong": ["One"], "hint": "Count.", "why": "So."}
MULTIPLE = {"kind": "multiple", "ask": "Which?", "right": ["A", "B"], "wrong": ["C"], "hint": "Two.", "why": "So."}
PAIRS = {"kind": "matching", "ask": "Whose?", "pairs": [["cat", "meow"], ["dog", "woof"]], "hint": "Hear.", "why": "So."}
TEXT = {"kind": "text", "ask": "What would you say?", "guide": "Two sentences, kind."}


def fault(**data: Any) -> str:
    with pytest.raises(BadSheet) as raised:
        quiz(data, "steps[0]")
    return str(raised.value)


def test_every_kind_is_kept_and_what_is_as_usual_is_left_out() -> None:
    found = quiz({"mode": "learn", "draw": 4, "questions": [{"kind": "single"} | SINGLE, MULTIPLE, PAIRS, TEXT]}, "steps[0]")
    assert found == {
        "pass_mark": 1.0,
        "questions": [
            SINGLE | {"source": ""},
            MULTIPLE | {"source": ""},
            PAIRS | {"wrong": [], "source": ""},
            TEXT | {"hint": "", "why": "", "source": ""},
        ],
    }


def test_a_test_keeps_its_rhythm() -> None:
    found = quiz({"mode": "test", "draw": 1, "tries_a_day": 2, "pass_mark": 0.5, "questions": [SINGLE, MULTIPLE]}, "steps[0]")
    assert {name: found[name] for name in found if name != "questions"} == {
        "pass_mark": 0.5, "mode": "test", "draw": 1, "tries_a_day": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"mode": "race", "questions": [SINGLE]}, "steps[0].mode: needs one of learn, test"),
        ({"draw": 2, "questions": [SINGLE]}, "steps[0].draw: needs a whole number from 1 to 1"),
        ({"tries_a_day": 2, "questions": [SINGLE]}, "steps[0].tries_a_day: belongs to a quiz with the mode “test”"),
        (
            {"mode": "test", "questions": [TEXT]},
            "steps[0].questions[0].kind: a person reads a text, so",
        ),
        (
            {"questions": [SINGLE | {"kind": "essay"}]},
            "steps[0].questions[0].kind: needs one of single, multiple, matching",
        ),
        ({"questions": [MULTIPLE | {"right": "A"}]}, "steps[0].questions[0].right: needs a list of 1 to 8 texts"),
        ({"questions": [MULTIPLE | {"wrong": ["A"]}]}, "steps[0].questions[0].wrong: offers the same words twice"),
        ({"questions": [PAIRS | {"pairs": [["a", "b"]]}]}, "steps[0].questions[0].pairs: needs a list of 2 to 8 pairs"),
        ({"questions": [PAIRS | {"pairs": [["a", "b"], ["c"]]}]}, "steps[0].questions[0].pairs[1]: needs two texts"),
        (
            {"questions": [PAIRS | {"pairs": [["a", "b"], ["a", "c"]]}]},
            "steps[0].questions[0].pairs: offers the same words twice",
        ),
        ({"questions": [PAIRS | {"wrong": ["meow"]}]}, "steps[0].questions[0].pairs: offers the same words twice"),
        ({"questions": [TEXT | {"guide": ""}]}, "steps[0].questions[0].guide: is missing"),
        ({"questions": [TEXT | {"right": "x"}]}, "steps[0].questions[0].right: is not known here"),
        ({"questions": [SINGLE, SINGLE]}, "steps[0].questions[1].ask: is asked twice"),
    ],
)
def test_a_fault_names_its_place(data: dict[str, Any], said: str) -> None:
    assert fault(**data).startswith(said)
