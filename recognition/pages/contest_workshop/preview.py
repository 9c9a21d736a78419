"""The parts of the workbench that change while somebody works: the rounds, the rules, and what it would look like."""

from typing import Any

from flask import abort, render_template, request

from recognition.contests.models.contest import Contest
from recognition.pages.contest_workshop.blueprint import blueprint, contest_or_404, council_only
from recognition.pages.contest_workshop.editing import checked, moved, parts, sent
from recognition.pages.contest_workshop.sketch import sketch
from recognition.web.htmx import respond


def _contest() -> Contest | None:
    return contest_or_404(request.args["of"]) if "of" in request.args else None


@blueprint.post("/form")
@council_only
def move() -> Any:
    """One button of the rounds or of a rule, and the preview that follows from it."""
    contest = _contest()
    after = moved(sent()) or abort(400)
    draft, place = checked(after[0], contest), after[1]
    name = "council/_contest_rule.html" if place else "council/_contest_rounds.html"
    filled = parts(draft, contest, {}, place)
    body = render_template(name, builder=filled["builders"][place["part"]] if place else None, **filled)
    return respond(body + render_template("council/_contest_preview.html", sketch=sketch(draft), aside=True))


@blueprint.post("/preview")
@council_only
def look() -> Any:
    draft = checked(sent(), _contest())
    return respond(render_template("council/_contest_preview.html", sketch=sketch(draft), aside=False))
