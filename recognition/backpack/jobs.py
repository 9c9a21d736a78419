"""Background work of the backpack."""

import time

from recognition import clock
from recognition.backpack.services import looking_again
from recognition.extensions import db

SECONDS_A_JOB = 60


def look_again() -> int:
    """Every hour a few of those that people show: each comes around once a week. Commits after each."""
    until = time.monotonic() + SECONDS_A_JOB
    looked = 0
    for badge_id in looking_again.due(clock.utcnow()):
        if time.monotonic() > until:
            break
        looking_again.look(badge_id, clock.utcnow())
        db.session.commit()
        looked += 1
    return looked
