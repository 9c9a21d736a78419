"""Background work of contests."""

import time

from recognition import clock
from recognition.contests.rules import DRAWING
from recognition.contests.services import closing, moving, opening, reminding
from recognition.contests.services.telling import Place, tell_slice
from recognition.database import moment
from recognition.extensions import db

SECONDS_A_JOB = 60
"""Well below the ten minutes that the queue gives a job; what is left is another job's."""


def move() -> None:
    moving.move_later(moment())


def move_round(round_id: int) -> None:
    moving.move_round(round_id, moment())


def tell_results(contest_id: int, round_index: int = 0, after: int = 0) -> None:
    """Commits after each slice, so that people and the drain never wait long."""
    until = time.monotonic() + SECONDS_A_JOB
    place: Place | None = Place(round_index, after)
    while place is not None:
        if time.monotonic() > until:
            closing.tell_later(contest_id, *place)
            return
        place = tell_slice(contest_id, place, clock.utcnow())
        db.session.commit()


def draw_roll(round_id: int) -> None:
    """Commits after each slice: a killed worker's roll goes on where it was."""
    until = time.monotonic() + SECONDS_A_JOB
    while opening.draw_on(round_id, moment()) == DRAWING:
        if time.monotonic() > until:
            opening.draw_later(round_id)
            return
        db.session.commit()


def remind_due() -> None:
    reminding.remind_due(moment())


def remind(round_id: int, due: str, after: int = 0) -> None:
    """`due` names which of the round's reminders it is."""
    until = time.monotonic() + SECONDS_A_JOB
    place: int | None = after
    while place is not None:
        if time.monotonic() > until:
            reminding.remind_later(round_id, due, place)
            return
        place = reminding.remind_slice(round_id, due, place, moment())
        db.session.commit()
