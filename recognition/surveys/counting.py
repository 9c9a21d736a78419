"""What the stored answers and the roll come to: read once, at the close, while it can still be told who is silent."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from recognition.extensions import db
from recognition.surveys.bounds.counts import Counts
from recognition.surveys.models import Survey, SurveyAnswer, SurveyPerson, SurveyQuestion
from recognition.surveys.rules import SCALE, SCALE_STEPS, SEVERAL, TEXT

CLAIMS = ("yes", "no", "other", "declined")
ROWS_AT_ONCE = 1000


Cells = Mapping[tuple[str, str], Counts]
"""By stratum and region."""
STRATUM, REGION = 0, 1


def cells(survey_id: int) -> Cells:
    line, said = (SurveyPerson.stratum, SurveyPerson.region), (SurveyAnswer.stratum, SurveyAnswer.region)
    lines = sa.select(*line, sa.func.count()).where(SurveyPerson.survey_id == survey_id).group_by(*line)
    roll = {(row[0], row[1]): row[2] for row in db.session.execute(lines)}
    wanted = sa.select(*said, SurveyAnswer.claim, sa.func.count()).where(SurveyAnswer.survey_id == survey_id)
    found: dict[tuple[str, str], dict[str, int]] = {key: {} for key in roll}
    for stratum, region, claim, number in db.session.execute(wanted.group_by(*said, SurveyAnswer.claim)):
        found.setdefault((stratum, region), {})[claim] = number
    # Whose line went with their account may have left an answer.
    silent = {key: max(roll.get(key, 0) - sum(claims.values()), 0) for key, claims in found.items()}
    return {key: Counts(**claims, silent=silent[key]) for key, claims in sorted(found.items())}


def along(found: Cells, place: int) -> dict[str, Counts]:
    """Counts by STRATUM or by REGION."""
    told: dict[str, Counts] = {}
    for key, counts in found.items():
        told[key[place]] = told.get(key[place], Counts()) + counts
    return dict(sorted(told.items()))


def claims(survey_id: int) -> dict[str, int]:
    """How often each claim is stored."""
    counted = sa.select(SurveyAnswer.claim, sa.func.count()).where(SurveyAnswer.survey_id == survey_id)
    found = dict(_pairs(counted.group_by(SurveyAnswer.claim)))
    return {claim: found.get(claim, 0) for claim in CLAIMS}


def chosen(survey: Survey) -> dict[int, Counter[str]]:
    """By position, how often each option was chosen."""
    asked = [one for one in survey.questions if one.kind != TEXT]
    found: dict[int, Counter[str]] = {one.position: Counter() for one in asked}
    for given in values(survey.id):
        for one in asked:
            found[one.position].update(options_in(one, given))
    return found


def options_in(question: SurveyQuestion, given: Mapping[str, Any]) -> list[str]:
    """The options that an answer chose there, in words."""
    value = given.get(str(question.position))
    names = SCALE_STEPS if question.kind == SCALE else question.options
    numbers = value if question.kind == SEVERAL and isinstance(value, list) else [value]
    return [names[number] for number in numbers if isinstance(number, int) and 0 <= number < len(names)]


def values(survey_id: int) -> Iterator[Mapping[str, Any]]:
    """A slice at a time."""
    last = 0
    while True:
        wanted = sa.select(SurveyAnswer.id, SurveyAnswer.values).where(
            SurveyAnswer.survey_id == survey_id, SurveyAnswer.id > last
        )
        rows = db.session.execute(wanted.order_by(SurveyAnswer.id).limit(ROWS_AT_ONCE)).all()
        if not rows:
            return
        yield from (row.values for row in rows)
        last = rows[-1].id


def claim_question(survey: Survey) -> SurveyQuestion | None:
    return next((one for one in survey.questions if one.is_claim), None)


def sides(question: SurveyQuestion, counts: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """The claim's options that say yes, and the others."""
    yes = {name: counts.get(name, 0) for name in question.options if name in question.yes}
    return yes, {name: counts.get(name, 0) for name in question.options if name not in yes}


def _pairs(statement: Any) -> list[tuple[str, int]]:
    return [(row[0], row[1]) for row in db.session.execute(statement)]
