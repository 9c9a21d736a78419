"""The estimate: by hand, within the bounds, refused where nothing is known, and as often right as it says."""

import random
from fractions import Fraction

import pytest
from hypothesis import given

from recognition.surveys.bounds.counts import Counts, together
from recognition.surveys.bounds.estimating import NO_ANSWERS, ONE_STRATUM, Estimate, Refused, estimate
from recognition.surveys.bounds.proving import bounds
from tests.surveys.test_bounds import quick, rolls


def test_each_stratum_counts_by_its_people() -> None:
    """Nine of ten of the busy ones, one of four of the quiet ones who said something: there are as many of these as of
    those."""
    found = estimate({"active": Counts(yes=27, no=3, silent=10), "quiet": Counts(yes=1, other=3, declined=2, silent=34)})
    assert isinstance(found, Estimate)
    assert found.share == Fraction(1, 2) * Fraction(9, 10) + Fraction(1, 2) * Fraction(1, 4)
    # 1.959964 * sqrt(0.25 * 10/40 * 28/32 * 4/32 / 29 + 0.25 * 36/40 * 2/6 * 4/6 / 3)
    assert found.high - float(found.share) == pytest.approx(0.254813, abs=5e-7)
    assert found.low == 28 / 80


def test_one_stratum_would_only_repeat_those_who_answered() -> None:
    assert estimate({"all": Counts(yes=60, no=5, declined=5, silent=30)}) == Refused(ONE_STRATUM)


def test_nothing_is_guessed_of_a_stratum_that_said_nothing() -> None:
    strata = {"active": Counts(yes=9, no=1), "away": Counts(silent=3), "quiet": Counts(declined=4), "alumni": Counts()}
    assert estimate(strata) == Refused(NO_ANSWERS, ("away", "quiet"))


def test_where_everybody_answered_it_is_no_guess() -> None:
    found = estimate({"a": Counts(yes=3, no=1), "b": Counts(yes=1, other=5)})
    assert found == Estimate(Fraction(4, 10), 0.4, 0.4, 0.95)


@quick
@given(rolls)
def test_it_never_leaves_the_bounds(roll: dict[str, Counts]) -> None:
    found, limits = estimate(roll), bounds(together(roll.values()))
    if isinstance(found, Estimate):
        assert limits.lower <= found.share <= limits.upper
        assert float(limits.lower) <= found.low <= float(found.share) + 1e-12
        assert float(found.share) - 1e-12 <= found.high <= float(limits.upper)


@pytest.mark.parametrize("truths", [(0.9, 0.3), (0.98, 0.95), (0.5, 0.5)])
def test_it_is_right_as_often_as_it_says_if_its_assumption_holds(truths: tuple[float, float]) -> None:
    """Two strata of 120 and 80 people, of whom 60 and 12 answer by chance."""
    chance, sizes, asked = random.Random(7), (120, 80), (60, 12)
    people = [[number < size * truth for number in range(size)] for size, truth in zip(sizes, truths, strict=True)]
    truth = sum(map(sum, people)) / sum(sizes)
    held = 0
    for _once in range(600):
        strata = {}
        for key, there, many in zip("ab", people, asked, strict=True):
            yes = sum(chance.sample(there, many))
            strata[key] = Counts(yes=yes, no=many - yes, silent=len(there) - many)
        found = estimate(strata)
        assert isinstance(found, Estimate)
        held += found.low <= truth <= found.high
    assert held / 600 > 0.93
