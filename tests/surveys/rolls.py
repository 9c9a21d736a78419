"""A survey on a roll that was imported: who answers is made up, by chance with a fixed seed, and so is what they say. The busy
ones answer more often than the quiet ones, as everywhere."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition import clock
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.surveys.models import Survey, SurveyPerson
from recognition.surveys.rules import DECLINED, NO, OTHER, YES, Said
from recognition.surveys.services.answering import answer
from tests.factories.surveys import CLAIM, close_survey, make_survey, open_survey

BUSY, QUIET = "active", "quiet"


def asked(
    opens_at: datetime, response: float, yes: float, slug: str = "know-mdm", audience: dict[str, object] | None = None
) -> Survey:
    """Closed, with its result. `response`: the share of the roll that answers; `yes`: of those who do, how many say yes. All
    who are silent are taken from the quiet ones first."""
    survey = make_survey(slug, questions=(CLAIM,), opens_at=opens_at, closes_at=opens_at + timedelta(days=14), audience=audience)
    open_survey(survey)
    who = _who_answers(survey, response)
    with clock.as_of(opens_at + timedelta(days=1)):
        for number, member_id in enumerate(who):
            place = (number * 97 % len(who)) / len(who)
            claim = YES if place < yes else (NO, OTHER, DECLINED)[number % 3]
            values = {} if claim == DECLINED else {"1": {YES: 0, OTHER: 1, NO: 2}[claim]}
            answer(survey.id, member_id, Said(claim, values), clock.utcnow())
        db.session.commit()
    return close_survey(survey)


def _who_answers(survey: Survey, response: float) -> Sequence[int]:
    rows = db.session.execute(sa.select(SurveyPerson.member_id, SurveyPerson.stratum).order_by(SurveyPerson.member_id)).all()
    chance = random.Random(53)
    likely = sorted((chance.random() * (2 if row.stratum == BUSY else 1), row.member_id) for row in rows)
    return sorted(member_id for _luck, member_id in likely[-round(len(rows) * response) :])


def only_reps() -> None:
    """Everybody who is no longer one stays away from the roll, as in April 2020."""
    db.session.execute(sa.update(Member).where(Member.state != "active").values(state="suspended"))
    db.session.commit()
