"""Tables of what the rules decide."""

from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.activities.criteria.decide import Progress, decide
from recognition.activities.criteria.parse import parse
from recognition.quests import rules
from recognition.quests.quizzes import choices, mark_quiz, question_key
from recognition.quests.rules import find_cycle, next_step, prerequisites, state_of
from tests.factories.quests import QUESTIONS

STEPS = [SimpleNamespace(id=n) for n in (7, 3, 5)]


@pytest.mark.parametrize(
    ("is_unlocked", "started", "finished", "state"),
    [
        (False, False, False, "locked"),
        (True, False, False, "open"),
        (True, True, False, "started"),
        (False, True, False, "started"),
        (True, True, True, "done"),
        (False, True, True, "done"),
    ],
)
def test_the_state_of_a_quest(is_unlocked: bool, started: bool, finished: bool, state: str) -> None:
    assert state_of(is_unlocked, started, finished) == state


@pytest.mark.parametrize(("done", "expected"), [((), 7), ({7}, 3), ({3}, 7), ({7, 3}, 5), ({7, 3, 5}, None)])
def test_the_next_step_is_the_first_open_one_in_order(done: set[int], expected: int | None) -> None:
    found = next_step(STEPS, done)
    assert (found and found.id) == expected


def test_a_quest_without_prerequisites_is_open() -> None:
    rule = parse({"finished": "a"})
    assert [rules.unlocked(None), rules.unlocked(decide(rule, {})), rules.unlocked(Progress(rule, 1, 1))] == [
        True,
        False,
        True,
    ]


def test_prerequisites_are_the_quests_a_rule_speaks_of() -> None:
    rule = parse({"any": [{"finished": "b"}, {"all": [{"finished": "a"}, {"count": {"kind": "talk"}, "at_least": 1}]}]})
    assert (prerequisites(rule), prerequisites(None)) == (["b", "a"], [])


@pytest.mark.parametrize(
    ("graph", "cycle"),
    [
        ({}, None),
        ({"a": [], "b": ["a"], "c": ["a", "b"]}, None),
        ({"a": ["a"]}, ["a", "a"]),
        ({"a": ["b"], "b": ["a"]}, ["a", "b", "a"]),
        ({"start": ["b"], "b": ["c"], "c": ["d"], "d": ["b"]}, ["b", "c", "d", "b"]),
        ({"a": ["elsewhere"]}, None),
    ],
)
def test_a_cycle_is_named(graph: dict[str, list[str]], cycle: list[str] | None) -> None:
    assert find_cycle(graph) == cycle


names = st.sampled_from("abcdefgh")


@given(st.dictionaries(names, st.lists(names, max_size=4), max_size=8))
def test_a_named_cycle_is_one_and_silence_means_an_order_exists(graph: dict[str, list[str]]) -> None:
    cycle = find_cycle(graph)
    if cycle:
        assert cycle[0] == cycle[-1]
        assert all(there in graph[here] for here, there in pairwise(cycle))
        return
    placed: set[str] = set()
    left = set(graph)
    while left:
        ready = {q for q in left if all(needed in placed or needed not in graph for needed in graph[q])}
        assert ready
        placed |= ready
        left -= ready


def test_choices_keep_one_order_a_member_and_tell_nothing() -> None:
    mine = choices(QUESTIONS[0], 1, 10)
    assert mine == choices(QUESTIONS[0], 1, 10)
    assert sorted(c.label for c in mine) == ["Right 1", "Wrong 1a", "Wrong 1b", "Wrong 1c"]
    assert [c.label for c in mine if c.right] == ["Right 1"]
    assert len({tuple(c.label for c in choices(QUESTIONS[0], member, 10)) for member in range(50)}) > 10
    places = {[c.right for c in choices(QUESTIONS[0], member, 10)].index(True) for member in range(50)}
    assert places == {0, 1, 2, 3}


ONE, TWO = (question_key(question) for question in QUESTIONS)


@pytest.mark.parametrize(
    ("answers", "right", "first", "all_right", "current"),
    [
        ({}, [False, False], 0, False, ONE),
        ({ONE: ["Wrong 1a"]}, [False, False], 0, False, ONE),
        ({ONE: ["Wrong 1a", "Right 1"]}, [True, False], 0, False, TWO),
        ({ONE: ["Right 1"], TWO: ["Right 2"]}, [True, True], 2, True, None),
        ({ONE: ["Right 1", "Wrong 1a"], TWO: ["Wrong 2b", "Right 2"]}, [True, True], 1, True, None),
        ({"of-an-older-quiz": ["Right 1"], TWO: ["Right 2"]}, [False, True], 1, False, ONE),
    ],
)
def test_a_quiz_is_marked(
    answers: dict[str, list[str]], right: list[bool], first: int, all_right: bool, current: str | None
) -> None:
    result = mark_quiz(QUESTIONS, answers)
    assert [question.right for question in result.marked] == right
    assert (result.first_try_count, result.all_right) == (first, all_right)
    assert (result.current and result.current.key) == current
    assert result.passed_at_first(0.5) is (first >= 1)


def test_a_ring_that_slipped_in_can_still_be_drawn() -> None:
    assert sorted(rules.direct_ways({"a": ["b"], "b": ["a"], "c": ["b"]})) == [("a", "b"), ("b", "a"), ("b", "c")]
