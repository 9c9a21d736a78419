"""What ties a person to their answer while a survey is open, and to nothing once its salt is wiped; and the mark of a roll."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

from flask import current_app

_ID_BITS = 62


def new_salt() -> str:
    return secrets.token_hex(32)


def person_key(salt: str, member_id: int) -> str:
    """64 hex digits. Neither the database nor the installation's secret alone tells whose they are."""
    if not salt:
        raise ValueError("the survey has no salt: it is not open")
    return hmac.new(_secret() + salt.encode(), f"person:{member_id}".encode(), hashlib.sha256).hexdigest()


def answer_id() -> int:
    """By chance, so that the order of answers tells nothing."""
    return secrets.randbits(_ID_BITS) | 1 << (_ID_BITS - 1)


def roll_hash(lines: Iterable[tuple[int, str, str]]) -> str:
    """Of (member, stratum, region) in the order of members. Keyed: a short roll could be found by trying."""
    mark = hmac.new(_secret(), b"roll", hashlib.sha256)
    for member_id, stratum, region in lines:
        mark.update(f"\n{member_id}\t{stratum}\t{region}".encode())
    return mark.hexdigest()


def _secret() -> bytes:
    return hashlib.sha256(b"surveys:" + current_app.extensions["settings"].secret_key.encode()).digest()
