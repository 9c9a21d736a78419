"""Whose credential has to be made, or made anew: a mark on the award, in the transaction that changes what the document
says. The job that signs finds the marks; the bell only wakes it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from recognition.activities.changes import Change
from recognition.activities.criteria.tree import CONTEST_PLACED
from recognition.badges.models import Award
from recognition.badges.portable.models import Credential, StatusList
from recognition.database import among
from recognition.extensions import db
from recognition.jobs import ledger

BELL = "badges.sign"
_QUIET = {"synchronize_session": "fetch"}


def ring() -> None:
    """For who gives awards, whose mark is set from birth, and for who accepts them."""
    ledger.ring(BELL)


def taken_back(award: Award) -> None:
    """Its place in the list says so soon: before all that waits to be signed, and also where its holder had declined it."""
    award.sign_due = True
    db.session.flush()
    its_list = sa.select(Credential.list_id).where(Credential.award_id == award.id).scalar_subquery()
    stale = sa.update(StatusList).where(StatusList.id == its_list).values(stale=True)
    db.session.execute(stale, execution_options={"synchronize_session": False})
    ring()


def sign_anew(award_ids: Iterable[int]) -> None:
    _mark(among(Award.id, sorted(set(award_ids))))


def sign_anew_of(member_id: int) -> None:
    """All that a member has: their addresses changed, or two rows became one."""
    _mark(Award.member_id == member_id)


def sign_anew_by(kid: str) -> int:
    """All that this key signed. How many awards it is."""
    by_key = sa.select(Credential.award_id).where(sa.or_(Credential.key_id == kid, Credential.jwt_key_id == kid))
    return _mark(Award.id.in_(by_key))


def follow(changes: Sequence[Change], _now: datetime) -> None:
    """A deed was withdrawn, corrected or hidden, or a place in a contest is another: a credential must not go on showing it."""
    gone = [change.before for change in changes if change.before and _shows_less(change)]
    if not gone:
        return
    # Also what was declined: accepted again, it would be out with what it showed before. And what is being signed at this
    # moment may show it too, and we do not see that yet.
    mine = sa.select(Award.id).outerjoin(Credential, Credential.award_id == Award.id)
    mine = mine.where(among(Award.member_id, {fact.member_id for fact in gone}))
    told = sorted({_RANK if fact.kind == CONTEST_PLACED else f'/activities/{fact.id}"' for fact in gone})
    shows = sa.or_(*(Credential.document.contains(place, autoescape=True) for place in told[:SHOWN_MAX]), Award.sign_due)
    sign_anew(row.id for row in db.session.execute(mine.where(shows) if len(told) <= SHOWN_MAX else mine))


def _shows_less(change: Change) -> bool:
    before, after = change.before, change.after
    if before is None or before.visibility == "me":
        return False
    if before.kind == CONTEST_PLACED:
        return after is None or after.visibility == "me"
    return before.visibility == "public" and (after is None or after.visibility != "public")


_RANK = '#rank"'
"""What stands for a place names the description of its result, see `identifiers.rank`."""
SHOWN_MAX = 50
"""Deeds looked for by name; after a larger change all awards of these members are signed anew."""


def _mark(which: sa.ColumnElement[bool]) -> int:
    # In one order, or two that mark the same awards would wait for each other. Also those that are marked: the one that
    # signs them has read what was before this change, and is waited for.
    held = sa.select(Award.id).where(which).order_by(Award.id).with_for_update(of=Award)
    ids = db.session.scalars(held).all()
    if ids:
        db.session.execute(sa.update(Award).where(among(Award.id, ids)).values(sign_due=True), execution_options=_QUIET)
        ring()
    return len(ids)
