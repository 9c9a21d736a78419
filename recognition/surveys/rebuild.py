"""Whether what is derived still fits: an open survey's roll to its mark and to its answers, a closed one's result to what was
frozen and to the answers that are kept. Nothing is made anew: a frozen result is not ours to change."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from recognition.extensions import db
from recognition.surveys import counting
from recognition.surveys.bounds import hiding
from recognition.surveys.bounds.counts import Counts
from recognition.surveys.freezing import is_whole
from recognition.surveys.models import DRAFT, DRAWING, OPEN, Survey, SurveyAnswer, SurveyPerson
from recognition.surveys.queries import roll_lines
from recognition.surveys.rules import digest
from recognition.surveys.secret import roll_hash
from recognition.surveys.services.opening import agreed


def check() -> Iterator[dict[str, Any]]:
    """One line a survey, naming no number: what differs could tell one."""
    for survey in db.session.scalars(sa.select(Survey).where(Survey.state.not_in((DRAFT, DRAWING))).order_by(Survey.id)).all():
        differs = [name for name, fits in _facts(survey) if not fits]
        if differs:
            yield {"survey": survey.slug, "differs": differs}


def rebuild() -> dict[str, int]:
    return {"surveys": 0}


def _facts(survey: Survey) -> Iterator[tuple[str, bool]]:
    yield "agreed", survey.rules_hash == digest(agreed(survey))
    if survey.state == OPEN:
        yield "roll", survey.roll_hash == roll_hash(roll_lines(survey.id))
        yield "answers", _is_even(survey)
    elif survey.result_at is not None and survey.result is not None:
        yield "result", is_whole(survey.result)
        yield "answers", _fits(survey)


def _is_even(survey: Survey) -> bool:
    """As many answers as lines that say so."""
    said = sa.select(sa.func.count()).select_from(SurveyAnswer).where(SurveyAnswer.survey_id == survey.id)
    lines = sa.select(sa.func.count()).select_from(SurveyPerson).where(SurveyPerson.survey_id == survey.id, SurveyPerson.answered)
    return bool(db.session.scalar(said) == db.session.scalar(lines))


def _fits(survey: Survey) -> bool:
    """Counted again from the answers; who is silent is what is left of the people."""
    result, claims = survey.result or {}, counting.claims(survey.id)
    silent = result["people"] - sum(claims.values())
    told = hiding.whole(Counts(**claims, silent=max(silent, 0)), result["least"])
    return silent >= 0 and (told.yes, told.not_yes, told.open) == (result["yes"], result["not_yes"], result["open"])
