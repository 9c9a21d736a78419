"""What every adapter turns its bytes into, and what can be wrong with them.

An adapter knows no table, no member and no network. What it returns need not be clean: the service cuts texts, drops tags
and addresses that cannot be kept, and moves what lies in the future to now."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

KEY_MAX_CHARS = 160
"""Of a source key: a correction adds to it, and the column ends at 200."""
MAIL, LOGIN = "mail", "login"
_DIGEST_CHARS = 24


class Malformed(ValueError):
    """The bytes are not what this source sends. Its text is a sentence for whoever set it up; it quotes nothing."""


class TooLarge(Malformed):
    """More bytes, or more items, than we look at."""


class NotForUs(Exception):
    """Well formed, and it tells of no deed: a ping, a setting, something that is private there."""


@dataclass(frozen=True)
class Doer:
    """Who did it, by their name there. `place` is the host in lower case; or "mail", where `name` is an address; or
    "login", where it is the issuer of logins and the subject there, with "|" between."""

    place: str
    name: str


@dataclass(frozen=True)
class Seen:
    """One deed as it stands there at `version_at`: older news never wins over newer. `source_key` is its name within the
    source for ever ("forum.example.org:post:123"), made by `key_of`. `gone`: it was removed there; then only the key, the
    account and the moments matter. `text` may hold #tags; they are found by themselves."""

    account: Doer
    source_key: str
    occurred_at: datetime
    version_at: datetime
    kind_label: str = ""
    text: str = ""
    url: str | None = None
    tags: tuple[str, ...] = ()
    gone: bool = False


def key_of(*parts: object) -> str:
    """The parts with ":" between; what is too long ends in a digest of the whole, so that it stays one key."""
    key = ":".join(str(part) for part in parts)
    if len(key) <= KEY_MAX_CHARS and key.isprintable():
        return key
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_CHARS // 2).hexdigest()
    kept = "".join(char for char in key if char.isprintable())[: KEY_MAX_CHARS - _DIGEST_CHARS - 1]
    return f"{kept}~{digest}"
