"""What may be heard, how a message is signed, and when it is tried again. Pure."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

TOLD, WITHDRAWN, GIVEN, TEST = "activity.told", "activity.withdrawn", "award.given", "test"
EVENTS = (TOLD, WITHDRAWN, GIVEN)
REACHABLE = "webhooks_may_reach"
"""Of the program: hosts and ports that are asked although they are not public, for tests with servers of their own."""
ONLY_MINE = "mine"
"""Stands among a webhook's events: of these only what is about its owner."""
WAITING, SENT, FAILED, DROPPED = "waiting", "sent", "failed", "dropped"
ON, OFF, RESTING = "on", "off", "resting"
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 8 * 60, 24 * 60)]
RESTS_AFTER = timedelta(days=3)
"""So long nothing arrived, and things were sent: it waits for its owner."""
FORMER_FOR = timedelta(days=1)
"""How long the secret before the newest one still signs too."""
NEWS_FOR = timedelta(days=2)
"""A deed that is considered later than that is no news: rows are considered again when what was made of them changes."""
HOOKS_MAX = 10
KEPT = timedelta(days=30)
GONE = 410
"""The answer of a receiver that wants to hear nothing more."""


def secret_text(derived: str) -> str:
    """As Standard Webhooks writes a secret."""
    return "whsec_" + base64.b64encode(_key(derived)).decode()


def signature(secrets: Sequence[str], key: str, timestamp: int, body: bytes) -> str:
    """Of the message's id, its time and its body, with each secret that counts; a receiver needs to know one of them."""
    signed = f"{key}.{timestamp}.".encode() + body
    made = [hmac.digest(_key(secret), signed, hashlib.sha256) for secret in secrets]
    return " ".join(f"v1,{base64.b64encode(one).decode()}" for one in made)


def body_of(event: str, at: datetime, data: dict[str, Any]) -> bytes:
    moment = at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return json.dumps({"type": event, "timestamp": moment, "data": data}, ensure_ascii=False, separators=(",", ":")).encode()


def next_try(attempts: int) -> timedelta | None:
    """After so many tries. None: it is given up."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


def _key(derived: str) -> bytes:
    return base64.urlsafe_b64decode(derived + "=" * (-len(derived) % 4))
