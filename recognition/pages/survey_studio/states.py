"""Let a survey go, take it back before it opens, or delete its draft; each is asked about, with what follows from it."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.activities import audience
from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.survey_studio.blueprint import blueprint, council_only, survey_or_404
from recognition.pages.survey_studio.editing import is_fixed
from recognition.surveys import words
from recognition.surveys.models import Survey
from recognition.surveys.rules import BadSurvey, WrongState
from recognition.surveys.services import making
from recognition.web.htmx import goto


@blueprint.get("/<slug>/open")
@council_only
def ask_release(slug: str) -> Any:
    survey = survey_or_404(slug)
    return goto(url_for(".show", slug=slug)) if is_fixed(survey) else _release_page(survey)


@blueprint.post("/<slug>/open")
@council_only
def release(slug: str) -> Any:
    survey = survey_or_404(slug)
    try:
        making.release(survey.id, moment(), signed_in().id)
    except BadSurvey as fault:
        db.session.rollback()
        return _release_page(survey_or_404(slug), next(iter(fault.errors.values()))), 422
    except WrongState as fault:
        abort(409, str(fault))
    db.session.commit()
    flash(_("It is fixed now, and opens by itself."), "good")
    return goto(url_for(".show", slug=slug))


@blueprint.post("/<slug>/take-back")
@council_only
def take_back(slug: str) -> Any:
    survey = survey_or_404(slug)
    try:
        making.take_back(survey.id, signed_in().id)
    except WrongState as fault:
        db.session.rollback()
        making.record_refusal(survey_or_404(slug), signed_in().id)
        db.session.commit()
        abort(409, str(fault))
    db.session.commit()
    flash(_("It is a draft again."), "good")
    return goto(url_for(".edit", slug=slug))


@blueprint.get("/<slug>/delete")
@council_only
def ask_delete(slug: str) -> Any:
    survey = survey_or_404(slug)
    return (
        goto(url_for(".show", slug=slug))
        if is_fixed(survey)
        else render_template("council/survey_delete.html", survey=survey, error="")
    )


@blueprint.post("/<slug>/delete")
@council_only
def delete(slug: str) -> Any:
    """Two confirmations: this page, and its title typed."""
    survey = survey_or_404(slug)
    if request.form.get("title", "").strip() != survey.title:
        error = _("Please type its title as it stands above.")
        return render_template("council/survey_delete.html", survey=survey, error=error), 422
    try:
        making.delete(survey.id, signed_in().id)
    except WrongState as fault:
        abort(409, str(fault))
    db.session.commit()
    flash(_("The draft is gone."), "good")
    return goto(url_for(".index"))


def _release_page(survey: Survey, error: str = "") -> str:
    now = moment()
    return render_template(
        "council/survey_open.html", survey=survey, error=error, method=words.method(survey), secrecy=words.secrecy(survey),
        asked=words.asked(audience.count(survey.audience, now)), is_at_once=survey.opens_at <= now,
    )  # fmt: skip
