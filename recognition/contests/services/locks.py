"""Rows held until the commit. One order for everybody, or two would wait for each other: the contest, then its rounds by
position, then sheets, then entries, then people (`activities.services.hold_members`). Whoever votes holds the round in
`gate.enter`. On SQLite the transaction is alone anyway."""

import sqlalchemy as sa

from recognition.contests.models.contest import Contest, Round
from recognition.extensions import db

_AS_IT_IS_NOW = {"populate_existing": True}


def hold_contest(contest_id: int) -> Contest | None:
    """Alone: whoever hands in, corrects or moves this contest waits."""
    held = sa.select(Contest).where(Contest.id == contest_id).with_for_update(of=Contest)
    return db.session.scalar(held, execution_options=_AS_IT_IS_NOW)


def hold_round(round_id: int) -> Round | None:
    """Alone, to open, extend or close it: waits for every ballot that is on its way, and those that come later wait for us
    and then see what became of it."""
    held = sa.select(Round).where(Round.id == round_id).with_for_update(of=Round)
    return db.session.scalar(held, execution_options=_AS_IT_IS_NOW)
