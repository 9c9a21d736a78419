"""One person's answer: the newest takes the place of the one before, until the end. Said is what the form made of it; here it is
decided whether it may be stored, in one transaction with storing it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.database import put
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.surveys.models import CLOSED, OPEN, Survey, SurveyAnswer, SurveyPerson
from recognition.surveys.rules import NotAllowed, Said, WrongState
from recognition.surveys.secret import answer_id, person_key
from recognition.surveys.services.locks import share_survey


def answer(survey_id: int, member_id: int, said: Said, now: datetime) -> None:
    """Raises NotAllowed and WrongState; the caller then takes everything back."""
    survey = share_survey(survey_id)
    if survey is None:
        raise NotAllowed(_("There is no such survey."))
    _refuse_out_of_time(survey, now)
    line = _own_line(survey_id, member_id)
    if line is None:
        raise not_on_roll()
    if db.session.scalar(sa.select(Member.state).where(Member.id == member_id)) == "suspended":
        raise NotAllowed(_("You cannot answer while your account is suspended."))
    row = {
        "id": answer_id(), "survey_id": survey_id, "person_key": person_key(survey.salt, member_id),
        "member_id": None if survey.is_anonymous else member_id, "stratum": line.stratum, "region": line.region,
        "claim": said.claim, "given": dict(said.values),
    }  # fmt: skip
    table: Any = SurveyAnswer.__table__
    put(table, [row], ["survey_id", "person_key"], lambda new: {"claim": new.claim, "given": new.given})
    if not line.answered:
        line.answered = True
    db.session.flush()


def not_on_roll() -> NotAllowed:
    return NotAllowed(_("You are not on the roll of this survey. It was drawn up when the survey opened and stays as it was."))


def _own_line(survey_id: int, member_id: int) -> SurveyPerson | None:
    """Held: of two answers of one person the second comes after the first."""
    mine = sa.select(SurveyPerson).where(SurveyPerson.survey_id == survey_id, SurveyPerson.member_id == member_id)
    return db.session.scalar(mine.with_for_update(of=SurveyPerson), execution_options={"populate_existing": True})


def _refuse_out_of_time(survey: Survey, now: datetime) -> None:
    if survey.state == CLOSED or (survey.state == OPEN and now >= survey.closes_at):
        raise WrongState(_("The survey is over. This did not reach us in time, and nothing was stored."))
    if survey.state != OPEN or now < survey.opens_at:
        raise WrongState(_("The survey has not opened yet. Nothing was stored."))
