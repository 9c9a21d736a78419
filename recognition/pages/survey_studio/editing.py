"""A survey on the workbench: from a template, a copy or empty, with what it would mean beside it."""

from typing import Any

import sqlalchemy as sa
from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.activities import audience
from recognition.activities.builder import words as rule_words
from recognition.activities.builder.cards import TooLarge
from recognition.activities.builder.moves import moved as rule_moved
from recognition.campaigns.models import Campaign
from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.badge_studio.choices import CHOICES_MAX, choices, known
from recognition.pages.survey_studio.blueprint import blueprint, council_only, survey_or_404
from recognition.quests.models import Quest
from recognition.surveys import forms, words
from recognition.surveys.checking import place_of
from recognition.surveys.forms import RULES, Written
from recognition.surveys.models import DRAFT, Survey
from recognition.surveys.patterns import MDM_QUEST, copied, empty, mdm
from recognition.surveys.queries import survey_by_slug
from recognition.surveys.rules import QUESTIONS_MAX, BadSurvey, WrongState, method_of
from recognition.surveys.services import making
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited

MOVE = "questions-move"


@blueprint.get("/new")
@council_only
def new() -> Any:
    """?from=mdm, from=empty, or from=copy:<slug>."""
    return page(checked(_begin(request.args.get("from", "mdm")), None), None, is_asked=False)


@blueprint.post("/new")
@council_only
def create() -> Any:
    return _save(None)


@blueprint.get("/<slug>/edit")
@council_only
def edit(slug: str) -> Any:
    survey = survey_or_404(slug)
    if is_fixed(survey):
        return goto(url_for(".show", slug=slug))
    return page(checked(forms.written_of(survey), survey), survey, is_asked=False)


@blueprint.post("/<slug>/edit")
@council_only
def change(slug: str) -> Any:
    survey = survey_or_404(slug)
    return _refused(survey) if is_fixed(survey) else _save(survey)


@blueprint.post("/form")
@council_only
@limited("survey-form", times=240)
def move() -> Any:
    """One button of the questions or of a rule, for htmx."""
    survey = survey_or_404(request.args["of"]) if "of" in request.args else None
    after = _moved(_sent()) or abort(400)
    draft, place = checked(after[0], survey), after[1]
    filled = _parts(draft, survey, {}, place)
    name = "council/_contest_rule.html" if place else "council/_survey_questions.html"
    return respond(render_template(name, builder=filled["builders"][place["part"]] if place else None, **filled))


def is_fixed(survey: Survey) -> bool:
    return survey.state != DRAFT or survey.ready_at is not None


def checked(draft: Written, survey: Survey | None) -> Written:
    return forms.checked(draft, known, survey)


def _begin(key: str) -> Written:
    what, _colon, slug = key.partition(":")
    if what == "copy":
        return copied(survey_by_slug(slug, drafts=True) or abort(404), moment())
    if what == "empty":
        return empty(moment())
    there = sa.select(sa.exists().where(Quest.slug == MDM_QUEST))
    return mdm(moment(), bool(db.session.scalar(there)))


def _sent() -> Written:
    try:
        return forms.written(request.form)
    except TooLarge:
        abort(413)


def _moved(draft: Written) -> tuple[Written, dict[str, str]] | None:
    """After the button that was pressed, with where to go on and why nothing moved. None: no such button."""
    if request.form.get(MOVE):
        return forms.moved(draft, request.form[MOVE]), {}
    for name in RULES:
        if button := request.form.get(f"{name}-move"):
            done = rule_moved(draft.cards[name], button, name)
            return forms.replaced(draft, name, done.card), {"part": name, "focus": done.focus, "fault": done.fault}
    return None


def _save(survey: Survey | None) -> Any:
    draft, then = _sent(), request.form.get("then", "keep")
    if after := _moved(draft):
        return page(checked(after[0], survey), survey, is_asked=False, place=after[1])
    draft = checked(draft, survey)
    if then == "look":
        return page(draft, survey, is_asked=False)
    if survey is not None and draft.values["seen"] != forms.fingerprint(survey):
        seen = forms.with_values(draft, seen=forms.fingerprint(survey))
        return page(seen, survey, status=409, is_late=True, is_asked=False)
    if draft.spec is None:
        return page(draft, survey, status=422)
    try:
        if survey is None:
            saved = making.create(draft.spec, moment(), signed_in().id, may_rename=not draft.values["slug"])
        else:
            saved = making.save(survey.id, draft.spec, signed_in().id)
    except BadSurvey as fault:
        db.session.rollback()
        return page(forms.refused(draft, fault.errors), survey_by_slug(survey.slug, drafts=True) if survey else None, status=422)
    except WrongState:
        db.session.rollback()
        return _refused(survey_or_404(survey.slug if survey else ""))
    db.session.commit()
    if then == "open":
        return goto(url_for(".ask_release", slug=saved.slug))
    flash(_("Kept as a draft. Only the council sees it."), "good")
    return goto(url_for(".edit", slug=saved.slug))


def _refused(survey: Survey) -> Any:
    """Who tries to change what is fixed is written down."""
    making.record_refusal(survey, signed_in().id)
    db.session.commit()
    abort(409, _("This survey is fixed: what people are asked, who is asked and how it is counted stay as agreed."))


def page(
    draft: Written,
    survey: Survey | None,
    *,
    status: int = 200,
    is_asked: bool = True,
    is_late: bool = False,
    place: dict[str, str] | None = None,
) -> Any:
    """`is_asked` False: nobody wants to save it yet, so that what is missing stays out of the fields."""
    errors = draft.errors if is_asked else {}
    body = render_template(
        "council/survey_form.html", survey=survey, almost=bool(errors), is_late=is_late, campaigns=_campaigns(),
        asked=words.asked(audience.count(draft.rules["audience"], moment())) if _counts(draft) else "", method=_method(draft),
        missing=list(dict.fromkeys(draft.errors.values())), **_parts(draft, survey, errors, place),
    )  # fmt: skip
    return respond(body, status)


def _counts(draft: Written) -> bool:
    """Whether who is asked is known."""
    return draft.values["who"] != "rule" or draft.rules["audience"] is not None


def _method(draft: Written) -> list[str]:
    if draft.spec is None:
        return []
    spec = draft.spec
    return words.method(Survey(method=method_of(spec), audience=spec.audience, evidence=spec.evidence))


def _parts(
    draft: Written, survey: Survey | None, errors: dict[str, str] | Any, place: dict[str, str] | None = None
) -> dict[str, Any]:
    """What the questions and the rules are drawn from."""
    at = place or {}
    builders = {
        name: {"card": draft.cards[name], "name": name, "errors": errors,
               **{what: at.get(what, "") if at.get("part") == name else "" for what in ("focus", "fault")}}
        for name in RULES
    }  # fmt: skip
    return {
        "values": draft.values, "questions": draft.questions, "errors": _Errors(errors), "builders": builders,
        "choices": choices(), "rule_words": rule_words, "questions_max": QUESTIONS_MAX, "place_of": place_of,
        "move_url": url_for(".move", of=survey.slug if survey is not None else None),
    }  # fmt: skip


class _Errors(dict[str, str]):
    """A field without a fault has no sentence."""

    def __missing__(self, _name: str) -> str:
        return ""


def _campaigns() -> list[tuple[str, str]]:
    rows = sa.select(Campaign.slug, Campaign.title).order_by(Campaign.id.desc()).limit(CHOICES_MAX)
    return [(row.slug, row.title) for row in db.session.execute(rows)]
