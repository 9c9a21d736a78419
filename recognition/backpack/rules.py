"""What may be brought, what may be shown, and the errors of this package."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

MAX_BYTES = 1024 * 1024
BADGES_EACH = 200
CHECKED_EVERY = timedelta(days=7)
URI_MAX = 2000
GOOD, FALSE, REVOKED, EXPIRED, NOT_YET, UNSURE = "good", "false", "revoked", "expired", "not_yet", "unsure"
SHOWABLE = (GOOD, EXPIRED, REVOKED)
"""What was genuine when it was looked at; one that is over or was taken back says so where it is shown."""


class NotKept(Exception):
    """Its text is a sentence for the member who brought it."""


def identity(issuer: str, credential: str) -> str:
    """Two files are the same badge if this is the same (OB 3.0, 8.2: issuer and credential, percent-decoded and trimmed)."""
    named = "\n".join(unquote(part).strip() for part in (issuer, credential))
    return hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()


def is_newer(issued: datetime | None, kept: datetime | None) -> bool:
    """Whether a badge takes the place of the one that is kept."""
    return issued is not None and (kept is None or issued > kept)


def last_sure(facts: Mapping[str, Any]) -> tuple[str, datetime] | None:
    """What was found out, and when, the last time that anything was: an issuer that does not answer today takes nothing
    away from what was heard before."""
    sure = facts.get("sure")
    return (sure["standing"], datetime.fromisoformat(sure["at"])) if isinstance(sure, dict) else None
