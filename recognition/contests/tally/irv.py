"""Instant runoff: round by round whoever has the fewest ballots falls."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from recognition.contests.tally.ballots import Profile
from recognition.contests.tally.outcome import Step
from recognition.contests.tally.ties import Groups, drawn

Pile = tuple[int, ...]
"""The equals between whom a ballot is shared; empty: it rests."""


@dataclass
class Paper:
    """So many equal ballots: whom they rank, the best first, and how far down they are."""

    ranked: list[Pile]
    number: int
    place: int = 0

    def pile(self, standing: set[int]) -> Pile:
        """The first rank of which somebody is left."""
        while self.place < len(self.ranked):
            left = tuple(one for one in self.ranked[self.place] if one in standing)
            if left:
                return left
            self.place += 1
        return ()


def runoff(profile: Profile, seed: str | None) -> tuple[Groups, list[Fraction], list[Step]]:
    """The order, the first preferences, and the rounds.

    In each round a ballot stands with whom it ranks best of those left; between equals it is shared in exact fractions. Where
    no opinion counts as last, those without one are equals below the last rank; else the ballot rests when nobody it ranks is
    left. Whoever has the fewest falls; those with equally few fall together and are equal, or with a seed the one that its
    lots put last falls alone. It goes on after somebody has more than half, until one is left, or all that are left have
    equally many."""
    names, standing = profile.names, set(range(len(profile.names)))
    rows = Counter(zip(*profile.columns, strict=True))
    piles = _piled([Paper(_ranked(row, profile.last), number) for row, number in rows.items()], standing)
    counts = _counted(piles, standing)
    first = list(counts.values())
    order: Groups = []
    steps: list[Step] = []
    while len(standing) > 1:
        lowest, lots = _lowest(counts, names, seed)
        together = len(lowest) == len(standing)
        steps.append(_step(names, counts, piles, [] if together else lowest, lots))
        if together:
            break
        order.insert(0, [names[one] for one in lowest])
        standing.difference_update(lowest)
        _move(piles, standing)
        counts = _counted(piles, standing)
    return [[names[one] for one in sorted(standing)], *order] if standing else [], first, steps


def _ranked(row: Sequence[int], last: bool) -> list[Pile]:
    levels: dict[int, list[int]] = {}
    for place, cell in enumerate(row):
        levels.setdefault(cell, []).append(place)
    unmarked = levels.pop(0, [])
    ranked = [tuple(levels[level]) for level in sorted(levels)]
    return [*ranked, tuple(unmarked)] if last and ranked and unmarked else ranked


def _piled(papers: list[Paper], standing: set[int]) -> dict[Pile, list[Paper]]:
    piles: dict[Pile, list[Paper]] = {}
    for paper in papers:
        piles.setdefault(paper.pile(standing), []).append(paper)
    return piles


def _move(piles: dict[Pile, list[Paper]], standing: set[int]) -> None:
    """Only ballots that stood with somebody who fell are looked at again."""
    for pile in [pile for pile in piles if not standing.issuperset(pile)]:
        for there, papers in _piled(piles.pop(pile), standing).items():
            piles.setdefault(there, []).extend(papers)


def _counted(piles: dict[Pile, list[Paper]], standing: set[int]) -> dict[int, Fraction]:
    counts = dict.fromkeys(sorted(standing), Fraction(0))
    for pile, papers in piles.items():
        number = sum(paper.number for paper in papers)
        for one in pile:
            counts[one] += Fraction(number, len(pile))
    return counts


def _lowest(counts: dict[int, Fraction], names: Sequence[str], seed: str | None) -> tuple[list[int], list[str]]:
    """Who falls, and between whom lots were drawn."""
    fewest = min(counts.values())
    lowest = [one for one, number in counts.items() if number == fewest]
    if seed is None or len(lowest) == 1:
        return lowest, []
    lots = drawn([names[one] for one in lowest], seed)
    return [names.index(lots[-1])], lots


def _step(
    names: Sequence[str], counts: dict[int, Fraction], piles: dict[Pile, list[Paper]], fell: list[int], lots: list[str]
) -> Step:
    resting = sum(paper.number for paper in piles.get((), []))
    return Step({names[one]: number for one, number in counts.items()}, resting, [names[one] for one in fell], lots)
