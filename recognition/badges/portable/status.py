"""The list of credentials that were taken back (W3C Bitstring Status List): a place for each, found by chance, never given
twice."""

import json
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app

from recognition.badges.models import Award
from recognition.badges.portable import identifiers, keys
from recognition.badges.portable.documents import v3
from recognition.badges.portable.keys import Signer
from recognition.badges.portable.models import Credential, StatusList
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.openbadges import bits, proofs

PLACES = bits.FEWEST
FULL = PLACES * 9 // 10
"""So that a free place is found at once by chance."""

Place = tuple[int, int]
"""Number of the list, index in it."""


def allocate(count: int) -> list[Place]:
    """Places that nobody has. Each signer that runs at this moment fills a list of its own, so that none waits."""
    found: list[Place] = []
    while len(found) < count:
        row = _list_with_room()
        taken = bytearray(row.taken)
        for _ in range(min(count - len(found), FULL - row.used)):
            index = secrets.randbelow(PLACES)
            while bits.bit(taken, index):
                index = secrets.randbelow(PLACES)
            bits.with_bit(taken, index, True)
            found.append((row.id, index))
            row.used += 1
        row.taken = bytes(taken)
        db.session.flush()
    return found


def _list_with_room() -> StatusList:
    room = sa.select(StatusList).where(StatusList.used < FULL).order_by(StatusList.id).limit(1)
    fresh = {"populate_existing": True}
    free: StatusList | None = db.session.scalar(room.with_for_update(skip_locked=True), execution_options=fresh)
    if free is not None:
        return free
    number = db.session.scalar(sa.select(sa.func.coalesce(sa.func.max(StatusList.id), -1) + 1))
    empty = bytes(PLACES // 8)
    insert_new(StatusList.__table__, [{"id": number, "taken": empty, "revoked": empty, "used": 0, "document": "", "stale": True}])
    # Somebody else may have made it a moment ago; not one of those with room, whose signers would have to be waited for.
    made = sa.select(StatusList).where(StatusList.id == number).with_for_update()
    return db.session.scalars(made, execution_options=fresh).one()


def take_again(row: StatusList, positions: Iterable[int]) -> None:
    """These places are in use, whatever the list remembers."""
    taken = bytearray(row.taken)
    for position in positions:
        bits.with_bit(taken, position, True)
    row.taken, row.used = bytes(taken), int.from_bytes(taken).bit_count()
    db.session.flush()


def mark_stale(numbers: Iterable[int]) -> None:
    stale = sa.update(StatusList).where(among(StatusList.id, sorted(set(numbers)))).values(stale=True)
    db.session.execute(stale, execution_options={"synchronize_session": False})


def mark_unpublished(numbers: Iterable[int]) -> None:
    """Of these, those that are not at our address: never signed, or signed while the house had another one."""
    here = identifiers.status_list(current_app.extensions["settings"].base_url, 0).removesuffix("0")
    stands = StatusList.document.contains(f'"id":"{here}', autoescape=True)
    stale = sa.update(StatusList).where(among(StatusList.id, sorted(set(numbers))), ~stands).values(stale=True)
    db.session.execute(stale, execution_options={"synchronize_session": False})


def next_stale() -> int | None:
    """The number of a list that no longer says what it should."""
    return db.session.scalar(sa.select(StatusList.id).where(StatusList.stale).order_by(StatusList.id).limit(1))


def publish(number: int, signer: Signer, now: datetime) -> None:
    """Sign this list as it is now. Raises keys.NoKey for a pair that was withdrawn. The caller commits."""
    keys.hold(signer)
    row = db.session.get_one(StatusList, number, with_for_update=True, populate_existing=True)
    row.revoked = true_bits(row)
    base = current_app.extensions["settings"].base_url
    document = v3.status_list(base, number, bits.encode(row.revoked), now)
    method = identifiers.method(identifiers.did(base), signer.ed25519.kid)
    signed = proofs.signed(document, signer.ed25519.private, method, now)
    row.document, row.key_id = json.dumps(signed, ensure_ascii=False, separators=(",", ":")), signer.ed25519.kid
    row.stale, row.signed_at = False, now
    db.session.flush()


def true_bits(row: StatusList) -> bytes:
    """What the awards say. The place of an award that is gone, since a person is, stays what it was."""
    found = bytearray(row.revoked)
    for position, is_revoked in _told(row.id):
        bits.with_bit(found, position, is_revoked)
    return bytes(found)


def _told(number: int) -> Any:
    revoked = Award.revoked_at.is_not(None)
    wanted = sa.select(Credential.position, revoked).join(Award, Award.id == Credential.award_id)
    return db.session.execute(wanted.where(Credential.list_id == number, Credential.position.is_not(None)))
