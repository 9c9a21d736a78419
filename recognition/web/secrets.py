"""Secrets that two programs share, and no table: each is made anew from the installation's own secret when it is needed.
Whoever reads a backup can forge nothing."""

import base64
import hashlib
import hmac
from datetime import datetime

from flask import current_app


def derived(purpose: str, key: str, number: int) -> str:
    """43 characters, safe in addresses. `purpose` keeps what two packages make of the same key apart; counting up
    `number` makes another secret."""
    root: str = current_app.extensions["settings"].secret_key
    about = "\x1f".join(("recognition secret", purpose, key, str(number)))
    digest = hmac.digest(root.encode(), about.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def candidates(purpose: str, key: str, number: int, former_until: datetime | None, now: datetime) -> list[str]:
    """The secret that counts, and after it the one before, while that is still taken."""
    former = [number - 1] if former_until is not None and now < former_until and number > 1 else []
    return [derived(purpose, key, one) for one in (number, *former)]
