"""Every method against the library votelib and against a count by definition, on thousands of random polls with equals and
with partial ballots.

votelib has Schulze's paths, the pairwise counts, points by rank, means of scores and transfers of ballots. Where our rule says
more than the library, the library is asked in its own terms: equals of a ballot become all their strict orders in equal
fractions (which is what sharing places and sharing a ballot mean), and missing scores are filled in as our rule says."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations, product
from random import Random
from typing import Any

import pytest
from votelib.component.rankscore import Borda, ModifiedBorda
from votelib.component.transfer import Gregory
from votelib.convert import ApprovalToSimpleVotes, RankedToCondorcetVotes, RankedToPositionalVotes, ScoreToSimpleVotes
from votelib.evaluate.condorcet import Schulze, pairwise_wins
from votelib.evaluate.core import Tie, get_n_best
from votelib.evaluate.sequential import allocation_totals, initial_allocation

from recognition.contests.tally.outcome import Outcome
from tests.contests import polls
from tests.contests.polls import Poll, count, random_poll, ranked

POLLS = 1_500
Votes = dict[Any, Any]
BLANKS = pytest.mark.parametrize("blank", ["abstain", "last"])


def each(seed: int, **options: int) -> Iterator[Poll]:
    random = Random(seed)
    for _poll in range(POLLS):
        yield random_poll(random, **options)


def grouped(numbers: dict[str, Any]) -> list[list[str]]:
    levels = sorted(set(numbers.values()), reverse=True)
    return [[name for name in numbers if numbers[name] == level] for level in levels]


def assert_same(outcome: Outcome, given: Poll, theirs: dict[str, Any]) -> None:
    """The same order, and the same seats for any number of them."""
    numbers = {name: theirs.get(name, 0) for name in given.names}
    assert outcome.order == grouped(numbers)
    for seats in range(1, len(given.names) + 1):
        best = get_n_best(numbers, seats)
        mine = count(outcome.method, given, seats=seats, blank=outcome.blank)
        assert sorted(mine.winners) == sorted(one for one in best if not isinstance(one, Tie))
        assert [set(tied) for tied in mine.ties] == [set(one) for one in best if isinstance(one, Tie)][:1]


def ballots(given: Poll, last: bool = False) -> Votes:
    """As the library writes ranked ballots: a tuple, equals in a set."""
    found = Counter(tuple(tuple(given.names[one] for one in group) for group in ranked(row, last)) for row in given.rows)
    return {tuple(group[0] if len(group) == 1 else frozenset(group) for group in vote): n for vote, n in found.items() if vote}


def strict_ballots(given: Poll, last: bool) -> Votes:
    """Each ballot in all strict orders that it allows, which share its weight."""
    found: Votes = {}
    for row in given.rows:
        orders = list(product(*(permutations([given.names[one] for one in group]) for group in ranked(row, last))))
        for one in orders if orders != [()] else []:
            vote = tuple(name for group in one for name in group)
            found[vote] = found.get(vote, 0) + Fraction(1, len(orders))
    return found


@BLANKS
def test_pairs_and_schulze(blank: str) -> None:
    for given in each(1):
        outcome = count("schulze", given, blank=blank)
        everybody = {(frozenset(given.names),): 1}  # it prefers nobody, and makes all of them known
        counts = RankedToCondorcetVotes(unranked_at_bottom=blank == "last").convert(ballots(given) | everybody)
        pairs = [[counts.get((a, b), 0) for b in given.names] for a in given.names]
        assert outcome.pairwise == pairs == polls.pairs(given, blank == "last")
        wins = Counter(winner for winner, _loser in pairwise_wins(Schulze.widest_paths(counts)))
        assert outcome.numbers == {name: wins[name] for name in given.names}
        assert list(outcome.numbers.values()) == polls.schulze(pairs)
        assert_same(outcome, given, dict(wins))


def test_borda_where_no_opinion_takes_no_part() -> None:
    """The library's points by place, and what they are upside down, are around 0; ours around the middle."""
    points = RankedToPositionalVotes(ModifiedBorda())
    for given in each(2, most=4):
        outcome = count("borda", given)
        votes = strict_ballots(given, last=False)
        up, down = points.convert(votes), points.convert({vote[::-1]: n for vote, n in votes.items()})
        middle = Fraction(len(given.names) - 1, 2) * (outcome.ballots - outcome.blank_ballots)
        theirs = {name: Fraction(up.get(name, 0) - down.get(name, 0), 2) + middle for name in given.names}
        assert outcome.numbers == theirs
        assert list(outcome.numbers.values()) == polls.borda(given, last=False)
        assert_same(outcome, given, theirs)


