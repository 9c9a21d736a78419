"""What a ballot takes, and a ranking's moves."""

import pytest
from flask import Flask

from recognition.contests import marks
from recognition.contests.marks import ASIDE, check_ballot, counted, ladder, moved, next_place, put_above
from recognition.contests.rules import BadBallot

TOO_MANY = "You chose 3, and this ballot takes at most {most}. Take {over} off before you cast it."


@pytest.fixture(autouse=True)
def request_around(app: Flask) -> object:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("method", "most", "said", "abstains", "sentence"),
    [
        ("approval", 2, {1: 1, 2: 1, 3: 1}, False, TOO_MANY.format(most=2, over="one")),
        ("approval", 1, {1: 1, 2: 1, 3: 1}, False, TOO_MANY.format(most=1, over="2")),
        ("approval", None, {1: 2}, False, "Each entry is either chosen or not. Please open the ballot again."),
        ("score", None, {1: 6}, False, "A score is a whole number from 0 to 5."),
        ("score", None, {1: -2}, False, "A score is a whole number from 0 to 5."),
        ("borda", None, {1: 0}, False, "A place is a whole number from 1 to 500."),
        ("irv", None, {1: 501}, False, "A place is a whole number from 1 to 500."),
        ("schulze", None, {}, False, "There is nothing on your ballot yet. Say something about an entry first, or abstain."),
        ("score", None, {1: 3}, True, "An abstention says nothing about any entry. Nothing was stored."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_a_sentence(
    method: str, most: int | None, said: dict[int, int], abstains: bool, sentence: str
) -> None:
    with pytest.raises(BadBallot) as fault:
        check_ballot(method, most, said, abstains)
    assert str(fault.value) == sentence


@pytest.mark.parametrize(
    ("method", "most", "said"),
    [
        ("approval", 2, {1: 1, 2: 1}),
        ("score", None, {1: 0, 2: 5}),
        ("schulze", None, {1: 1, 2: 1, 3: 7}),
        ("borda", None, {9: 500}),
    ],
)
def test_equal_places_gaps_and_a_zero_are_fine(method: str, most: int | None, said: dict[int, int]) -> None:
    check_ballot(method, most, said, abstains=False)
    check_ballot(method, most, {}, abstains=True)


def test_who_stands_aside_says_nothing() -> None:
    assert counted({1: ASIDE, 2: 0}) == {2: 0}
    assert ladder({1: ASIDE, 2: 4, 3: 4, 4: 1}) == [[4], [2, 3]]
    assert (next_place({}), next_place({1: 3, 2: ASIDE})) == (1, 4)


@pytest.mark.parametrize(
    ("entry", "way", "after"),
    [
        (3, marks.UP, {1: 1, 3: 2, 2: 3, 4: 4}),
        (1, marks.UP, {1: 1, 2: 2, 3: 2, 4: 3}),
        (4, marks.UP, {1: 1, 4: 2, 2: 3, 3: 3}),
        (1, marks.DOWN, {2: 1, 3: 1, 1: 2, 4: 3}),
        (2, marks.DOWN, {1: 1, 3: 2, 2: 3, 4: 4}),
        (4, marks.DOWN, {1: 1, 2: 2, 3: 2, 4: 3}),
        (4, marks.LEVEL, {1: 1, 2: 2, 3: 2, 4: 2}),
        (1, marks.LEVEL, {1: 1, 2: 2, 3: 2, 4: 3}),
        (2, marks.LEVEL, {1: 1, 2: 1, 3: 2, 4: 3}),
        (1, marks.OFF, {2: 1, 3: 1, 4: 2}),
        (9, marks.UP, {1: 1, 2: 2, 3: 2, 4: 3}),
    ],
)
def test_a_move_leaves_no_gap(entry: int, way: str, after: dict[int, int]) -> None:
    assert moved({1: 1, 2: 5, 3: 5, 4: 9, 7: ASIDE}, entry, way) == {**after, 7: ASIDE}


@pytest.mark.parametrize(
    ("better", "other", "after"),
    [
        (4, 1, {4: 1, 1: 2, 2: 3, 3: 3}),
        (1, 4, {1: 1, 2: 2, 3: 2, 4: 3}),
        (3, 2, {1: 1, 3: 2, 2: 3, 4: 4}),
        (8, 9, {1: 1, 2: 2, 3: 2, 4: 3, 8: 4, 9: 5}),
        (8, 2, {1: 1, 8: 2, 2: 3, 3: 3, 4: 4}),
    ],
)
def test_the_better_of_two_is_put_above(better: int, other: int, after: dict[int, int]) -> None:
    assert put_above({1: 1, 2: 2, 3: 2, 4: 3}, better, other) == after
