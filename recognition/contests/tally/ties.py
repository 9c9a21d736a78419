"""Who stands beside whom, and what the drawing of lots says."""

from collections.abc import Sequence
from fractions import Fraction
from hashlib import sha256

Groups = list[list[str]]
"""From the first place on; those in one list are equal."""


def grouped(names: Sequence[str], numbers: Sequence[Fraction | int]) -> Groups:
    """The highest number first; equals in the order in which the candidates are listed."""
    return [
        [name for name, number in zip(names, numbers, strict=True) if number == level]
        for level in sorted(set(numbers), reverse=True)
    ]


def drawn(names: Sequence[str], seed: str) -> list[str]:
    """Lots that everybody can draw again: by the SHA-256, in hexadecimal digits, of the seed followed by the name (UTF-8), the
    lowest first."""
    return sorted(names, key=lambda name: sha256((seed + name).encode()).hexdigest())


def settled(groups: Groups, seed: str | None) -> Groups:
    """With a seed nobody is equal to anybody any more."""
    if seed is None:
        return groups
    return [[name] for group in groups for name in drawn(group, seed)]


def seated(groups: Groups, seats: int) -> tuple[list[str], Groups]:
    """Who has a seat for sure, and the equals between whom the last seats are not decided, if there are such."""
    winners: list[str] = []
    for group in groups:
        free = seats - len(winners)
        if free <= 0:
            break
        if len(group) > free:
            return winners, [group]
        winners += group
    return winners, []
