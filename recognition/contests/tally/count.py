"""The one way in: `tally`."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from recognition.contests.tally import borda, irv, schulze, sums, ties
from recognition.contests.tally.ballots import APPROVAL, SCORE, Profile, checked
from recognition.contests.tally.outcome import Outcome, Step
from recognition.contests.tally.pairs import Column

IRV = "irv"
ABSTAIN, LAST = "abstain", "last"
BLANKS = (ABSTAIN, LAST)
_NUMBERS: dict[str, Callable[[Profile], list[Fraction]]] = {
    APPROVAL: sums.approval,
    SCORE: sums.score,
    "borda": borda.points,
    "schulze": schulze.beaten,
}
METHODS = (APPROVAL, SCORE, "borda", IRV, "schulze")


def tally(
    method: str,
    candidates: Sequence[str],
    columns: Sequence[Column],
    *,
    seats: int = 1,
    blank: str = ABSTAIN,
    seed: str | None = None,
) -> Outcome:
    """`columns`: see `ballots`. `blank`: no opinion takes no part, or is below all that is marked. `seed`: equals are put in
    the order of its lots (`ties.drawn`); None: they stay equal. ValueError if these are no ballots of the method."""
    if method not in METHODS or blank not in BLANKS or seats < 1:
        raise ValueError(f"Nothing is counted by {method} with {seats} seats and blanks that {blank}.")
    profile = checked(method, candidates, columns, blank == LAST)
    groups, numbers, steps = _ranked(profile, seed)
    order = ties.settled(groups, seed)
    winners, tied = ties.seated(order, seats)
    lots = [step.drawn for step in steps if step.drawn] or [group for group in groups if len(group) > 1 and seed is not None]
    return Outcome(
        method=method,
        blank=blank,
        seats=seats,
        candidates=list(candidates),
        ballots=profile.ballots,
        blank_ballots=profile.blank_ballots,
        order=order,
        winners=winners,
        ties=tied,
        drawn=lots,
        pairwise=None if method == APPROVAL else profile.pairwise,
        numbers=dict(zip(candidates, numbers, strict=True)),
        steps=steps,
    )


def _ranked(profile: Profile, seed: str | None) -> tuple[ties.Groups, list[Fraction], list[Step]]:
    if profile.method == IRV:
        return irv.runoff(profile, seed)
    numbers = _NUMBERS[profile.method](profile)
    return ties.grouped(profile.names, numbers), numbers, []
