"""Background work of quests."""

import time

from recognition import clock
from recognition.extensions import db
from recognition.quests.models import Quest
from recognition.quests.services import publishing, reviewing, trying

SECONDS_A_JOB = 60
"""Well below the ten minutes that the queue gives a job; what is left is another job's."""


def move_on(quest_id: int, after: int = 0) -> None:
    """Commits after each slice; a slice again changes nothing."""
    until = time.monotonic() + SECONDS_A_JOB
    place: int | None = after
    while place is not None:
        if time.monotonic() > until:
            publishing.move_on_later(quest_id, db.session.get_one(Quest, quest_id).version, place)
            return
        place = publishing.move_on(quest_id, place)
        db.session.commit()


def end_try(enrolment_id: int, step_id: int, number: int) -> None:
    trying.end_try(enrolment_id, step_id, number, clock.utcnow())


def look_after_reviews() -> None:
    """What waits too long finds more readers; who reads by role hears that something came."""
    reviewing.tell_readers(clock.utcnow())
    while reviewing.widen(clock.utcnow()):
        db.session.commit()
