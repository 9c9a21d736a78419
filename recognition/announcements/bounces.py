"""Mails that came back: where too many did, no more go."""

from datetime import datetime

import sqlalchemy as sa

from recognition.announcements.models import StoppedAddress
from recognition.announcements.rules import BARRED_AFTER_SOFT, SOFT_COUNTS_FOR
from recognition.announcements.wanting import address
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member

REASON_MAX_CHARS = 300


def count(to: str, letter: str, for_ever: bool, reason: str, now: datetime) -> bool:
    """One letter that did not arrive, counted once however often that is said. True where nothing goes there from now on."""
    key = to.lower()
    new = {"address": key, "bounces": 0, "is_stopped": False, "first_at": now, "last_at": now, "reason": "", "letter": ""}
    insert_new(StoppedAddress.__table__, [new])
    row = db.session.scalars(
        sa.select(StoppedAddress).where(StoppedAddress.address == key).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()
    known = row.letter.split()
    if letter in known:
        return row.is_stopped
    if row.is_stopped:
        row.last_at = now
        return True
    if now - row.last_at > SOFT_COUNTS_FOR:
        row.bounces, row.first_at = 0, now
    row.bounces += 1
    row.letter = " ".join([letter, *known][: BARRED_AFTER_SOFT - 1])
    row.last_at, row.reason = now, reason[:REASON_MAX_CHARS]
    row.is_stopped = for_ever or row.bounces >= BARRED_AFTER_SOFT
    return row.is_stopped


def stopped(member_id: int) -> StoppedAddress | None:
    """The member's own address, where nothing goes any more."""
    mine = sa.select(sa.func.lower(address())).where(Member.id == member_id).scalar_subquery()
    return db.session.scalar(sa.select(StoppedAddress).where(StoppedAddress.is_stopped.is_(True), StoppedAddress.address == mine))


def works_again(member_id: int) -> bool:
    """Its member says so; what came back before counts no more. False where nothing was stopped."""
    row = stopped(member_id)
    if row is None:
        return False
    forget(row.address)
    return True


def forget(to: str) -> None:
    db.session.execute(sa.delete(StoppedAddress).where(StoppedAddress.address == to.lower()))


def is_stopped(to: str, since: datetime | None = None) -> bool:
    """`since`: only where a letter came back after that."""
    late = [StoppedAddress.last_at > since] if since is not None else []
    found = sa.exists().where(StoppedAddress.is_stopped.is_(True), StoppedAddress.address == to.lower(), *late)
    return bool(db.session.scalar(sa.select(found)))
