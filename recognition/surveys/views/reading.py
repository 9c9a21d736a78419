"""Lists of surveys, and what came of one."""

from typing import Any

from flask import Response, abort, render_template, request, url_for

from recognition.surveys import results, words
from recognition.surveys.models import Survey
from recognition.surveys.picture import drawing
from recognition.surveys.published import rows
from recognition.surveys.queries import survey_by_slug, surveys_page
from recognition.surveys.rules import STATE_NAMES
from recognition.surveys.views.blueprint import blueprint
from recognition.web import csv_lines
from recognition.web.access import public
from recognition.web.limits import limited

WIDE, NARROW = 720, 340


@blueprint.get("/")
@public
def index() -> Any:
    page = surveys_page(request.args.get("after"))
    older = url_for(".index", after=page.next_cursor) if page.next_cursor else ""
    lines = [(one, results.found(one)) for one in page.items]
    return render_template("surveys/index.html", lines=lines, older=older, words=words, state_names=STATE_NAMES)


@blueprint.get("/<slug>/results", endpoint="results")
@public
def outcome(slug: str) -> Any:
    survey = there(slug)
    found = results.found(survey)
    if found is None:
        return render_template("surveys/later.html", survey=survey)
    drawings = [(drawing(found, width), name) for width, name in ((WIDE, "wide"), (NARROW, "narrow"))]
    return render_template("surveys/results.html", survey=survey, found=found, drawings=drawings, words=words,
                           method=words.method(survey))  # fmt: skip


@blueprint.get("/<slug>/results.csv")
@public
@limited("survey-csv", times=60)
def results_file(slug: str) -> Response:
    """Every number of the page, a line each."""
    survey = there(slug)
    found = results.found(survey) or abort(404)
    return csv_lines.answer(rows(found), f"{survey.slug}.csv")


def there(slug: str) -> Survey:
    return survey_by_slug(slug) or abort(404)
