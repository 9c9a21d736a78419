"""Surveys held until the commit. Whoever answers holds it beside any number of others who answer, and never beside who closes
it: an answer is either counted or refused."""

import sqlalchemy as sa

from recognition.extensions import db
from recognition.surveys.models import Survey

_AS_IT_IS_NOW = {"populate_existing": True}


def hold_survey(survey_id: int) -> Survey | None:
    """Alone."""
    held = sa.select(Survey).where(Survey.id == survey_id).with_for_update(of=Survey)
    return db.session.scalar(held, execution_options=_AS_IT_IS_NOW)


def share_survey(survey_id: int) -> Survey | None:
    """Beside others who only answer."""
    held = sa.select(Survey).where(Survey.id == survey_id).with_for_update(read=True, key_share=True, of=Survey)
    return db.session.scalar(held, execution_options=_AS_IT_IS_NOW)
