"""Our signing keys: the private halves come from the settings, the public ones are kept here from their first use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from flask import current_app

from recognition.audit import services as audit
from recognition.badges.portable import due
from recognition.badges.portable.models import SigningKey, StatusList
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.openbadges.keys import KeyPair, KeySet
from recognition.refs import Ref

REASON_MAX = 500


class NoKey(Exception):
    """Nothing can be signed now. The text is for whoever runs the installation."""


@dataclass(frozen=True)
class Signer:
    """`ed25519` makes embedded proofs, `rsa` tokens."""

    ed25519: KeyPair[Ed25519PrivateKey]
    rsa: KeyPair[RSAPrivateKey]


def signer(now: datetime) -> Signer:
    """The newest pair; its public halves are published from now on. Raises NoKey for a pair that was withdrawn: a process
    that runs since before that must not go on with it."""
    ours: KeySet = current_app.extensions["settings"].signing_keys
    found = Signer(ours.ed25519, ours.rsa)
    pairs = ((found.ed25519.kid, "Ed25519", found.ed25519.public), (found.rsa.kid, "RSA", found.rsa.public))
    ours_here = sa.select(SigningKey).where(among(SigningKey.kid, [kid for kid, _kind, _jwk in pairs]))
    known = {key.kid: key for key in db.session.scalars(ours_here, execution_options={"populate_existing": True})}
    for kid, key in known.items():
        if key.withdrawn_at is not None:
            raise NoKey(_WITHDRAWN.format(kid=kid))
    new = [{"kid": kid, "kind": kind, "jwk": jwk, "created_at": now, "withdrawn_reason": ""} for kid, kind, jwk in pairs
           if kid not in known]  # fmt: skip
    table: Any = SigningKey.__table__
    for row in insert_new(table, new, table.c.kid):
        audit.record("signing_key.published", Ref("signing_key", row.kid), None)
    return found


def hold(pair: Signer) -> None:
    """Until the commit nobody withdraws these: who does waits, and then finds all that they signed. Raises NoKey where that
    happened since the pair was looked up."""
    kids = [pair.ed25519.kid, pair.rsa.kid]
    still = (
        sa.select(SigningKey.kid).where(among(SigningKey.kid, kids), SigningKey.withdrawn_at.is_(None)).order_by(SigningKey.kid)
    )
    found = db.session.scalars(still.with_for_update(read=True, key_share=True)).all()
    for kid in kids:
        if kid not in found:
            raise NoKey(_WITHDRAWN.format(kid=kid))


_WITHDRAWN = "The key {kid} was withdrawn; make a new pair with `recognition keys rotate` and start anew."


def published() -> list[dict[str, Any]]:
    """The public JWKs of all that may have signed something, the newest first."""
    wanted = sa.select(SigningKey.jwk).where(SigningKey.withdrawn_at.is_(None))
    return list(db.session.scalars(wanted.order_by(SigningKey.created_at.desc(), SigningKey.kid)))


def public_key(kid: str) -> dict[str, Any] | None:
    return db.session.scalar(sa.select(SigningKey.jwk).where(SigningKey.kid == kid, SigningKey.withdrawn_at.is_(None)))


def listed() -> Sequence[SigningKey]:
    return db.session.scalars(sa.select(SigningKey).order_by(SigningKey.created_at.desc(), SigningKey.kid)).all()


def withdraw(kid: str, reason: str, actor_id: int | None, now: datetime) -> int:
    """Its private half may be in wrong hands: it is published no more, and all that it signed is signed anew. How many
    awards it is. Raises NoKey where there is none of this name, or where it is the one that we sign with."""
    key = db.session.get(SigningKey, kid, with_for_update=True, populate_existing=True)
    if key is None:
        raise NoKey(f"There is no key {kid}.")
    ours: KeySet = current_app.extensions["settings"].signing_keys
    if kid in (ours.ed25519.kid, ours.rsa.kid):
        raise NoKey("This key signs at this moment. Make a new pair first, with `recognition keys rotate`, and start anew.")
    if key.withdrawn_at is None:
        key.withdrawn_at, key.withdrawn_reason = now, reason
        audit.record("signing_key.withdrawn", Ref("signing_key", kid), actor_id, None, {"reason": reason})
    stale = sa.update(StatusList).where(StatusList.key_id == kid).values(stale=True)
    db.session.execute(stale, execution_options={"synchronize_session": False})
    due.ring()
    return due.sign_anew_by(kid)