def test_borda_where_no_opinion_is_last() -> None:
    for given in each(3, most=4):
        outcome = count("borda", given, blank="last")
        theirs = RankedToPositionalVotes(Borda(base=0)).convert(strict_ballots(given, last=True))
        assert outcome.numbers == {name: theirs.get(name, 0) for name in given.names}
        assert list(outcome.numbers.values()) == polls.borda(given, last=True)
        assert_same(outcome, given, theirs)


@BLANKS
def test_instant_runoff(blank: str) -> None:
    """The library shares the first preferences out and moves the ballots of who fell; who falls is said by our rule."""
    for given in each(4, most=4):
        outcome = count("irv", given, blank=blank)
        allocation = initial_allocation(strict_ballots(given, blank == "last"))
        left, steps, order = list(given.names), [], []
        while len(left) > 1:
            totals = allocation_totals(allocation)
            counts = {name: totals.get(name, 0) for name in left}
            lowest = [name for name in left if counts[name] == min(counts.values())]
            together = len(lowest) == len(left)
            steps.append((counts, totals.get(None, 0) + outcome.blank_ballots, [] if together else lowest))
            if together:
                break
            order.insert(0, lowest)
            left = [name for name in left if name not in lowest]
            allocation = Gregory().transfer(allocation, lowest)
        assert [(step.counts, step.resting, step.fell) for step in outcome.steps] == steps
        assert outcome.order == [left, *order] == polls.irv(given, blank == "last")


def test_score_where_no_opinion_takes_no_part() -> None:
    for given in each(5, low=0):
        outcome = count("score", given)
        votes = score_votes(given, 2)
        number = {name: sum(n for vote, n in votes.items() if name in dict(vote)) for name in given.names}
        for name in given.names:
            if short := max(0, max(number.values()) // 2 - number[name]):
                votes[frozenset({(name, 0)})] = votes.get(frozenset({(name, 0)}), 0) + short
        theirs = ScoreToSimpleVotes(function="mean").convert(votes)
        assert outcome.numbers == {name: theirs.get(name, 0) for name in given.names}
        assert list(outcome.numbers.values()) == polls.score(given, last=False)
        assert_same(outcome, given, theirs)


def test_score_where_no_opinion_is_zero() -> None:
    for given in each(6, low=0):
        outcome = count("score", given, blank="last")
        theirs = ScoreToSimpleVotes(function="mean", unscored_value=0).convert(score_votes(given, 1))
        assert outcome.numbers == {name: theirs.get(name, 0) for name in given.names}
        assert list(outcome.numbers.values()) == polls.score(given, last=True)
        assert_same(outcome, given, theirs)


def test_pairs_of_scores() -> None:
    """A score is a rank from the other end."""
    for given in each(7, low=0):
        turned = Poll(given.names, [tuple(None if said is None else 9 - said for said in row) for row in given.rows])
        assert count("score", given).pairwise == polls.pairs(turned, last=False)
        zeros = Poll(given.names, [tuple(9 - (said or 0) for said in row) for row in given.rows])
        assert count("score", given, blank="last").pairwise == polls.pairs(zeros, last=False)


@BLANKS
def test_approval(blank: str) -> None:
    for given in each(8, high=1):
        outcome = count("approval", given, blank=blank)
        votes = Counter(frozenset(name for name, said in zip(given.names, row, strict=True) if said) for row in given.rows)
        theirs = ApprovalToSimpleVotes().convert(votes)
        assert outcome.numbers == {name: theirs.get(name, 0) for name in given.names}
        assert_same(outcome, given, theirs)


def score_votes(given: Poll, times: int) -> Votes:
    votes: Votes = {}
    for row in given.rows:
        vote = frozenset((name, said) for name, said in zip(given.names, row, strict=True) if said is not None)
        if vote:
            votes[vote] = votes.get(vote, 0) + times
    return votes
