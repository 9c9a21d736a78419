"""Badges of another house, whose identifier is its key: nobody has to be asked whether they are genuine."""

import base64
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from recognition.openbadges import identities, multikey, proofs
from recognition.openbadges.baking import pictures
from tests.factories.openbadges import make_achievement, make_credential, make_identifier
from tests.media.pictures import encoded, quarters

SIGNED_AT = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
ADDRESS = "ada@people.example"
SALT = "5a17" * 8


def key_of(house: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([house]) * 32)


def did_of(house: int) -> str:
    return f"did:key:{multikey.encode(key_of(house).public_key().public_bytes_raw())}"


def unsigned(number: int = 1, address: str = ADDRESS, house: int = 7, **changes: Any) -> dict[str, Any]:
    """With its picture inside, so that nobody has to be asked for it."""
    picture = f"data:image/png;base64,{base64.b64encode(small_picture()).decode()}"
    subject = {
        "type": ["AchievementSubject"],
        "identifier": [make_identifier(identities.hashed(address, SALT), SALT)],
        "achievement": make_achievement(
            id=f"https://kitchen.example/badges/{number}",
            name=f"Keeper of kitchen {number}",
            image={"id": picture, "type": "Image"},
        ),
    }
    issuer = {"id": did_of(house), "type": ["Profile"], "name": "The Common Kitchen", "url": "https://kitchen.example/"}
    credential = make_credential(id=f"https://kitchen.example/credentials/{number}", issuer=issuer, credentialSubject=subject)
    return credential | changes


@lru_cache(maxsize=64)
def _signed(text: str, house: int) -> bytes:
    did = did_of(house)
    signed = proofs.signed(json.loads(text), key_of(house), f"{did}#{did.removeprefix('did:key:')}", SIGNED_AT)
    return json.dumps(signed).encode()


def foreign(number: int = 1, address: str = ADDRESS, house: int = 7, **changes: Any) -> bytes:
    """Genuine, as JSON."""
    return _signed(json.dumps(unsigned(number, address, house, **changes)), house)


def in_a_picture(content: bytes) -> bytes:
    return pictures.bake(small_picture(), {"3.0": content.decode()})


@lru_cache(maxsize=1)
def small_picture() -> bytes:
    return encoded(quarters())
