"""The parts of the workbench that change while somebody works: the rule, what it looks like, and to whom it would go."""

from typing import Any

from flask import Response, abort, render_template, request

from recognition import clock
from recognition.activities.builder import words as rule_words
from recognition.badges import pictures
from recognition.badges.artwork.design import BadDesign, PinDesign
from recognition.badges.models import Badge
from recognition.identity.access import signed_in
from recognition.pages.badge_studio.blueprint import badge_or_404, blueprint, council_only
from recognition.pages.badge_studio.choices import choices
from recognition.pages.badge_studio.editing import MOVE, addresses, builder_of, moved_of, sent
from recognition.pages.badge_studio.forms import Draft
from recognition.pages.badge_studio.sketch import look_on, sketch
from recognition.web.htmx import respond


def _badge() -> Badge | None:
    return badge_or_404(request.args["of"]) if "of" in request.args else None


@blueprint.post("/rule")
@council_only
def move() -> Any:
    """One button of the rule, and the preview that follows from it."""
    badge = _badge()
    draft, focus, fault = moved_of(badge) if MOVE in request.form else (sent(badge), "", "")
    builder = builder_of(draft, badge, focus, fault) | {"errors": {}}
    rule = render_template("council/_badge_rule.html", builder=builder, choices=choices(), rule_words=rule_words)
    return respond(rule + _preview(draft, badge, aside=True))


@blueprint.post("/preview")
@council_only
def preview() -> Any:
    badge = _badge()
    return respond(_preview(sent(badge), badge))


def _preview(draft: Draft, badge: Badge | None, aside: bool = False) -> str:
    return render_template("council/_badge_preview.html", sketch=sketch(draft), who=None, aside=aside, **addresses(badge))


@blueprint.post("/who")
@council_only
def who() -> Any:
    badge = _badge()
    draft = sent(badge)
    found = look_on(draft, badge, request.form, signed_in(), clock.utcnow())
    return respond(render_template("council/_badge_who.html", who=found, has_rule=draft.criteria is not None, **addresses(badge)))


@blueprint.get("/pin.svg")
@council_only
def pin() -> Any:
    """A pin of parts, whether or not a badge wears it."""
    args = request.args
    try:
        design = PinDesign(args.get("family", ""), args.get("glyph", ""), args.get("band", ""), args.get("level", 1, type=int))
    except BadDesign:
        abort(404)
    response = Response(pictures.svg(design, True, args.get("band", "")), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response
