"""What no count may depend on, and what each method promises."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.contests.tally.count import METHODS
from recognition.contests.tally.outcome import Outcome
from tests.contests.polls import Poll, Row, count

BLANKS = ("abstain", "last")
CASES = [(method, blank) for method in METHODS for blank in BLANKS]
EACH = pytest.mark.parametrize(("method", "blank"), CASES)
FEW = settings(max_examples=40, derandomize=True, deadline=None, database=None)


@st.composite
def polls(draw: st.DrawFn) -> Poll:
    names = tuple("ABCDEF"[: draw(st.integers(1, 6))])
    cells = st.none() | st.integers(1, 4)
    rows = draw(st.lists(st.tuples(*(cells for _name in names)), max_size=12))
    return Poll(names, rows)


def fitting(method: str, poll: Poll) -> Poll:
    """An approval says only that there is one."""
    return Poll(poll.names, [tuple(said and 1 for said in row) for row in poll.rows]) if method == "approval" else poll


def places(outcome: Outcome) -> list[set[str]]:
    return [set(group) for group in outcome.order]


def said(outcome: Outcome) -> tuple[object, ...]:
    return places(outcome), set(outcome.winners), [set(tied) for tied in outcome.ties]


@EACH
@FEW
@given(data=st.data())
def test_the_order_of_ballots_and_of_candidates_changes_nothing(method: str, blank: str, data: st.DataObject) -> None:
    poll = fitting(method, data.draw(polls()))
    seats = data.draw(st.integers(1, 4))
    one = count(method, poll, blank=blank, seats=seats)
    rows = data.draw(st.permutations(poll.rows))
    assert count(method, Poll(poll.names, rows), blank=blank, seats=seats) == one
    mixed = data.draw(st.permutations(range(len(poll.names))))
    other = count(method, _moved(poll, mixed), blank=blank, seats=seats)
    assert said(other) == said(one)
    assert other.numbers == one.numbers


def _moved(poll: Poll, places_: list[int]) -> Poll:
    rows: list[Row] = [tuple(row[place] for place in places_) for row in poll.rows]
    return Poll(tuple(poll.names[place] for place in places_), rows)


@EACH
@FEW
@given(data=st.data())
def test_other_names_and_twice_the_ballots_change_nothing(method: str, blank: str, data: st.DataObject) -> None:
    poll = fitting(method, data.draw(polls()))
    one = count(method, poll, blank=blank, seats=2)
    new = dict(zip(poll.names, data.draw(st.permutations(["ä", "b, c", "0", "ZZ", "名", "a"])), strict=False))
    other = count(method, Poll(tuple(new.values()), poll.rows), blank=blank, seats=2)
    assert places(other) == [{new[name] for name in group} for group in places(one)]
    twice = count(method, Poll(poll.names, poll.rows * 2), blank=blank, seats=2)
    assert (twice.order, twice.winners, twice.ties) == (one.order, one.winners, one.ties)
    assert (twice.ballots, twice.blank_ballots) == (2 * one.ballots, 2 * one.blank_ballots)


@EACH
@FEW
@given(data=st.data())
def test_blank_ballots_count_for_the_turnout_only(method: str, blank: str, data: st.DataObject) -> None:
    poll = fitting(method, data.draw(polls()))
    one = count(method, poll, blank=blank)
    more = count(method, Poll(poll.names, [*poll.rows, tuple(None for _name in poll.names)]), blank=blank)
    assert (more.order, more.numbers, more.pairwise) == (one.order, one.numbers, one.pairwise)
    assert (more.ballots, more.blank_ballots) == (one.ballots + 1, one.blank_ballots + 1)


@pytest.mark.parametrize(
    ("method", "blank"), [(method, blank) for method, blank in CASES if method in ("borda", "irv", "schulze")]
)
@FEW
@given(data=st.data())
def test_only_the_order_of_ranks_counts(method: str, blank: str, data: st.DataObject) -> None:
    """Gaps, and ranks that need two or four bytes."""
    poll = data.draw(polls())
    levels = data.draw(st.lists(st.integers(1, 999_999_999), min_size=4, max_size=4, unique=True).map(sorted))
    wide = Poll(poll.names, [tuple(rank and levels[rank - 1] for rank in row) for row in poll.rows])
    assert count(method, wide, blank=blank) == count(method, poll, blank=blank)


@EACH
@FEW
@given(data=st.data())
def test_with_a_seed_nobody_is_equal_and_nobody_passes_a_better_one(method: str, blank: str, data: st.DataObject) -> None:
    poll = fitting(method, data.draw(polls()))
    open_, drawn = count(method, poll, blank=blank), count(method, poll, blank=blank, seed="0123456789abcdef")
    assert sorted(name for (name,) in drawn.order) == sorted(poll.names)
    assert drawn.ties == []
    if method != "irv":  # there the lots also say who falls first, and what becomes of the ballots
        assert [set(group) for group in _cut(drawn, open_)] == places(open_)


def _cut(drawn: Outcome, like: Outcome) -> list[list[str]]:
    names = [name for (name,) in drawn.order]
    return [[names.pop(0) for _name in group] for group in like.order]


@pytest.mark.parametrize("blank", BLANKS)
@FEW
@given(poll=polls())
def test_who_wins_every_pair_is_first_by_schulze(blank: str, poll: Poll) -> None:
    outcome = count("schulze", poll, blank=blank)
    assert outcome.pairwise is not None
    for place, name in enumerate(poll.names):
        row = outcome.pairwise[place]
        others = [n for n in range(len(poll.names)) if n != place]
        if all(row[n] > outcome.pairwise[n][place] for n in others):
            assert outcome.order[0] == [name]
        if others and all(row[n] < outcome.pairwise[n][place] for n in others):
            assert outcome.order[-1] == [name]


@pytest.mark.parametrize("blank", BLANKS)
@FEW
@given(poll=polls())
def test_borda_gives_out_the_same_points_for_each_ballot_with_a_mark(blank: str, poll: Poll) -> None:
    outcome, field = count("borda", poll, blank=blank), len(poll.names)
    assert sum(outcome.numbers.values()) == Fraction(field * (field - 1), 2) * (outcome.ballots - outcome.blank_ballots)
    assert all(number >= 0 for number in outcome.numbers.values())


@pytest.mark.parametrize("blank", BLANKS)
@FEW
@given(poll=polls())
def test_in_a_runoff_no_ballot_is_lost_and_a_majority_wins(blank: str, poll: Poll) -> None:
    outcome = count("irv", poll, blank=blank)
    for step in outcome.steps:
        assert sum(step.counts.values()) + step.resting == outcome.ballots
    for name, first in outcome.numbers.items():
        if 2 * first > outcome.ballots - outcome.blank_ballots:
            assert outcome.order[0] == [name]
