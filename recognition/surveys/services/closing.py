"""The end of a survey. First it takes no more answers; then, in slices of the roll, everybody hears of it and the silent are
looked at for the second evidence; at last the result is frozen, and whatever tied anybody to an answer or to silence goes: the
salt, the roll, and where on it an answer came from."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from recognition.activities import audience
from recognition.audit import services as audit
from recognition.database import among
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.refs import Ref
from recognition.surveys.freezing import result
from recognition.surveys.models import CLOSED, OPEN, Survey, SurveyPerson
from recognition.surveys.services.forgetting import forget
from recognition.surveys.services.locks import hold_survey
from recognition.surveys.services.telling import roll_slice, tell_end


def close(survey_id: int, now: datetime) -> bool:
    """False where there is nothing to close."""
    survey = hold_survey(survey_id)
    if survey is None or survey.state != OPEN or now < survey.closes_at:
        return False
    survey.state, survey.roll_cursor, survey.result = CLOSED, 0, {"shown": 0, "met": 0}
    is_few = survey.roll_size < survey.method["least"]
    audit.record("survey.closed", Ref("survey", survey.slug), None, after=None if is_few else {"people": survey.roll_size})
    sum_up_later(survey_id)
    db.session.flush()
    return True


def sum_up_later(survey_id: int) -> None:
    ledger.defer("surveys.sum_up", dedupe_key=f"surveys.sum_up:{survey_id}", survey_id=survey_id)


def sum_up_on(survey_id: int, now: datetime) -> bool:
    """The next slice; True once the result is there. As often as you like."""
    survey = hold_survey(survey_id)
    if survey is None or survey.state != CLOSED or survey.result_at is not None:
        return True
    ids, last = roll_slice(survey_id, survey.roll_cursor or 0)
    if ids:
        tell_end(survey, ids, now)
        so_far, (shown, met) = survey.result or {}, _evidence(survey, ids)
        survey.roll_cursor, survey.result = ids[-1], {"shown": so_far["shown"] + shown, "met": so_far["met"] + met}
    if last is None:
        _freeze(survey, now)
    db.session.flush()
    return survey.result_at is not None


def _evidence(survey: Survey, ids: Sequence[int]) -> tuple[int, int]:
    """How many of a slice are silent and have shown it, and how many have shown it at all. Judged as of the last moment; only
    the numbers are kept, and until the last slice."""
    if survey.evidence is None:
        return 0, 0
    met = audience.meeting(survey.evidence, ids, survey.closes_at)
    silent = sa.select(sa.func.count()).select_from(SurveyPerson).where(
        SurveyPerson.survey_id == survey.id, among(SurveyPerson.member_id, met), ~SurveyPerson.answered
    )  # fmt: skip
    return db.session.scalar(silent) or 0, len(met)


def _freeze(survey: Survey, now: datetime) -> None:
    counted = survey.result or {}
    survey.result = result(survey, counted["shown"], counted["met"])
    survey.result_at = now
    forget(survey)
    db.session.flush()
    db.session.expire_all()
