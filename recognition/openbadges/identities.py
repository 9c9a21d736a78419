"""Who a badge was given to, said by a salted hash of the address (IdentityObject of OB 2.0 and 3.0)."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

LENGTHS = {"sha256": 64, "md5": 32}


def normal(address: str) -> str:
    """Verifiers compare bytes, so case and white space go before hashing and before comparing."""
    return address.strip().lower()


def hashed(address: str, salt: str) -> str:
    """`sha256$` and the hash of the normal address followed by the salt."""
    return "sha256$" + hashlib.sha256((normal(address) + salt).encode()).hexdigest()


def matches(identity: Mapping[str, Any], address: str) -> bool:
    """Whether an IdentityObject of either version is about this address; False for every other or broken object."""
    stated = identity.get("identityHash", identity.get("identity"))
    if not isinstance(stated, str):
        return False
    if identity.get("hashed") is not True:
        return hmac.compare_digest(normal(stated).encode(), normal(address).encode())
    salt = identity.get("salt", "")
    method, dollar, digest = stated.partition("$")
    if not dollar or not isinstance(salt, str) or len(digest) != LENGTHS.get(method.lower()):
        return False
    spellings = (normal(address), address.strip())
    return any(hmac.compare_digest(digest.lower().encode(), _hash(method, text + salt)) for text in spellings)


def _hash(method: str, text: str) -> bytes:
    kind = hashlib.sha256 if method.lower() == "sha256" else hashlib.md5
    return kind(text.encode()).hexdigest().encode()
