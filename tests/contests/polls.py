"""Polls for the tests of counting: written as a table, or random. And what they come to by definition, counted the long way."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from random import Random
from typing import NamedTuple

from recognition.contests.tally.ballots import cell, empty
from recognition.contests.tally.count import tally
from recognition.contests.tally.outcome import Outcome

Row = tuple[int | None, ...]
"""A ballot: what it says of each candidate; None is no opinion."""


class Poll(NamedTuple):
    names: tuple[str, ...]
    rows: list[Row]


def poll(table: str) -> Poll:
    """The names in the first line; then lines of `times: cells`, where `-` is no opinion and `x` an approval."""
    head, *lines = table.strip().splitlines()
    rows: list[Row] = []
    for line in lines:
        times, cells = line.split(":")
        rows += [tuple({"-": None, "x": 1}.get(text) or _number(text) for text in cells.split())] * int(times)
    return Poll(tuple(head.split()), rows)


def _number(text: str) -> int | None:
    return None if text == "-" else int(text)


def count(method: str, given: Poll, **options: object) -> Outcome:
    highest = max((said + 1 for row in given.rows for said in row if said is not None), default=1)
    columns = [empty(len(given.rows), highest) for _name in given.names]
    for place, column in enumerate(columns):
        for number, row in enumerate(given.rows):
            said = row[place]
            column[number] = 0 if said is None else cell(method, said)
    return tally(method, given.names, columns, **options)  # type: ignore[arg-type]


def order(method: str, table: str, **options: object) -> str:
    """The order in one line: `A, B = C`."""
    return told(count(method, poll(table), **options).order)


def told(groups: Sequence[Sequence[str]]) -> str:
    return ", ".join(" = ".join(group) for group in groups)


def random_poll(random: Random, most: int = 5, low: int = 1, high: int = 5) -> Poll:
    """Few levels, so that equals are frequent; some voters have few opinions, and some none."""
    names = tuple("ABCDEFGH"[: random.randint(1, most)])
    rows: list[Row] = []
    for _ballot in range(random.randint(0, 9)):
        silence, levels = random.choice((0, 0.2, 0.5, 0.9)), range(low, random.randint(low, high) + 1)
        row = tuple(None if random.random() < silence else random.choice(levels) for _name in names)
        rows += [row] * random.choice((1, 1, 1, 2, 5))
    return Poll(names, rows)


def ranked(row: Row, last: bool) -> list[tuple[int, ...]]:
    """From the best on, those on one rank together. With `last` the others share the end, unless the ballot is blank."""
    marked = sorted((said, place) for place, said in enumerate(row) if said is not None)
    ranks = [tuple(place for _said, place in group) for _rank, group in groupby(marked, key=lambda pair: pair[0])]
    unmarked = tuple(place for place, said in enumerate(row) if said is None)
    return [*ranks, unmarked] if last and ranks and unmarked else ranks


def pairs(given: Poll, last: bool) -> list[list[int]]:
    everybody = range(len(given.names))
    matrix = [[0] * len(everybody) for _row in everybody]
    for row in given.rows:
        place_of = {one: place for place, group in enumerate(ranked(row, last)) for one in group}
        for a in everybody:
            for b in everybody:
                matrix[a][b] += a in place_of and b in place_of and place_of[a] < place_of[b]
    return matrix


def schulze(matrix: list[list[int]], margins: bool = False) -> list[Fraction]:
    """How many each one beats, by the widest paths of all triples. `margins`: the strength that our rule does not use."""
    everybody = range(len(matrix))
    paths = [[_strength(matrix[a][b], matrix[b][a], margins) for b in everybody] for a in everybody]
    for between in everybody:
        for a in everybody:
            for b in everybody:
                paths[a][b] = max(paths[a][b], min(paths[a][between], paths[between][b]))
    return [Fraction(sum(paths[a][b] > paths[b][a] for b in everybody if a != b)) for a in everybody]


def _strength(mine: int, theirs: int, margins: bool) -> int:
    return 0 if mine <= theirs else mine - theirs if margins else mine


def borda(given: Poll, last: bool) -> list[Fraction]:
    """Points by place: n - 1 to 0 over the whole field, equals share; those without a place get the middle, and those with one
    are moved so that they stand around it."""
    total, others = [Fraction(0) for _name in given.names], len(given.names) - 1
    for row in given.rows:
        groups, place = ranked(row, last), 0
        below = len(given.names) - sum(map(len, groups))
        for group in groups:
            shared = Fraction(sum(others - place - n for n in range(len(group))), len(group))
            for one in group:
                total[one] += shared - Fraction(below, 2)
            place += len(group)
        if groups:
            for one in set(range(len(given.names))).difference(*groups):
                total[one] += Fraction(others, 2)
    return total


def score(given: Poll, last: bool) -> list[Fraction]:
    scores = [[row[place] or 0 for row in given.rows if row[place] is not None] for place in range(len(given.names))]
    voters, most = sum(any(said is not None for said in row) for row in given.rows), max(map(len, scores))
    if last:
        return [Fraction(sum(found), max(voters, 1)) for found in scores]
    half = Fraction(most, 2)
    return [sum(found) / max(Fraction(len(found)), half) if most else Fraction(0) for found in scores]


def irv(given: Poll, last: bool) -> list[list[str]]:
    """Each round is counted from nothing."""
    left, fallen = set(range(len(given.names))), []
    while left:
        counts = dict.fromkeys(sorted(left), Fraction(0))
        for row in given.rows:
            top = next((here for group in ranked(row, last) if (here := left.intersection(group))), set())
            for one in top:
                counts[one] += Fraction(1, len(top))
        lowest = [one for one in counts if counts[one] == min(counts.values())]
        fallen.insert(0, [given.names[one] for one in lowest])
        left.difference_update(lowest)
    return fallen
