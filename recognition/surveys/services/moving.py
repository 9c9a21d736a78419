"""Time passes: surveys open and close. The timetable asks every half minute; any number of workers may ask at once, since each
step holds its survey and looks again."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from recognition.extensions import db
from recognition.jobs import ledger
from recognition.surveys.models import CLOSED, DRAFT, DRAWING, OPEN, Survey
from recognition.surveys.services import closing, opening


def move_later(now: datetime) -> None:
    """A job for each survey whose time has come, so that one that fails keeps none of the others waiting."""
    for survey_id in due(now):
        ledger.defer("surveys.move_survey", dedupe_key=f"surveys.move_survey:{survey_id}", survey_id=survey_id)


def remind_of_dates(survey: Survey, now: datetime) -> None:
    """Look again at the very moment at which it opens and closes."""
    for date in (survey.opens_at, survey.closes_at):
        if date > now:
            key = f"surveys.move_survey:{survey.id}:{date.isoformat()}"
            ledger.defer("surveys.move_survey", dedupe_key=key, run_after=date, survey_id=survey.id)


def due(now: datetime) -> Sequence[int]:
    opens = sa.and_(Survey.state == DRAFT, Survey.ready_at.is_not(None), Survey.opens_at <= now)
    ends = sa.and_(Survey.state == OPEN, Survey.closes_at <= now)
    unfinished = sa.and_(Survey.state == CLOSED, Survey.result_at.is_(None))
    wanted = sa.select(Survey.id).where(sa.or_(opens, Survey.state == DRAWING, ends, unfinished))
    return db.session.scalars(wanted.order_by(Survey.opens_at, Survey.id)).all()


def move_survey(survey_id: int, now: datetime) -> None:
    """Whatever is due for it, in one transaction; what is longer than a slice goes on in the background."""
    survey = db.session.get(Survey, survey_id)
    if survey is None:
        return
    if survey.state in (DRAFT, DRAWING):
        if opening.draw_on(survey_id, now) == DRAWING:
            opening.draw_later(survey_id)
    elif survey.state == OPEN:
        closing.close(survey_id, now)
    elif survey.result_at is None:
        closing.sum_up_later(survey_id)
