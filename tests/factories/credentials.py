"""Awards with all that their documents are made from."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities import drain
from recognition.badges import jobs
from recognition.badges.models import Award, Badge
from recognition.badges.portable.models import Credential, SigningKey
from recognition.extensions import db
from recognition.identity.models import Account, Member
from recognition.openbadges import proofs
from tests.factories.activities import make_deeds
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def make_address(member: Member, email: str, verified: bool = True) -> Account:
    account = Account(member_id=member.id, issuer="https://logins.example", subject=email, email=email,
                      email_verified=verified, created_at=NOW)  # fmt: skip
    db.session.add(account)
    db.session.flush()
    return account


def earned(name: str = "ada", deeds: int = 1, visibility: str = "members", **badge: Any) -> Award:
    """The newest award of a member who takes them at once and has an address; nothing is signed yet. The badge `talker` is
    made with the first one."""
    member = make_member(name, wears_at_once=True)
    make_address(member, f"{name}@example.org")
    if db.session.scalar(sa.select(Badge.id).where(Badge.slug == "talker")) is None:
        make_badge("talker", **{"criteria": {"count": {"kind": "talk"}, "at_least": 1}, **badge})
    make_deeds(member.id, deeds, visibility=visibility)
    db.session.commit()
    drain.drain()
    return db.session.scalars(sa.select(Award).where(Award.member_id == member.id).order_by(Award.id.desc()).limit(1)).one()


def issued(name: str = "ada", **how: Any) -> Award:
    """And signed."""
    award = earned(name, **how)
    jobs.sign()
    return award


def credential(award: Award) -> Credential:
    return db.session.get_one(Credential, award.id, populate_existing=True)


def document(award: Award) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(credential(award).document)
    return found


def check_proof(told: dict[str, Any]) -> None:
    """Raises where the proof is not its issuer's, by the keys that we publish."""
    proof = told["proof"][0] if isinstance(told["proof"], list) else told["proof"]
    did, _hash, kid = proof["verificationMethod"].partition("#")
    assert did == (told["issuer"] if isinstance(told["issuer"], str) else told["issuer"]["id"])
    key = db.session.get_one(SigningKey, kid)
    assert key.withdrawn_at is None
    proofs.Document(told).verify(proof, base64.urlsafe_b64decode(key.jwk["x"] + "="))
