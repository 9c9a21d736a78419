"""Points by rank."""

from fractions import Fraction

from recognition.contests.tally.ballots import Profile


def points(profile: Profile) -> list[Fraction]:
    """With n candidates the first of a ballot gets n - 1 points, the next n - 2, ..., the last 0; equals get the mean of the
    places that they share.

    Whom a ballot has no opinion on gets the middle, (n - 1) / 2, and those it ranks are spread evenly around the middle, one
    point from place to place: so it neither helps nor harms who was not looked at. (Where no opinion counts as last, they
    share the last places.) Every ballot with a mark thus gives out n(n - 1) / 2 points. Said with pairs: half of n - 1, and
    half a point more for each candidate that this one is before, half a point less for each that is before it."""
    others = len(profile.names) - 1
    voters = profile.ballots - profile.blank_ballots
    matrix = profile.pairwise
    return [Fraction(others * voters + sum(row) - sum(other[place] for other in matrix), 2) for place, row in enumerate(matrix)]
