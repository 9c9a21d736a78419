"""What a count says."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from recognition.contests.tally.pairs import Matrix
from recognition.contests.tally.ties import Groups

_DIGITS = 6


@dataclass(frozen=True)
class Step:
    """A round of instant runoff: how many ballots stood with whom, how many with nobody any more, and who fell. `drawn`: these
    had equally few, and the lots said who of them falls."""

    counts: dict[str, Fraction]
    resting: int
    fell: list[str]
    drawn: list[str]

    def as_data(self) -> dict[str, Any]:
        counts = {name: shown(number) for name, number in self.counts.items()}
        return {"counts": counts, "resting": self.resting, "fell": self.fell, "drawn": self.drawn}


@dataclass(frozen=True)
class Outcome:
    """`order`: groups of equals from the first place on. `winners`: who has one of the seats; where a tie crosses the last of
    them the tied ones are told in `ties` and are not among the winners. `drawn`: the equals whom a seed put in an order.
    `pairwise[a][b]`: ballots with `a` before `b`, in the order of `candidates`; None for approval. `numbers`: what the order
    goes by, see docs/counting.md; of instant runoff the first preferences."""

    method: str
    blank: str
    seats: int
    candidates: list[str]
    ballots: int
    blank_ballots: int
    order: Groups
    winners: list[str]
    ties: Groups
    drawn: Groups
    pairwise: Matrix | None
    numbers: dict[str, Fraction]
    steps: list[Step]

    def as_data(self) -> dict[str, Any]:
        """For JSON. Numbers are rounded to six decimals there; the order was made from the exact ones."""
        return {
            "method": self.method,
            "blank": self.blank,
            "seats": self.seats,
            "candidates": self.candidates,
            "ballots": self.ballots,
            "blank_ballots": self.blank_ballots,
            "order": self.order,
            "winners": self.winners,
            "ties": self.ties,
            "drawn": self.drawn,
            "pairwise": self._pairs(),
            "numbers": {name: shown(number) for name, number in self.numbers.items()},
            "steps": [step.as_data() for step in self.steps],
        }

    def _pairs(self) -> dict[str, dict[str, int]] | None:
        if self.pairwise is None:
            return None
        return {
            one: {other: number for other, number in zip(self.candidates, row, strict=True) if other != one}
            for one, row in zip(self.candidates, self.pairwise, strict=True)
        }


def shown(number: Fraction | int) -> int | float:
    return int(number) if number == int(number) else round(float(number), _DIGITS)
