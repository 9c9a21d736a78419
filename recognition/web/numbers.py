"""Numbers of rows as they stand in addresses that one person alone gets. Rows are counted up over everybody, and where some are
made only for who was silent, two numbers of one's own tell how many others were. So each is shown as another one, and only the
installation's secret leads back. That a number is known opens nothing: whoever comes with it is asked who they are."""

import hashlib
import hmac

from flask import current_app

HALF_BITS, ROUNDS = 31, 4
HALF = (1 << HALF_BITS) - 1
MOST = (1 << 2 * HALF_BITS) - 1
"""The largest number that can be shown, or is."""


def shown(purpose: str, number: int) -> int:
    """Different for different numbers (a Feistel network); `purpose` keeps what two tables make of the same number apart."""
    left, right = number >> HALF_BITS & HALF, number & HALF
    for turn in range(ROUNDS):
        left, right = right, left ^ _mixed(purpose, turn, right)
    return left << HALF_BITS | right


def meant(purpose: str, number: int) -> int:
    """The one that is shown as this."""
    left, right = number >> HALF_BITS & HALF, number & HALF
    for turn in reversed(range(ROUNDS)):
        left, right = right ^ _mixed(purpose, turn, left), left
    return left << HALF_BITS | right


def _mixed(purpose: str, turn: int, half: int) -> int:
    root: str = current_app.extensions["settings"].secret_key
    about = "\x1f".join(("recognition numbers", purpose, str(turn), str(half)))
    return int.from_bytes(hmac.digest(root.encode(), about.encode(), hashlib.sha256)[:4]) & HALF
