"""From counted rounds to the order of a contest: ties, who goes on, and the sum over rounds. Values only; sums are exact."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from recognition.contests.rules import DRAW
from recognition.contests.tally import ties

Places = Sequence[Sequence[int]]
"""Ids in order, each inner list a place that its ids share."""


@dataclass(frozen=True)
class Counted:
    """A round that counts. `weight` 0 to 100; whoever is not in `places` was not a candidate."""

    places: Places
    weight: int


def seed_hash(seed: str) -> str:
    """What is shown of the seed while votes are taken: it cannot be chosen to suit them afterwards."""
    return hashlib.sha256(seed.encode()).hexdigest()


def after_ties(groups: Places, tie_rule: str, seed: str, keys: Mapping[int, str]) -> list[list[int]]:
    """By the rule `draw` equals are put in the order of the lots that the seed draws; by `share` they stay on one place."""
    ids = {key: one for one, key in keys.items()}
    by_key = [sorted(keys[one] for one in group) for group in groups if group]
    return [[ids[key] for key in group] for group in ties.settled(by_key, seed if tie_rule == DRAW else None)]


def numbered(places: Places) -> Iterator[tuple[int, Sequence[int]]]:
    """With the number of each place: two firsts are followed by a third."""
    number = 1
    for group in places:
        yield number, group
        number += len(group)


def advancing(places: Places, how_many: int | None) -> list[int]:
    """Whole places until at least `how_many` are through, so that nobody level with the last one falls; None is all."""
    through: list[int] = []
    for group in places:
        if how_many is not None and len(through) >= how_many:
            break
        through += group
    return through


def shares(places: Places) -> dict[int, Fraction]:
    """Of the others, the part that each one beat; equals beat each other by half."""
    field = sum(len(group) for group in places)
    if field == 1:
        return {one: Fraction(1) for group in places for one in group}
    mean = {number: number + Fraction(len(group) - 1, 2) for number, group in numbered(places)}
    return {one: (field - mean[number]) / (field - 1) for number, group in numbered(places) for one in group}


def final_scores(rounds: Sequence[Counted]) -> dict[int, tuple[int, Fraction]]:
    """Of each entry the last round that it took part in (from 1) and the sum of weight x share over its rounds."""
    scores: dict[int, tuple[int, Fraction]] = {}
    for position, one in enumerate(rounds, start=1):
        for entry_id, share in shares(one.places).items():
            so_far = scores.get(entry_id, (0, Fraction(0)))[1]
            scores[entry_id] = (position, so_far + one.weight * share)
    return scores


def final_places(rounds: Sequence[Counted]) -> list[list[int]]:
    """Whoever went further comes first, then the higher sum. A single round's places are the places. Ties are not broken."""
    if len(rounds) == 1:
        return [list(group) for group in rounds[0].places]
    return grouped(final_scores(rounds))


def grouped(scores: Mapping[int, object]) -> list[list[int]]:
    """Best first; equal scores make one group."""
    groups: dict[object, list[int]] = {}
    for one in sorted(scores):
        groups.setdefault(scores[one], []).append(one)
    return [groups[score] for score in sorted(groups, reverse=True)]  # type: ignore[type-var]
