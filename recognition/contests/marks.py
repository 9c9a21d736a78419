"""What may stand on a ballot, and how a ranking is put in order. Values only: entry id -> mark."""

from collections.abc import Iterator, Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from recognition.contests.rules import APPROVAL, ENTRIES_MAX, RANKED, SCORE, SCORE_MAX, BadBallot

ASIDE = -1
"""On the paper only: the voter stands aside on this entry. Nothing of it goes into the ballot."""
Marks = Mapping[int, int]
UP, DOWN, LEVEL, OFF = "up", "down", "level", "off"
MOVES = (UP, DOWN, LEVEL, OFF)


def counted(marks: Marks) -> dict[int, int]:
    """What goes into the ballot."""
    return {entry_id: value for entry_id, value in marks.items() if value != ASIDE}


def check_values(method: str, marks: Marks) -> None:
    """Raises BadBallot. Of the paper: it may hold more than the ballot will take, until it is cast."""
    if len(marks) > ENTRIES_MAX:
        raise BadBallot(_("There is more on this ballot than the contest has entries. Please open it again."))
    for value in counted(marks).values():
        if method == APPROVAL and value != 1:
            raise BadBallot(_("Each entry is either chosen or not. Please open the ballot again."))
        if method == SCORE and not 0 <= value <= SCORE_MAX:
            raise BadBallot(_("A score is a whole number from 0 to %(most)s.", most=SCORE_MAX))
        if method in RANKED and not 1 <= value <= ENTRIES_MAX:
            raise BadBallot(_("A place is a whole number from 1 to %(most)s.", most=ENTRIES_MAX))


def check_ballot(method: str, most_choices: int | None, marks: Marks, abstains: bool) -> None:
    """Raises BadBallot. `marks` as they go into the ballot."""
    check_values(method, marks)
    if abstains == bool(marks):
        raise BadBallot(
            _("An abstention says nothing about any entry. Nothing was stored.") if abstains
            else _("There is nothing on your ballot yet. Say something about an entry first, or abstain.")
        )  # fmt: skip
    if method == APPROVAL and most_choices is not None and len(marks) > most_choices:
        raise BadBallot(too_many(len(marks), most_choices))


def too_many(chosen: int, most: int) -> str:
    over = ngettext("Take one off before you cast it.", "Take %(num)s off before you cast it.", chosen - most)
    return _("You chose %(chosen)s, and this ballot takes at most %(most)s. %(over)s", chosen=chosen, most=most, over=over)


def ladder(marks: Marks) -> list[list[int]]:
    """Best first; each step holds those on one place."""
    steps: dict[int, list[int]] = {}
    for entry_id, rank in counted(marks).items():
        steps.setdefault(rank, []).append(entry_id)
    return [sorted(steps[rank]) for rank in sorted(steps)]


def next_place(marks: Marks) -> int:
    """Behind all that have one."""
    return max(counted(marks).values(), default=0) + 1


def moved(marks: Marks, entry_id: int, way: str) -> dict[int, int]:
    """The ranking after one move, its places 1, 2, 3 without gaps. Up and down go past the neighbour, or out of a place that
    others share; level joins the one above; off takes it off the ranking."""
    steps = ladder(marks)
    at = next((place for place, step in enumerate(steps) if entry_id in step), None)
    if at is not None:
        rest = [one for one in steps[at] if one != entry_id]
        if way == OFF:
            steps[at] = rest
        elif way == LEVEL and at:
            steps[at], steps[at - 1] = rest, [*steps[at - 1], entry_id]
        elif way in (UP, DOWN):
            steps = list(_past(steps, at, rest, entry_id, way))
    return {**_asides(marks), **_ranks(steps)}


def _past(steps: list[list[int]], at: int, rest: list[int], entry_id: int, way: str) -> Iterator[list[int]]:
    """Out of a shared place it stays between its neighbours; alone, it goes past one of them."""
    alone = [entry_id]
    if rest:
        yield from steps[:at]
        yield from (alone, rest) if way == UP else (rest, alone)
        yield from steps[at + 1 :]
        return
    others = steps[:at] + steps[at + 1 :]
    place = max(at - 1, 0) if way == UP else at + 1
    yield from [*others[:place], alone, *others[place:]]


def put_above(marks: Marks, better: int, other: int) -> dict[int, int]:
    """The ranking with `better` just above `other`, unless it stands higher already. What has no place gets the last ones."""
    steps = ladder(marks)
    for one in (better, other):
        if not any(one in step for step in steps):
            steps.append([one])
    place_of = {one: place for place, step in enumerate(steps) for one in step}
    if place_of[better] >= place_of[other]:
        steps = [[one for one in step if one != better] for step in steps]
        steps.insert(place_of[other], [better])
    return {**_asides(marks, but_for=(better, other)), **_ranks(steps)}


def _asides(marks: Marks, but_for: tuple[int, ...] = ()) -> dict[int, int]:
    return {one: value for one, value in marks.items() if value == ASIDE and one not in but_for}


def _ranks(steps: list[list[int]]) -> dict[int, int]:
    full = [step for step in steps if step]
    return {one: place for place, step in enumerate(full, start=1) for one in step}
