"""When a subscriber's news go, and what an address looks like."""

import re
from datetime import datetime, timedelta

from recognition.announcements.rules import MONTH, WEEK, Wish, next_digest

RHYTHMS = (MONTH, WEEK)
ASKED, ON, SENDING = "asked", "on", "sending"
ADDRESS = re.compile(r"[\w.+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}", re.ASCII)
ADDRESS_MAX_CHARS = 254
ASKED_AGAIN_AFTER = timedelta(days=1)
"""A stranger may type anybody's address: nobody gets more than one such mail a day."""
KEPT_UNANSWERED = timedelta(days=7)
STOPPED_FOR = timedelta(days=30)
"""How long an address is left alone from which mails came back. Then its reader may ask anew: nobody else could say that
it works again."""
TEXTS_MAX = 20
CLOCK = Wish()
"""Monday, eight o'clock UTC, as the page says."""


def is_address(text: str) -> bool:
    return len(text) <= ADDRESS_MAX_CHARS and ADDRESS.fullmatch(text) is not None


def next_due(rhythm: str, now: datetime) -> datetime:
    return next_digest(CLOCK, rhythm if rhythm in RHYTHMS else MONTH, now)
