"""What documents call a member: a key that says nothing about them and never changes."""

import secrets
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from recognition.badges.portable.models import HolderKey
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Account


def keys_of(member_ids: Iterable[int]) -> dict[int, str]:
    """Each has one from now on."""
    ids = sorted(set(member_ids))
    known = _known(ids)
    new = [{"member_id": member_id, "key": secrets.token_urlsafe(16)} for member_id in ids if member_id not in known]
    if not new:
        return known
    table: Any = HolderKey.__table__
    insert_new(table, new)
    return _known(ids)


def _known(ids: list[int]) -> dict[int, str]:
    rows = db.session.execute(sa.select(HolderKey.member_id, HolderKey.key).where(among(HolderKey.member_id, ids)))
    return {row.member_id: row.key for row in rows}


def is_known(key: str) -> bool:
    return db.session.scalar(sa.select(HolderKey.member_id).where(HolderKey.key == key)) is not None


def addresses_of(member_ids: Iterable[int]) -> dict[int, list[str]]:
    """E-mail addresses that an issuer of logins has verified, those of the newest login first."""
    wanted = sa.select(Account.member_id, Account.email).where(
        among(Account.member_id, sorted(set(member_ids))), Account.email_verified, Account.email.is_not(None)
    )
    found: dict[int, list[str]] = {}
    for member_id, email in db.session.execute(wanted.order_by(Account.id.desc())):
        found.setdefault(member_id, []).append(str(email))
    return found
