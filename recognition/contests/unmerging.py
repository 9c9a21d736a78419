"""When two rows that had become one are two again: what they voted, as long as a round is open. Once it is closed what was
counted stays counted, and its roll stays as it was counted.

What the one row cast while it spoke for both stays with it where it has a line on the roll of its own; where it has none, that
ballot gives way and the line's owner votes for themselves."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from recognition.contests.models.contest import Round
from recognition.contests.models.vote import Ballot, Mark, Sheet, Voter
from recognition.contests.sealing import unseal
from recognition.contests.secret import voter_key
from recognition.contests.services.locks import hold_round
from recognition.extensions import db
from recognition.identity.services.differences import Difference
from recognition.identity.services.merging import Merge


def take_apart(one: Merge, moved: Mapping[str, Any], differences: list[Difference]) -> Callable[[], None]:
    sealed = {int(round_id): text for round_id, text in moved.get("sealed", {}).items()}
    rounds = {round_id: held for round_id in sorted(sealed) if (held := hold_round(round_id)) is not None}
    running = {round_id: held for round_id, held in rounds.items() if held.salt and held.outcome is None}
    closed_since = sealed.keys() - running.keys()
    differences[:] = [row for row in differences if not (row["table"] == "contest_voter" and row["key"][0] in closed_since)]
    for round_id, held in running.items():
        differences += unseal(held.salt, sealed[round_id])

    def count() -> None:
        for round_id, is_twice, _voted in moved.get("rolls", []):
            if is_twice and round_id in running:
                db.session.refresh(running[round_id])
                running[round_id].roll_count += 1
        for held in running.values():
            for member_id in (one.from_id, one.into_id):
                _settle(held, member_id)
        db.session.flush()

    return count


def _settle(held: Round, member_id: int) -> None:
    """No ballot without a line on the roll, no line that says more than the box, no paper that knows less than it."""
    key = voter_key(held.salt, member_id)
    paper = sa.and_(Sheet.round_id == held.id, Sheet.voter_key == key)
    mine = sa.and_(Ballot.round_id == held.id, Ballot.voter_key == key)
    standing = sa.and_(mine, Ballot.replaced.is_(False))
    line = db.session.get(Voter, (held.id, member_id), populate_existing=True)
    if line is None:
        db.session.execute(sa.update(Ballot).where(standing).values(replaced=True))
        db.session.execute(sa.delete(Sheet).where(paper))
        return
    line.voted = db.session.scalar(sa.select(sa.exists().where(standing))) or False
    cast = db.session.scalar(sa.select(sa.func.max(Ballot.number)).where(mine))
    sheet = db.session.get(Sheet, (held.id, key), populate_existing=True)
    if cast and sheet is None:
        said = sa.select(Mark.entry_id, Mark.value).join(Ballot, Ballot.id == Mark.ballot_id).where(standing)
        marks = {str(row.entry_id): row.value for row in db.session.execute(said.order_by(Mark.entry_id))}
        order = [int(entry_id) for entry_id in marks]
        db.session.add(Sheet(round_id=held.id, voter_key=key, order=order, marks=marks, number=cast))
    elif cast and sheet is not None:
        sheet.number = max(sheet.number, cast)
