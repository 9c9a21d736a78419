"""All surveys on the workbench, and one of them for the council: what was agreed, and no number before the end."""

from typing import Any

import sqlalchemy as sa
from flask import abort, render_template, request, url_for

from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.identity.queries import profiles
from recognition.pages.survey_studio.blueprint import blueprint, council_only, survey_or_404
from recognition.surveys import words
from recognition.surveys.models import DRAFT, Survey, SurveyAnswer
from recognition.surveys.queries import surveys_page
from recognition.surveys.rules import LEAST, STATE_NAMES, TEXT
from recognition.surveys.services.reading import record_reading
from recognition.web.pagination import Page, decode, page
from recognition.web.reading import start_writing

WORDS_A_PAGE = 50


@blueprint.get("/")
@council_only
def index() -> Any:
    found = surveys_page(request.args.get("after"), drafts=True)
    older = url_for(".index", after=found.next_cursor) if found.next_cursor else ""
    return render_template("council/surveys.html", surveys=found.items, older=older, state_names=STATE_NAMES)


@blueprint.get("/<slug>/")
@council_only
def show(slug: str) -> Any:
    survey = survey_or_404(slug)
    return render_template(
        "council/survey.html", survey=survey, method=words.method(survey), secrecy=words.secrecy(survey), state_names=STATE_NAMES,
        is_draft=survey.state == DRAFT, waits=survey.ready_at is not None, has_words=bool(_texts(survey)),
    )  # fmt: skip


@blueprint.get("/<slug>/words")
@council_only
def own_words(slug: str) -> Any:
    """What people wrote in their own words, in an order made by chance. Where too few wrote, nothing is shown. Who reads is
    written down."""
    survey = survey_or_404(slug)
    if survey.result_at is None or not _texts(survey):
        abort(404)
    enough = _enough(survey, [one.position for one in _texts(survey)])
    if enough:
        reader_id = signed_in().id
        start_writing()
        record_reading(survey, reader_id, moment())
        db.session.commit()
    asked = _texts(survey)
    found = _answers(survey, request.args.get("after"))
    names = profiles([row.member_id for row in found.items if row.member_id], signed_in()) if not survey.is_anonymous else {}
    told = {
        one.position: [(text, names[row.member_id].name if row.member_id in names else "")
                       for row in found.items if (text := row.values.get(str(one.position)))]
        for one in asked
    }  # fmt: skip
    older = url_for(".own_words", slug=slug, after=found.next_cursor) if found.next_cursor else ""
    return render_template(
        "council/survey_words.html", survey=survey, asked=asked, told=told, enough=enough, older=older, least=LEAST
    )


def _texts(survey: Survey) -> list[Any]:
    return [one for one in survey.questions if one.kind == TEXT]


def _answers(survey: Survey, cursor: str | None) -> Page[SurveyAnswer]:
    wanted = sa.select(SurveyAnswer).where(SurveyAnswer.survey_id == survey.id)
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(SurveyAnswer.id > last[0])
    rows = db.session.scalars(wanted.order_by(SurveyAnswer.id).limit(WORDS_A_PAGE + 1)).all()
    return page(rows, WORDS_A_PAGE, lambda row: [row.id])


def _enough(survey: Survey, positions: list[int]) -> set[int]:
    """The questions to which enough people wrote something."""
    wrote = [SurveyAnswer.values[str(one)].as_string().is_not(None) for one in positions]
    counted = sa.select(*(sa.func.sum(sa.case((one, 1), else_=0)) for one in wrote)).where(SurveyAnswer.survey_id == survey.id)
    numbers = db.session.execute(counted).one()
    return {position for position, number in zip(positions, numbers, strict=True) if (number or 0) >= LEAST}
