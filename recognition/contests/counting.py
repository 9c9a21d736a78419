"""From stored ballots to a round's outcome. The rules are `tally`'s; here the marks are read for it. Approvals are added up
by the database itself, and come to the same."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition.contests import ballots, turnout
from recognition.contests.ballots import Candidates
from recognition.contests.models.contest import Round
from recognition.contests.models.entry import Entry
from recognition.contests.models.vote import Ballot, Mark, Voter
from recognition.contests.rules import APPROVAL, DRAW, ENTRIES_MAX, RANKED
from recognition.contests.tally import ties
from recognition.contests.tally.ballots import from_marks
from recognition.contests.tally.count import tally
from recognition.contests.tally.outcome import Step, shown
from recognition.contests.tally.pairs import Column
from recognition.contests.tally.ties import Groups
from recognition.database import among
from recognition.extensions import db


class Count(NamedTuple):
    """By keys of entries, as anybody who recounts the file gets it."""

    order: Groups
    numbers: dict[str, float]
    drawn: Groups
    pairwise: list[list[int]] | None
    steps: list[Step]


def approvals(round_id: int) -> dict[int, int]:
    """How many ballots that stand approve of each entry that has any."""
    wanted = sa.select(Mark.entry_id, sa.func.count()).join(Ballot, Ballot.id == Mark.ballot_id)
    wanted = wanted.where(Ballot.round_id == round_id, Ballot.replaced.is_(False)).group_by(Mark.entry_id)
    return {row[0]: row[1] for row in db.session.execute(wanted)}


def profile(round_id: int, method: str, of: Candidates) -> list[Column]:
    """A column for each candidate with a cell for each ballot, in the order of the published file."""
    places = {entry_id: place for place, entry_id in enumerate(of.ids)}
    marks = (
        (number, entry_id, value)
        for number, row in enumerate(ballots.rows(round_id, of))
        for entry_id, value in row.items()
    )  # fmt: skip
    highest = ENTRIES_MAX if method in RANKED else 0
    return [*from_marks(method, places, standing(round_id), marks, highest)]


def standing(round_id: int) -> int:
    """How many ballots count."""
    return db.session.scalar(sa.select(sa.func.count()).where(Ballot.round_id == round_id, Ballot.replaced.is_(False))) or 0


def current(one: Round) -> dict[str, Any]:
    """The outcome as it is now: the frozen one, unless a candidate was taken out or let in again since."""
    of = ballots.candidates(one.id)
    frozen = one.outcome
    return frozen if frozen is not None and frozen["candidates"] == of.ids else outcome(one, of)


def outcome(one: Round, of: Candidates | None = None) -> dict[str, Any]:
    """See `Round.outcome`: JSON, entries by id, in `candidates` by key. Of a closed round the roll is told as it was then."""
    of = of or ballots.candidates(one.id)
    seed = one.contest.seed if one.contest.tie_rule == DRAW else None
    found = _approved(one.id, of, seed) if one.method == APPROVAL else _ranked(one, of, seed)
    id_of = dict(zip(of.keys, of.ids, strict=True))
    cast, silent = standing(one.id), _without_marks(one.id, of)
    return {
        "method": one.method,
        "candidates": list(of.ids),
        "places": [[id_of[key] for key in group] for group in found.order],
        "numbers": {str(id_of[key]): number for key, number in found.numbers.items()},
        "drawn": [[id_of[key] for key in group] for group in found.drawn],
        "pairwise": found.pairwise,
        "steps": [_step(step, id_of) for step in found.steps],
        "ballots": cast,
        "abstained": silent,
        "digest": ballots.digest(one.id, one.method, of),
        # Where nobody said anything all would be first.
        "counted": cast >= one.quorum and cast > silent,
        **_roll(one),
    }


def _approved(round_id: int, of: Candidates, seed: str | None) -> Count:
    given = approvals(round_id)
    numbers = {key: given.get(entry_id, 0) for entry_id, key in zip(of.ids, of.keys, strict=True)}
    groups = ties.grouped(of.keys, list(numbers.values()))
    lots = [group for group in groups if len(group) > 1 and seed is not None]
    return Count(ties.settled(groups, seed), dict(numbers), lots, None, [])


def _ranked(one: Round, of: Candidates, seed: str | None) -> Count:
    found = tally(one.method, of.keys, profile(one.id, one.method, of), seed=seed)
    numbers = {key: shown(number) for key, number in found.numbers.items()}
    return Count(found.order, numbers, found.drawn, found.pairwise, found.steps)


def _step(step: Step, id_of: dict[str, int]) -> dict[str, Any]:
    return {
        "counts": {str(id_of[key]): shown(number) for key, number in step.counts.items()},
        "resting": step.resting,
        "fell": [id_of[key] for key in step.fell],
        "drawn": [id_of[key] for key in step.drawn],
    }


def _without_marks(round_id: int, of: Candidates) -> int:
    """Cast, and nothing on it about anybody who counts."""
    any_mark = sa.exists().where(Mark.ballot_id == Ballot.id, among(Mark.entry_id, of.ids))
    wanted = sa.select(sa.func.count()).where(Ballot.round_id == round_id, Ballot.replaced.is_(False), ~any_mark)
    return db.session.scalar(wanted) or 0


def _roll(one: Round) -> dict[str, Any]:
    if one.outcome is not None:
        return {name: one.outcome[name] for name in ("roll", "groups")}
    roll = db.session.scalar(sa.select(sa.func.count()).where(Voter.round_id == one.id)) or 0
    return {"roll": roll, "groups": turnout.as_data(turnout.by_group(one.id))}


def keys_of(entry_ids: Iterable[int]) -> dict[int, str]:
    wanted = sa.select(Entry.id, Entry.key).where(among(Entry.id, set(entry_ids)))
    return {row.id: row.key for row in db.session.execute(wanted)}
