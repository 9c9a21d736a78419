"""One person's answer. The page is theirs alone."""

from typing import Any

from flask import Response, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _

from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.surveys import sheet, words
from recognition.surveys.models import CLOSED, OPEN, Survey
from recognition.surveys.queries import line_of, own_answer
from recognition.surveys.rules import DECLINED, BadAnswer, NotAllowed, WrongState
from recognition.surveys.services.answering import answer
from recognition.surveys.sheet import Line
from recognition.surveys.views.blueprint import blueprint
from recognition.surveys.views.reading import there
from recognition.web.access import public
from recognition.web.htmx import goto
from recognition.web.limits import limited


@blueprint.get("/<slug>")
@public
def show(slug: str) -> Any:
    """To a guest, what it is about and how it is counted."""
    survey = there(slug)
    return _page(survey, None)


@blueprint.post("/<slug>")
@member_required
@limited("survey", times=60)
def respond(slug: str) -> Any:
    survey = there(slug)
    try:
        said = sheet.read(request.form, survey.questions)
        answer(survey.id, signed_in().id, said, moment())
    except BadAnswer as fault:
        db.session.rollback()
        survey = there(slug)
        return _page(survey, sheet.typed(survey, request.form, fault.errors)), 422
    except (NotAllowed, WrongState) as refused:
        db.session.rollback()
        return _page(there(slug), None, str(refused)), 403 if isinstance(refused, NotAllowed) else 409
    db.session.commit()
    flash(_("Thank you, it is kept. You may change it until the survey closes."), "good")
    return goto(url_for(".show", slug=slug))


def _page(survey: Survey, lines: list[Line] | None, fault: str = "") -> Response:
    me, now = current_member(), moment()
    is_open = survey.state == OPEN and survey.opens_at <= now < survey.closes_at
    is_asked = is_open and me is not None and line_of(survey.id, me.id) is not None
    mine = own_answer(survey, me.id) if is_asked and me is not None else None
    body = render_template(
        "surveys/survey.html", survey=survey, is_open=is_open, is_asked=is_asked, is_closed=survey.state == CLOSED,
        is_guest=me is None, has_answered=mine is not None, has_declined=mine is not None and mine.claim == DECLINED,
        almost=lines is not None, lines=(lines or sheet.lines(survey, mine)) if is_asked else [], fault=fault,
        method=words.method(survey), secrecy=words.secrecy(survey),
    )  # fmt: skip
    page = make_response(body)
    page.headers["Cache-Control"] = "private, no-store" if me is not None else "no-cache"
    return page
