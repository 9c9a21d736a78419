"""Background work on badges: ids in, one service each."""

import time

from recognition import clock
from recognition.badges.services import considering, people
from recognition.extensions import db

SECONDS_A_JOB = 60
"""Well below the ten minutes that the queue gives a job; what is left is another job's."""


def backfill(badge_id: int, look: int, after: int) -> int:
    """Commits after each slice of members, so that the drain and people never wait long. May run twice."""
    total, until = 0, time.monotonic() + SECONDS_A_JOB
    place: int | None = after
    while place is not None:
        if time.monotonic() > until:
            considering.look_on_later(badge_id, look, place)
            break
        made, place = considering.backfill_slice(badge_id, look, place, clock.utcnow())
        db.session.commit()
        total += made
    return total


def recount(member_id: int) -> None:
    people.recount_of(member_id)
