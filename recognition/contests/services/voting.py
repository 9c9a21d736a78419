"""Casting a ballot. What is answered is stored, and what is stored is counted: the round is held beside other voters
(`gate.enter`), the voter's sheet alone, so one voter's ballots follow each other and one of them stands."""

import json
from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition import driver
from recognition.contests.barring import barred_entries
from recognition.contests.marks import Marks, check_ballot, counted
from recognition.contests.models.contest import Round
from recognition.contests.models.vote import Ballot
from recognition.contests.rules import OPEN, BadBallot
from recognition.contests.secret import receipt, receipt_hash
from recognition.contests.services import storing
from recognition.contests.services.gate import Booth, enter
from recognition.extensions import db

STANDS, REPLACED = "stands", "replaced"


class Receipt(NamedTuple):
    """`number`: which of the voter's ballots it is. `new`: False where the same ballot stood already."""

    code: str
    number: int
    new: bool


def cast(round_id: int, member_id: int, marks: Marks, abstains: bool = False) -> Receipt:
    """Put a ballot into the box; one that was there is replaced. The same marks again are the same ballot. Marks that stand
    aside stay on the paper. Raises BadBallot, NotAllowed and WrongPhase; the caller then takes everything back."""
    said = counted(marks)
    booth = enter(round_id, member_id, said)
    check_ballot(booth.method, booth.most_choices, said, abstains)
    _refuse_entries(booth, said)
    if storing.can_store_first(booth):
        code = receipt(booth.salt, booth.key, 1)
        if storing.store_first(booth, code, marks, said, abstains):
            return Receipt(code, 1, new=True)
    number = storing.next_number(booth, marks, abstains)
    if number > 1 and storing.stands_already(booth, said, abstains):
        return Receipt(receipt(booth.salt, booth.key, number - 1), number - 1, new=False)
    code = receipt(booth.salt, booth.key, number)
    storing.store(booth, number, code, said, abstains)
    return Receipt(code, number, new=True)


def find_receipt(contest_id: int, code: str) -> str | None:
    """While a round takes votes, all that a receipt tells: that its ballot stands, or that a later one replaced it."""
    mine = sa.select(Ballot.replaced).join(Round, Round.id == Ballot.round_id).where(
        Ballot.receipt_hash == receipt_hash(code), Round.contest_id == contest_id, Round.state == OPEN
    )  # fmt: skip
    replaced = db.session.scalar(mine)
    return None if replaced is None else REPLACED if replaced else STANDS


def _refuse_entries(booth: Booth, said: Mapping[int, int]) -> None:
    if len(booth.marked) < len(said):
        raise BadBallot(_("An entry on this ballot is not part of this vote. Nothing was stored; please open the ballot again."))
    if said and booth.near and not barred_entries(booth.contest_id, booth.member_id).isdisjoint(said):
        raise BadBallot(
            _("On this ballot is an entry that you made, or one by somebody close to it: a co-author or a mentee of yours. "
              "Others judge that one. Nothing was stored.")
        )  # fmt: skip
    if hidden := {entry_id for entry_id, shown in booth.marked.items() if not shown}:
        _refuse_unseen(booth, hidden)


def _refuse_unseen(booth: Booth, hidden: set[int]) -> None:
    """What was on this voter's paper before it was hidden may stay; nothing is said of what they never saw."""
    asked = "SELECT entry_order FROM contest_sheet WHERE round_id = :round AND voter_key = :key"
    order = driver.run(asked, {"round": booth.round_id, "key": booth.key}).scalar()
    seen = json.loads(order) if isinstance(order, str) else order or []
    if hidden - set(seen):
        raise BadBallot(_("An entry on this ballot is not shown just now. Nothing was stored; please open the ballot again."))
