"""No number that points at few people is told, nor can it be worked out; and what is told stays true."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from recognition.surveys.bounds.counts import Counts, together
from recognition.surveys.bounds.hiding import Group, Told, groups, is_safe_beside, options, parts, whole
from recognition.surveys.bounds.proving import bounds
from recognition.surveys.bounds.statement import told_bounds
from tests.surveys.test_bounds import quick

LEAST = 5
number = st.integers(0, 25)
counts = st.builds(Counts, yes=number, no=number, other=number, declined=number, silent=number)
rolls = st.dictionaries(st.sampled_from("abcdef"), counts, min_size=1).filter(lambda one: together(one.values()).people > 0)


def test_the_founding_case_is_told_as_it_is() -> None:
    assert whole(Counts(yes=60, no=5, declined=5, silent=30, shown=8), LEAST) == Told(100, 60, 5, 35, 5, 30, 8)


def test_a_few_are_told_among_the_open_ones() -> None:
    assert whole(Counts(yes=60, no=2, other=1, silent=37), LEAST) == Told(100, 60, 0, 40)
    assert whole(Counts(yes=3, no=20, silent=20), LEAST) == Told(43, 0, 20, 23)
    assert whole(Counts(yes=60, no=5, declined=4, silent=31), LEAST) == Told(100, 60, 5, 35)


def test_a_few_open_ones_get_company_and_what_is_proven_by_far_stays_so() -> None:
    assert whole(Counts(yes=98, silent=2), LEAST) == Told(100, 95, 0, 5)
    assert whole(Counts(yes=30, no=10, silent=1), LEAST) == Told(41, 26, 10, 5)
    assert whole(Counts(yes=6, silent=1), LEAST) == Told(7, 0, 0, 7)


def test_where_everybody_answers_and_all_say_the_same_it_is_not_each_ones_answer() -> None:
    assert whole(Counts(yes=20), LEAST) == Told(20, 15, 0, 5)
    assert whole(Counts(no=12, other=8), LEAST) == Told(20, 0, 15, 5)
    assert whole(Counts(yes=15, no=5), LEAST) == Told(20, 15, 5, 0)
    assert whole(Counts(yes=7), LEAST) == Told(7, 0, 0, 7)


def test_of_the_silent_who_have_shown_it_is_told_unless_it_is_few_or_nearly_all() -> None:
    assert whole(Counts(yes=20, no=20, silent=20, shown=4), LEAST).shown is None
    assert whole(Counts(yes=20, no=20, silent=20, shown=16), LEAST).shown is None
    assert whole(Counts(yes=20, no=20, silent=20, shown=15), LEAST).shown == 15
    assert whole(Counts(yes=20, no=20, silent=20, shown=15), LEAST, met=20).shown == 15
    assert whole(Counts(yes=20, no=20, silent=20, shown=15), LEAST, met=19).shown is None


def test_small_strata_are_told_together_and_never_one_alone() -> None:
    strata = {
        "active": Counts(yes=40, no=10, silent=20),
        "quiet": Counts(yes=6, no=2, silent=12),
        "away": Counts(yes=1, silent=6),
    }
    assert groups(strata, LEAST) == (
        Group(("active",), Counts(yes=40, no=10, silent=20)), Group(("away", "quiet"), Counts(yes=7, no=2, silent=18))
    )  # fmt: skip
    assert groups({"active": strata["active"], "away": Counts(silent=3)}, LEAST) == ()
    assert parts(groups(strata, LEAST), LEAST) == ()


def test_two_ways_to_divide_everybody_stand_beside_each_other_unless_their_difference_is_a_few() -> None:
    cells = {("active", "Ghana"): Counts(yes=20, silent=9), ("away", "Iceland"): Counts(yes=5, silent=5)}
    one, other = (_divided(cells, place) for place in (0, 1))
    assert is_safe_beside(one, other, cells, LEAST)
    few = cells | {("away", "Ghana"): Counts(yes=1)}
    assert not is_safe_beside(_divided(few, 0), _divided(few, 1), few, LEAST)
    silent = cells | {("away", "Ghana"): Counts(silent=4), ("active", "Iceland"): Counts(yes=6)}
    assert not is_safe_beside(_divided(silent, 0), _divided(silent, 1), silent, LEAST)
    many = cells | {("away", "Ghana"): Counts(yes=5, silent=5)}
    assert is_safe_beside(_divided(many, 0), _divided(many, 1), many, LEAST)
    assert is_safe_beside((), other, cells, LEAST)


def _divided(cells: dict[tuple[str, str], Counts], place: int) -> tuple[Group, ...]:
    keys = sorted({key[place] for key in cells})
    return tuple(Group((key,), together(one for at, one in cells.items() if at[place] == key)) for key in keys)


def test_options_that_few_chose_are_one_line() -> None:
    assert options({"a": 20, "b": 3, "c": 1, "d": 6}, LEAST) == ({"a": 20}, 10)
    assert options({"a": 20, "b": 3, "c": 2}, LEAST) == ({"a": 20}, 5)
    assert options({"a": 20, "b": 0}, LEAST) == ({"a": 20}, 0)
    assert options({"a": 3}, LEAST) == ({}, 3)


@quick
@given(counts.filter(lambda one: one.people > 0))
def test_what_is_told_holds_what_was_counted(one: Counts) -> None:
    told = whole(one, LEAST)
    assert told.yes + told.not_yes + told.open == told.people == one.people
    assert (told.yes <= one.yes, told.not_yes <= one.not_yes) == (True, True)
    exact, said = bounds(one), told_bounds(told)
    assert said.lower <= exact.lower <= exact.upper <= said.upper
    for few in (told.yes, told.not_yes, told.declined, told.silent, told.shown):
        assert few is None or few == 0 or few >= LEAST
    assert told.open == 0 or told.open >= min(LEAST, told.people)


@quick
@given(rolls)
def test_no_sum_and_no_difference_of_what_is_told_is_small(roll: dict[str, Counts]) -> None:
    """Groups divide everybody; whatever is taken from the whole leaves groups, and each of these is large enough."""
    everything, found = together(roll.values()), groups(roll, LEAST)
    told = whole(everything, LEAST)
    if not found:
        return
    assert together(one.counts for one in found) == everything
    assert (told.yes + told.not_yes, told.open) == (everything.answered, everything.open)
    assert sorted(key for one in found for key in one.keys) == sorted(key for key, one in roll.items() if one.people)
    coarse = parts(found, LEAST)
    for size in range(1, len(found)):
        for some in combinations(found, size):
            part = together(one.counts for one in some)
            assert min(part.answered, part.open, everything.answered - part.answered, everything.open - part.open) >= LEAST
    for one in coarse:
        assert min(one.counts.yes, one.counts.not_yes, one.counts.open) >= LEAST
        assert any(set(one.keys) >= set(fine.keys) for fine in found)
    assert not coarse or together(one.counts for one in coarse) == everything


@quick
@given(st.dictionaries(st.sampled_from("abcdef"), number))
def test_the_rest_of_the_options_is_never_small_beside_one_that_is_told(given_counts: dict[str, int]) -> None:
    told, rest = options(given_counts, LEAST)
    assert sum(told.values()) + rest == sum(given_counts.values())
    assert all(one >= LEAST for one in told.values())
    assert rest == 0 or rest >= LEAST or not told
