"""Schulze's method, by winning votes."""

from fractions import Fraction

from recognition.contests.tally.ballots import Profile
from recognition.contests.tally.pairs import Matrix


def beaten(profile: Profile) -> list[Fraction]:
    """How many others each candidate beats: whoever beats more is before whoever beats fewer.

    A has a link to B if more ballots put A before B than B before A; its strength is the number of ballots with A before B. A
    path is as strong as its weakest link. A beats B if the strongest path from A to B is stronger than the one back."""
    paths = strongest_paths(profile.pairwise)
    everybody = range(len(paths))
    return [Fraction(sum(paths[a][b] > paths[b][a] for b in everybody)) for a in everybody]


def strongest_paths(matrix: Matrix) -> Matrix:
    """`[a][b]`: the strength of the strongest path from a to b, 0 if there is none.

    Links are put in from the strongest on. Whom a link lets somebody reach for the first time, they reach with its strength:
    all links of the path are at least as strong. Who reaches whom is kept as bits of a number."""
    everybody = range(len(matrix))
    links = [(matrix[a][b], a, b) for a in everybody for b in everybody if matrix[a][b] > matrix[b][a]]
    paths = [[0] * len(matrix) for _row in matrix]
    reached = [1 << a for a in everybody]
    for strength, a, b in sorted(links, reverse=True):
        if reached[a] >> b & 1:
            continue
        for start in everybody:
            fresh = reached[b] & ~reached[start] if reached[start] >> a & 1 else 0
            reached[start] |= fresh
            while fresh:
                end = fresh.bit_length() - 1
                paths[start][end] = strength
                fresh ^= 1 << end
    return paths
