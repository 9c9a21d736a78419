"""The parts of the desk that change while somebody writes: the rule, and what its readers will see."""

from typing import Any

from flask import abort, render_template
from flask_babel import gettext as _

from recognition.activities.builder import words as rule_words
from recognition.pages.badge_studio.choices import choices
from recognition.pages.news_desk.blueprint import blueprint, council_only
from recognition.pages.news_desk.editing import after_button, builder_of, check, sent, urls
from recognition.pages.news_desk.sketch import sketch
from recognition.web.htmx import respond
from recognition.web.limits import limited


@blueprint.post("/rule")
@council_only
@limited("news-look", times=240)
def move() -> Any:
    """One button of the rule, and the preview that follows from it."""
    after = after_button(sent()) or abort(400, _("There is no such button."))
    draft = check(after[0])
    rule = render_template(
        "council/_news_rule.html", builder=builder_of(draft, {}, after[1]), choices=choices(), rule_words=rule_words,
        urls=urls(None),
    )  # fmt: skip
    return respond(rule + render_template("council/_news_preview.html", sketch=sketch(draft), draft=draft, aside=True))


@blueprint.post("/preview")
@council_only
@limited("news-look", times=240)
def look() -> Any:
    draft = check(sent())
    return respond(render_template("council/_news_preview.html", sketch=sketch(draft), draft=draft, aside=False))
