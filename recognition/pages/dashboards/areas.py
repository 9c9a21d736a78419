"""What counts as active, area by area: written by the council, counted by the same rules as everything else."""

from typing import Any

import sqlalchemy as sa
from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from recognition import clock
from recognition.activities.builder import words as rule_words
from recognition.activities.builder.cards import TooLarge
from recognition.activities.builder.moves import moved
from recognition.activities.criteria.describe import describe
from recognition.badges.words import names_for
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.metrics import queries, services
from recognition.metrics.models import Area
from recognition.metrics.rules import Outdated
from recognition.pages.badge_studio.choices import choices
from recognition.pages.dashboards import area_forms as forms
from recognition.pages.dashboards.area_forms import RULE, Draft
from recognition.pages.dashboards.blueprint import blueprint, council_only
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited

MOVE = f"{RULE}-move"


@blueprint.get("/council/dashboards/areas/new")
@council_only
def new_area() -> Any:
    return _page(forms.blank(), None, is_asked=False)


@blueprint.post("/council/dashboards/areas/new")
@council_only
@limited("save-area", 60, 3600)
def create_area() -> Any:
    return _save(None)


@blueprint.get("/council/dashboards/areas/<slug>/edit")
@council_only
def edit_area(slug: str) -> Any:
    area = _area_or_404(slug)
    return _page(forms.draft_of(area), area, is_asked=False)


@blueprint.post("/council/dashboards/areas/<slug>/edit")
@council_only
@limited("save-area", 60, 3600)
def change_area(slug: str) -> Any:
    return _save(_area_or_404(slug))


@blueprint.post("/council/dashboards/areas/rule")
@council_only
def move_rule() -> Any:
    """One button of the rule, swapped in place."""
    draft, focus, fault = _moved(None)
    return respond(render_template("council/_badge_rule.html", builder=_builder(draft, focus, fault), choices=choices(),
                                   rule_words=rule_words))  # fmt: skip


@blueprint.get("/council/dashboards/areas/<slug>/remove")
@council_only
def ask_removal(slug: str) -> Any:
    return render_template("dashboards/area_remove.html", area=_area_or_404(slug), error="")


@blueprint.post("/council/dashboards/areas/<slug>/remove")
@council_only
def remove_area(slug: str) -> Any:
    area = _area_or_404(slug)
    if request.form.get("sure") != "1":
        body = render_template("dashboards/area_remove.html", area=area, error=_("Please tick this first: it cannot be undone."))
        return respond(body, 422)
    services.remove_area(area, signed_in().id)
    db.session.commit()
    flash(_("The area and its figures are gone. The deeds are where they were."), "good")
    return goto(url_for(".index"))


def _save(area: Area | None) -> Any:
    if request.form.get(MOVE):
        draft, focus, fault = _moved(area)
        return _page(draft, area, focus=focus, fault=fault, is_asked=False)
    draft = _sent(area)
    if draft.spec is None:
        return _page(draft, area, status=422)
    now, actor_id = clock.utcnow(), signed_in().id
    try:
        slug = _free_slug(forms.address(draft.spec.title)) if area is None else area.slug
        saved = services.save_area(area, draft.spec, now, actor_id, slug=slug, seen=draft.values["seen"])
        db.session.commit()
    except Outdated:
        db.session.rollback()
        area = _area_or_404(request.view_args["slug"] if request.view_args else "")
        mine = Draft({**draft.values, "seen": area.changed_at.isoformat()}, draft.card, {}, draft.criteria, draft.spec)
        return _page(mine, area, status=409, theirs=_sentence(forms.draft_of(area)))
    except IntegrityError:
        db.session.rollback()
        refused = Draft(draft.values, draft.card, {"title": _("Somebody made an area of this name a moment ago")}, draft.criteria)
        return _page(refused, None, status=422)
    flash(_("Saved. Its figures are being counted; in a minute they stand here."), "good")
    return goto(url_for(".board", slug="active", area=saved.slug))


def _sent(area: Area | None) -> Draft:
    try:
        return forms.draft(request.form, area)
    except TooLarge:
        abort(413)


def _moved(area: Area | None) -> tuple[Draft, str, str]:
    """The sent cards after the button that was pressed, where to go on, and why nothing moved."""
    before = _sent(area)
    done = moved(before.card, request.form.get(MOVE, ""), RULE)
    return forms.checked(before.values, done.card, area), done.focus, done.fault


def _area_or_404(slug: str) -> Area:
    return queries.area_by_slug(slug) or abort(404)


def _free_slug(wanted: str) -> str:
    """A new area never takes the place of one that is there."""
    wanted = wanted or "area"
    alike = set(db.session.scalars(sa.select(Area.slug).where(Area.slug.startswith(wanted, autoescape=True))))
    numbered = (f"{wanted}-{number}" for number in range(2, len(alike) + 3))
    return wanted if wanted not in alike else next(slug for slug in numbered if slug not in alike)


def _sentence(draft: Draft) -> str:
    if draft.criteria is None:
        return ""
    words = describe(draft.criteria, names_for([draft.criteria]))
    return f"{words[:1].upper()}{words[1:]}."


def _builder(draft: Draft, focus: str = "", fault: str = "", errors: Any = None) -> dict[str, Any]:
    return {"card": draft.card, "name": RULE, "errors": errors or {}, "move_url": url_for(".move_rule"), "focus": focus,
            "fault": fault, "levelled": False}  # fmt: skip


def _page(draft: Draft, area: Area | None, *, status: int = 200, focus: str = "", fault: str = "", theirs: str = "",
          is_asked: bool = True) -> Any:  # fmt: skip
    """`is_asked` False: nobody wants to save it yet, so that what is missing stays out of the fields."""
    errors = draft.errors if is_asked else {}
    body = render_template(
        "dashboards/area_form.html", area=area, values=draft.values, errors={name: errors.get(name, "") for name in forms.INPUTS},
        almost=bool(errors), theirs=theirs, sentence=_sentence(draft), builder=_builder(draft, focus, fault, errors),
        choices=choices(), rule_words=rule_words, states=_states(),
    )  # fmt: skip
    return respond(body, status)


def _states() -> list[tuple[str, str, str]]:
    return [
        ("defined", _("Written down"), _("We agree on the words; the figures may still surprise us.")),
        ("piloted", _("Being tried"), _("The figures are looked at, and the rule may change.")),
        ("live", _("In use"), _("What we say about this area rests on it.")),
    ]
