"""Approval and score: what each candidate was given, added up."""

from array import array
from collections import Counter
from fractions import Fraction

from recognition.contests.tally.ballots import Profile
from recognition.contests.tally.pairs import Column


def approval(profile: Profile) -> list[Fraction]:
    """How many ballots approve of each."""
    return [Fraction(_marks(column)) for column in profile.columns]


def score(profile: Profile) -> list[Fraction]:
    """The mean of the scores that a candidate was given, from 0 to 5.

    A sum would punish who was seen by few, and a bare mean would let one friend's 5 win. So the divisor is the number of a
    candidate's scores, but at least half of the number that the most scored candidate has: what is missing up to there counts
    as 0. Where everybody is shown about as often, this is the mean.

    Where no opinion counts as last it is a score of 0: the sum, divided by the ballots with any mark."""
    counted = [_scores(column) for column in profile.columns]
    if profile.last:
        voters = profile.ballots - profile.blank_ballots
        return [Fraction(total, voters) if voters else Fraction(0) for total, _number in counted]
    most = max((number for _total, number in counted), default=0)
    return [Fraction(2 * total, max(2 * number, most)) if most else Fraction(0) for total, number in counted]


def _marks(column: Column) -> int:
    return len(column) - column.count(0)


def _scores(column: Column) -> tuple[int, int]:
    """Their sum and how many there are. A cell holds one more than the score."""
    found = Counter(column) if isinstance(column, array) else {level: column.count(level) for level in range(1, 7)}
    number = sum(times for level, times in found.items() if level)
    return sum(level * times for level, times in found.items()) - number, number
