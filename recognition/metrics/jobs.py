"""Counting in the background."""

from collections.abc import Sequence

from recognition import clock
from recognition.extensions import db
from recognition.metrics import services


def roll_up(day: int | None = None) -> None:
    now = clock.utcnow()
    services.roll_up(day, now)
    services.tidy(now)


def count(part: str, days: Sequence[int]) -> None:
    """Each day is kept by itself, so that none holds the database long; who is killed counts them all again."""
    for day in days:
        services.count(part, day, clock.utcnow())
        db.session.commit()
