"""Background work on badges: ids in, one service each."""

import time

from recognition import clock
from recognition.badges import services
from recognition.extensions import db
from recognition.jobs import ledger

SECONDS_A_JOB = 60
"""Well below the ten minutes that the queue gives a job; what is left is another job's."""


def backfill(badge_id: int, after: int = 0) -> int:
    """Commits after each slice of members, so that the drain and people never wait long. May run twice."""
    total, until = 0, time.monotonic() + SECONDS_A_JOB
    place: int | None = after
    while place is not None:
        if time.monotonic() > until:
            ledger.defer("badges.backfill", dedupe_key=f"badges.backfill:{badge_id}:{place}", badge_id=badge_id, after=place)
            break
        made, place = services.backfill_slice(badge_id, place, clock.utcnow())
        db.session.commit()
        total += made
    return total


def recount(member_id: int) -> None:
    services.recount_of(member_id)
