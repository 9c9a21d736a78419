"""Counting in the background."""

from collections.abc import Sequence

from recognition import clock
from recognition.extensions import db, only_reading
from recognition.metrics import services


def roll_up(day: int | None = None) -> None:
    now = clock.utcnow()
    services.roll_up(day, now)
    services.tidy(now)


def count(part: str, days: Sequence[int]) -> None:
    """Each day is kept by itself, and nobody who writes waits while it is counted; who is killed counts them all again."""
    for day in days:
        now = clock.utcnow()
        with only_reading():
            found = services.counted(part, day, now)
        services.keep(part, found, day, now)
        db.session.commit()
