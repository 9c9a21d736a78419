"""Whom a badge was given to, for who knows the address: salted hashes, no address in the clear."""

import secrets
from collections.abc import Iterable, Sequence

from recognition.openbadges import identities

MOST = 5
"""Addresses that a badge convinces with: those of today and the newest former ones."""

Identifier = dict[str, str]
"""`salt` and `hash`."""


def renewed(kept: Sequence[Identifier], addresses: Iterable[str]) -> list[Identifier]:
    """Those of today's `addresses` first, with the salts they had; then what is kept of former ones."""
    current = [_known(address, kept) or _fresh(address) for address in dict.fromkeys(map(identities.normal, addresses))]
    return [*current, *(one for one in kept if one not in current)][:MOST]


def holds(kept: Sequence[Identifier], addresses: Iterable[str]) -> bool:
    """Whether a badge convinces with each of today's `addresses` that it has room for."""
    current = list(dict.fromkeys(map(identities.normal, addresses)))[:MOST]
    return all(_known(address, kept) for address in current)


def _known(address: str, kept: Iterable[Identifier]) -> Identifier | None:
    return next((one for one in kept if one["hash"] == identities.hashed(address, one["salt"])), None)


def _fresh(address: str) -> Identifier:
    salt = secrets.token_hex(16)
    return {"salt": salt, "hash": identities.hashed(address, salt)}
