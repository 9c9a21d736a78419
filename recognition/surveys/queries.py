"""Reads of surveys. Drafts are the council's; nothing here tells who is silent, or how anybody answered but to themselves."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.extensions import db
from recognition.surveys.models import CLOSED, DRAFT, OPEN, Survey, SurveyAnswer, SurveyPerson
from recognition.surveys.secret import person_key
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

ROWS_AT_ONCE = 1000
WAITS = "survey"


def survey_by_slug(slug: str, drafts: bool = False) -> Survey | None:
    wanted = sa.select(Survey).where(Survey.slug == slug)
    return db.session.scalar(wanted if drafts else wanted.where(Survey.state != DRAFT))


def surveys_page(cursor: str | None, drafts: bool = False, size: int = PAGE_SIZE) -> Page[Survey]:
    """The newest first."""
    wanted = sa.select(Survey).order_by(Survey.id.desc()).limit(size + 1)
    if not drafts:
        wanted = wanted.where(Survey.state != DRAFT)
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Survey.id < last[0])
    return page(db.session.scalars(wanted).all(), size, lambda one: [one.id])


def told_of_campaign(campaign: str) -> list[Survey]:
    """Surveys that belong to a campaign and are open or have a result."""
    wanted = sa.select(Survey).where(Survey.campaign == campaign, Survey.state.in_((OPEN, CLOSED)))
    return list(db.session.scalars(wanted.order_by(Survey.id.desc()).limit(5)))


def line_of(survey_id: int, member_id: int) -> SurveyPerson | None:
    """The member's own line on the roll."""
    return db.session.get(SurveyPerson, (survey_id, member_id))


def own_answer(survey: Survey, member_id: int) -> SurveyAnswer | None:
    """While the survey is open; afterwards the program cannot find it any more."""
    if not survey.salt:
        return None
    mine = sa.select(SurveyAnswer).where(
        SurveyAnswer.survey_id == survey.id, SurveyAnswer.person_key == person_key(survey.salt, member_id)
    )
    return db.session.scalar(mine)


def waiting_for(member_id: int, now: datetime, most: int = 3) -> sa.Select[Any]:
    """Open surveys that this member is asked in and has not answered, as rows of WAITS, slug, title and end: for their own page
    and nobody else's. A statement, so that a page can read it together with others."""
    mine: Any = sa.select(sa.literal(WAITS).label("what"), Survey.slug, Survey.title, Survey.closes_at).join(
        SurveyPerson, SurveyPerson.survey_id == Survey.id
    )
    mine = mine.where(Survey.state == OPEN, Survey.closes_at > now, SurveyPerson.member_id == member_id, ~SurveyPerson.answered)
    found: sa.Select[Any] = mine.order_by(Survey.closes_at, Survey.id).limit(most)
    return found


def roll_lines(survey_id: int) -> Iterator[tuple[int, str, str]]:
    """In the order of members, a slice at a time."""
    last = 0
    while True:
        wanted = sa.select(SurveyPerson.member_id, SurveyPerson.stratum, SurveyPerson.region).where(
            SurveyPerson.survey_id == survey_id, SurveyPerson.member_id > last
        )
        rows: list[Any] = list(db.session.execute(wanted.order_by(SurveyPerson.member_id).limit(ROWS_AT_ONCE)))
        if not rows:
            return
        yield from (tuple(row) for row in rows)
        last = rows[-1].member_id
