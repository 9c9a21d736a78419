"""Background work of surveys. Jobs that go through a roll commit after each slice: a killed worker's goes on where it was."""

import time

from recognition.database import moment
from recognition.extensions import db
from recognition.surveys.models import DRAWING
from recognition.surveys.services import closing, moving, opening, telling

SECONDS_A_JOB = 60
"""Well below the ten minutes that the queue gives a job; what is left is another job's."""


def move() -> None:
    moving.move_later(moment())


def move_survey(survey_id: int) -> None:
    moving.move_survey(survey_id, moment())


def draw_roll(survey_id: int) -> None:
    until = time.monotonic() + SECONDS_A_JOB
    while opening.draw_on(survey_id, moment()) == DRAWING:
        if time.monotonic() > until:
            opening.draw_later(survey_id)
            return
        db.session.commit()


def sum_up(survey_id: int) -> None:
    until = time.monotonic() + SECONDS_A_JOB
    while not closing.sum_up_on(survey_id, moment()):
        if time.monotonic() > until:
            closing.sum_up_later(survey_id)
            return
        db.session.commit()


def remind_due() -> None:
    telling.remind_due(moment())


def tell(survey_id: int, what: str, after: int = 0) -> None:
    """`what`: "opened", or when a reminder is due."""
    until = time.monotonic() + SECONDS_A_JOB
    place: int | None = after
    while place is not None:
        if time.monotonic() > until:
            telling.tell_later(survey_id, what, place)
            return
        place = telling.tell_slice(survey_id, what, place, moment())
        db.session.commit()
