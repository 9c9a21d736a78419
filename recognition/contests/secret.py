"""What ties a voter to their ballot while a round is open, and to nothing once its salt is wiped."""

import base64
import hashlib
import hmac
import re
import secrets

from flask import current_app

_RECEIPT_BYTES = 10
_NOT_CODE = re.compile(r"[^A-Z2-7]")


def new_salt() -> str:
    return secrets.token_hex(32)


def voter_key(salt: str, member_id: int) -> str:
    """64 hex digits. Neither the database nor the installation's secret alone tells whose they are."""
    if not salt:
        raise ValueError("the round has no salt: it is not open")
    return _mac(salt.encode(), f"voter:{member_id}").hexdigest()


def receipt(salt: str, key: str, number: int) -> str:
    """The code that a voter is given for their `number`-th ballot: the same one each time they ask while the round is open.
    Four groups of four letters and digits."""
    if not salt:
        raise ValueError("the round has no salt: it is not open")
    code = base64.b32encode(_mac(salt.encode(), f"receipt:{key}:{number}").digest()[:_RECEIPT_BYTES]).decode()
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def receipt_hash(code: str) -> str:
    """However it was typed: case, spaces and dashes do not matter."""
    return hashlib.sha256(_NOT_CODE.sub("", code.upper()).encode()).hexdigest()


def entry_key(contest_id: int, member_id: int, token: str) -> str:
    """An entry's address: the same for the same opened form, and nobody can look for one that sorts before the others."""
    made = _mac(b"entry", f"{contest_id}:{member_id}:{token}").digest()[:_RECEIPT_BYTES]
    return base64.b32encode(made).decode().lower()


def _mac(salt: bytes, message: str) -> "hmac.HMAC":
    secret = current_app.extensions["settings"].secret_key.encode()
    return hmac.new(hashlib.sha256(b"contests:" + secret).digest() + salt, message.encode(), hashlib.sha256)
