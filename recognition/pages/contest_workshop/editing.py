"""A contest on the workbench: from a template or as it is stored, with what it would look like beside it."""

from typing import Any

import sqlalchemy as sa
from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.activities.builder import words as rule_words
from recognition.activities.builder.cards import TooLarge
from recognition.activities.builder.moves import moved as rule_moved
from recognition.badges.queries import published_badges
from recognition.campaigns.models import Campaign
from recognition.contests import forms, jury, terms
from recognition.contests.checking import ROUNDS_MAX
from recognition.contests.forms import RULES, Written
from recognition.contests.models.contest import Contest
from recognition.contests.rules import DRAFT, TAKES, BadContest
from recognition.contests.services import making
from recognition.contests.words import licences, takes_words
from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.badge_studio.choices import CHOICES_MAX, choices, known
from recognition.pages.contest_workshop.blueprint import blueprint, contest_or_404, council_only
from recognition.pages.contest_workshop.patterns import begin, patterns
from recognition.pages.contest_workshop.sketch import sketch
from recognition.web.htmx import goto, respond

ROUNDS_MOVE = "rounds-move"


@blueprint.get("/new")
@council_only
def new() -> Any:
    key = request.args.get("from", "")
    if not key:
        return render_template("council/contest_patterns.html", patterns=patterns())
    return page(checked(begin(key, moment()), None), None, is_asked=False)


@blueprint.post("/new")
@council_only
def create() -> Any:
    return _save(None)


@blueprint.get("/<slug>/edit")
@council_only
def edit(slug: str) -> Any:
    contest = contest_or_404(slug)
    return page(checked(stored(contest), contest), contest, is_asked=False)


@blueprint.post("/<slug>/edit")
@council_only
def change(slug: str) -> Any:
    return _save(contest_or_404(slug))


def stored(contest: Contest) -> Written:
    return forms.written_of(contest, jury.handles([one.id for one in contest.rounds]))


def checked(draft: Written, contest: Contest | None) -> Written:
    return forms.checked(draft, known, contest)


def sent() -> Written:
    try:
        return forms.written(request.form)
    except TooLarge:
        abort(413)


def moved(draft: Written) -> tuple[Written, dict[str, str]] | None:
    """After the button of a round or of a rule that was pressed, with where to go on and why nothing moved. None: no such
    button."""
    if request.form.get(ROUNDS_MOVE):
        return forms.moved(draft, request.form[ROUNDS_MOVE]), {}
    for name in RULES:
        move = request.form.get(f"{name}-move")
        if move:
            done = rule_moved(draft.cards[name], move, name)
            after = forms.replaced(draft, name, done.card)
            return after, {"part": name, "focus": done.focus, "fault": done.fault}
    return None


def _save(contest: Contest | None) -> Any:
    draft, then = sent(), request.form.get("then", "keep")
    after = moved(draft)
    if after is not None:
        return page(checked(after[0], contest), contest, is_asked=False, place=after[1])
    draft = checked(draft, contest)
    if then == "look":
        return page(draft, contest, is_asked=False)
    if contest is not None and draft.values["seen"] != forms.fingerprint(contest):
        return page(_seen(draft, contest), contest, status=409, is_late=True, is_asked=False)
    if draft.spec is None:
        return page(draft, contest, status=422)
    try:
        if contest is None:
            saved = making.create(draft.spec, moment(), signed_in().id, may_rename=not draft.values["slug"])
        else:
            saved = making.save(draft.spec, moment(), signed_in().id)
    except BadContest as fault:
        db.session.rollback()
        again = contest_or_404(contest.slug) if contest is not None else None
        return page(forms.refused(draft, fault.errors), again, status=422)
    db.session.commit()
    return _saved(saved, then)


def _saved(contest: Contest, then: str) -> Any:
    if contest.state != DRAFT:
        flash(_("Saved."), "good")
        return goto(url_for(".show", slug=contest.slug))
    if then == "publish":
        return goto(url_for(".ask_publish", slug=contest.slug))
    flash(_("Kept as a draft. Only the council sees it."), "good")
    return goto(url_for(".edit", slug=contest.slug))


def _seen(draft: Written, contest: Contest) -> Written:
    """Saving again is a decision then."""
    return forms.with_values(draft, seen=forms.fingerprint(contest))


def page(
    draft: Written,
    contest: Contest | None,
    *,
    status: int = 200,
    is_asked: bool = True,
    is_late: bool = False,
    place: dict[str, str] | None = None,
) -> Any:
    """`is_asked` False: nobody wants to save it yet, so that what is missing stays out of the fields."""
    errors = draft.errors if is_asked else {}
    body = render_template(
        "council/contest_form.html", contest=contest, is_draft=contest is None or contest.state == DRAFT, almost=bool(errors),
        is_late=is_late, has_begun=_has_begun(contest), sketch=sketch(draft), campaigns=_campaigns(), badges=_badges(draft),
        takes=[(one, takes_words(one)) for one in TAKES], licences=_licences(),
        **parts(draft, contest, errors, place),
    )  # fmt: skip
    return respond(body, status)


def parts(
    draft: Written, contest: Contest | None, errors: dict[str, str] | Any, place: dict[str, str] | None = None
) -> dict[str, Any]:
    """What the rounds and the rules are drawn from."""
    of = contest.slug if contest is not None else None
    at = place or {}
    builders = {
        name: {"card": draft.cards[name], "name": name, "errors": errors, "focus": at.get("focus", "") if at.get("part") == name
               else "", "fault": at.get("fault", "") if at.get("part") == name else ""}
        for name in RULES
    }  # fmt: skip
    return {
        "draft": draft, "values": draft.values, "lists": draft.lists, "rounds": draft.rounds, "errors": _Errors(errors),
        "builders": builders, "choices": choices(), "rule_words": rule_words, "methods": list(terms.METHOD_NAMES.items()),
        "rounds_max": ROUNDS_MAX, "move_url": url_for(".move", of=of), "preview_url": url_for(".look", of=of),
    }  # fmt: skip


class _Errors(dict[str, str]):
    """A field without a fault has no sentence."""

    def __missing__(self, _name: str) -> str:
        return ""


def _has_begun(contest: Contest | None) -> bool:
    return contest is not None and contest.state != DRAFT and moment() >= contest.entries_from


def _campaigns() -> list[tuple[str, str]]:
    rows = sa.select(Campaign.slug, Campaign.title).order_by(Campaign.id.desc()).limit(CHOICES_MAX)
    return [(row.slug, row.title) for row in db.session.execute(rows)]


def _licences() -> list[tuple[str, str, str]]:
    return [(one.slug, one.name, one.plain) for one in licences().values()]


def _badges(draft: Written) -> list[tuple[str, str]]:
    """Those that are chosen first."""
    all_of_them = [(badge.slug, badge.name) for badge in published_badges()]
    return sorted(all_of_them, key=lambda one: (one[0] not in draft.lists["prizes"], one[1]))[:CHOICES_MAX]
