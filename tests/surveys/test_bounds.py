"""What counts prove: the founding case, and what holds for every roll there could be."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.surveys.bounds.counts import BadCounts, Counts, together
from recognition.surveys.bounds.proving import DISPROVEN, NOT_PROVEN, PROVEN, bounds, to_disprove, to_prove, verdict
from recognition.surveys.bounds.statement import statement

OVER = Fraction(4, 5)
FIXTURE = Counts(yes=60, no=5, declined=5, silent=30)
small = st.integers(0, 9)
counts = st.builds(Counts, yes=small, no=small, other=small, declined=small, silent=small)
rolls = st.dictionaries(st.sampled_from(["active", "quiet", "away", "alumni"]), counts, min_size=1).filter(
    lambda roll: together(roll.values()).people > 0
)
goals = st.integers(1, 99).map(lambda percent: Fraction(percent, 100))
quick = settings(max_examples=150, deadline=None)


def test_the_founding_case() -> None:
    """100 people, 60 yes, 5 no, 5 decline, 30 silent."""
    found = bounds(FIXTURE)
    assert (found.lower, found.upper) == (Fraction(60, 100), Fraction(95, 100))
    assert verdict(FIXTURE, OVER) == NOT_PROVEN
    told = statement({"all": FIXTURE}, OVER, 0.95)
    assert (told["lower"], told["upper"], told["verdict"]) == (60.0, 95.0, "not proven")
    assert told["to_prove"] == {"people": 21, "places": {"all": 21}}
    assert told["to_disprove"] == {"people": 15, "places": {"all": 15}}
    assert told["estimate"] == {"refused": "one stratum", "strata": []}
    assert "92" not in str(told)


def test_more_than_the_goal_is_more() -> None:
    assert verdict(Counts(yes=80, no=20), OVER) == DISPROVEN
    assert verdict(Counts(yes=81, no=19), OVER) == PROVEN
    assert verdict(Counts(yes=80, no=19, silent=1), OVER) == NOT_PROVEN
    assert verdict(Counts(yes=79, other=20, declined=1), OVER) == DISPROVEN


def test_what_would_prove_it_says_where() -> None:
    strata = {"active": Counts(yes=70, no=2, silent=8), "quiet": Counts(yes=3, silent=17)}
    needed = to_prove(strata, OVER)
    assert needed is not None
    assert (needed.people, needed.places) == (8, (("quiet", 8),))
    needed = to_prove({"a": Counts(yes=10, silent=4), "b": Counts(silent=6)}, OVER)
    assert needed is not None
    assert (needed.people, needed.places) == (7, (("b", 6), ("a", 1)))


def test_rounding_never_says_more_than_is_so() -> None:
    told = statement({"all": Counts(yes=1, no=1, silent=1)}, OVER, 0.95)
    assert (told["lower"], told["upper"]) == (33.3, 66.7)


@pytest.mark.parametrize("bad", [{"yes": -1}, {"yes": True}, {"silent": 3, "shown": 4}, {"no": 1.5}])
def test_what_is_no_count_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(BadCounts):
        Counts(**bad)


def test_nobody_proves_nothing() -> None:
    with pytest.raises(BadCounts):
        bounds(Counts())


@quick
@given(rolls, goals, st.data())
def test_the_truth_lies_between_the_bounds_and_a_verdict_is_never_wrong(
    roll: dict[str, Counts], over: Fraction, data: Any
) -> None:
    """Whatever is so of those of whom we do not know."""
    whole = together(roll.values())
    truth = Fraction(whole.yes + data.draw(st.integers(0, whole.open)), whole.people)
    found = bounds(whole)
    assert found.lower <= truth <= found.upper
    said = verdict(whole, over)
    assert said != PROVEN or truth > over
    assert said != DISPROVEN or truth <= over


@quick
@given(rolls, goals)
def test_a_verdict_is_open_only_while_it_could_turn_out_either_way(roll: dict[str, Counts], over: Fraction) -> None:
    whole = together(roll.values())
    outcomes = {Fraction(whole.yes + more, whole.people) > over for more in range(whole.open + 1)}
    assert verdict(whole, over) == {frozenset({True}): PROVEN, frozenset({False}): DISPROVEN}.get(frozenset(outcomes), NOT_PROVEN)


@quick
@given(counts.filter(lambda one: one.open > 0), goals, st.sampled_from(["yes", "no", "other", "declined"]))
def test_an_answer_never_widens_the_bounds_and_never_undoes_a_verdict(one: Counts, over: Fraction, answer: str) -> None:
    fields = {name: getattr(one, name) for name in ("yes", "no", "other", "declined", "silent")}
    fields["silent" if one.silent else "declined"] -= 1
    fields[answer] += 1
    after = Counts(**fields)
    assert bounds(one).lower <= bounds(after).lower
    assert bounds(after).upper <= bounds(one).upper
    assert verdict(one, over) in (NOT_PROVEN, verdict(after, over))


@quick
@given(rolls, goals)
def test_what_is_needed_is_enough_and_no_less_is(roll: dict[str, Counts], over: Fraction) -> None:
    whole = together(roll.values())
    for needed, wanted, name in ((to_prove(roll, over), PROVEN, "yes"), (to_disprove(roll, over), DISPROVEN, "no")):
        if needed is None:
            assert verdict(whole, over) == wanted or not _could(whole, over, wanted)
            continue
        assert sum(people for _key, people in needed.places) == needed.people
        assert all(0 < people <= roll[key].open for key, people in needed.places)
        assert verdict(_moved(whole, name, needed.people), over) == wanted
        assert verdict(_moved(whole, name, needed.people - 1), over) == NOT_PROVEN


def _moved(whole: Counts, name: str, people: int) -> Counts:
    """So many of the open ones have answered."""
    rest = whole.open - people
    return Counts(whole.yes + people * (name == "yes"), whole.no + people * (name == "no"), whole.other, silent=rest)


def _could(whole: Counts, over: Fraction, wanted: str) -> bool:
    return any(verdict(_moved(whole, name, whole.open), over) == wanted for name in ("yes", "no"))
