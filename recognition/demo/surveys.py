"""Surveys of the invented community: one that has closed, with what it proves, and the same one asked again, still open. All
through the same services as everybody's, with the clock put back."""

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition import clock
from recognition.activities import audience
from recognition.extensions import db
from recognition.surveys import forms, jobs
from recognition.surveys.models import Survey, SurveyPerson
from recognition.surveys.patterns import MDM_QUEST, mdm
from recognition.surveys.queries import survey_by_slug
from recognition.surveys.rules import DECLINED, Said, SurveySpec, claim_of
from recognition.surveys.services import making
from recognition.surveys.services.answering import answer

BEFORE, AGAIN = "do-we-know-what-mdm-is-about", "do-we-know-it-now"
YES, PARTLY, NO, NOT_SURE = range(4)
SAID = (YES, YES, PARTLY, YES, YES, NO, YES, YES, PARTLY, YES, YES, YES, YES, YES, NOT_SURE, YES)
SILENT_OF_EACH = 6
"""So many of those who have shown it in a quest say nothing, and so many of those who have not."""
FOG = ("Is the portal MDM, or only a part of it?", "Which campaign comes next.", "How it fits with my local group.",
       "The name. It sounds like a machine.", "Nothing, the first quest helped.", "Where to ask when I am stuck.")  # fmt: skip
NOON = timedelta(hours=12)


def hold(now: datetime, owner_id: int | None) -> int:
    """Those that are not there yet. Returns how many were added."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = [(BEFORE, "Do we know what MDM is about?", -44, -30), (AGAIN, "Do we know it now?", -4, 6)]
    there = [one for one in wanted if survey_by_slug(one[0], drafts=True) is None]
    for slug, title, opens, closes in there:
        opens_at, closes_at = (midnight + NOON + timedelta(days=day) for day in (opens, closes))
        _hold(replace(_spec(now), slug=slug, title=title, opens_at=opens_at, closes_at=closes_at), now, owner_id)
    return len(there)


def _spec(now: datetime) -> SurveySpec:
    spec = forms.checked(mdm(now, has_quest=False), lambda _criteria: {}).spec
    assert spec is not None  # noqa: S101 - the template fits together, which a test shows
    return replace(spec, evidence={"finished": MDM_QUEST})


def _hold(spec: SurveySpec, now: datetime, owner_id: int | None) -> None:
    with clock.as_of(spec.opens_at):
        survey = making.create(spec, clock.utcnow(), owner_id)
        making.release(survey.id, clock.utcnow(), owner_id)
        jobs.draw_roll(survey.id)
    ends = spec.closes_at <= now
    _answer(survey, 1 if ends else 2)
    if ends:
        with clock.as_of(spec.closes_at):
            jobs.move_survey(survey.id)
            jobs.sum_up(survey.id)
    db.session.commit()


def _answer(survey: Survey, every: int) -> None:
    """One of `every` people whom chance did not leave silent; the last of them would rather not say."""
    wanted = sa.select(SurveyPerson.member_id).where(SurveyPerson.survey_id == survey.id).order_by(SurveyPerson.member_id)
    roll = db.session.scalars(wanted).all()
    knows = set(audience.meeting(survey.evidence, roll, clock.utcnow()))
    silent = {who for side in (True, False) for who in [who for who in roll if (who in knows) is side][-SILENT_OF_EACH:]}
    speaks = [who for who in roll if who not in silent][::every]
    for number, who in enumerate(speaks[:-1]):
        answer(survey.id, who, _said(survey, number), survey.opens_at + NOON)
    if speaks:
        answer(survey.id, speaks[-1], Said(DECLINED), survey.opens_at + NOON)


def _said(survey: Survey, number: int) -> Said:
    claim, option = survey.questions[0], SAID[number % len(SAID)]
    values = {"1": option, "2": (number * 7) % 3, "3": [0, 2, 3, 4, 6, 7, 9][: 4 + number % 4], "5": number % 2, "6": number % 3}
    words = {"7": FOG[number % len(FOG)]} if number % 3 == 0 else {}
    return Said(claim_of(claim.options[option], claim.yes, claim.no), {**values, **words})
