"""Questions to the council and ideas for campaigns: the list that everybody reads, one of them, and the council's desk."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.campaigns.queries import drafts_from
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, role_required, signed_in
from recognition.questions import forms, queries, services
from recognition.questions.queries import Line
from recognition.questions.rules import (
    ANSWERED,
    BODY_MAX_CHARS,
    DECLINED,
    IDEA,
    OPEN,
    QUESTION,
    REPLY_MAX_CHARS,
    TITLE_MAX_CHARS,
    NotAsked,
    TooLate,
)
from recognition.web.access import public
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("questions", __name__)
council_only = role_required("council")
ONE = f"<int(max={2**53}):question_id>"
LIMITS = {"title": TITLE_MAX_CHARS, "body": BODY_MAX_CHARS, "reply": REPLY_MAX_CHARS}


@blueprint.get("/questions/")
@public
def index() -> Any:
    sort = request.args.get("sort", QUESTION)
    state = request.args.get("state", OPEN)
    if sort not in (QUESTION, IDEA) or state not in queries.states():
        abort(404)
    found = queries.listed(sort, state, current_member(), request.args.get("after"))
    older = url_for(".index", sort=sort, state=state, after=found.next_cursor) if found.next_cursor else ""
    return render_template("questions/index.html", lines=found.items, older=older, sort=sort, state=state, states=_states(sort),
                           campaigns=_campaigns(found.items))  # fmt: skip


@blueprint.get("/questions/new")
@member_required
def new() -> Any:
    sort = request.args.get("sort", QUESTION)
    return _form({"sort": sort if sort in (QUESTION, IDEA) else QUESTION})


@blueprint.post("/questions/new")
@member_required
@limited("ask", times=20, seconds=3600)
def ask() -> Any:
    try:
        one = services.ask(forms.asked(request.form), signed_in(), clock.utcnow())
    except NotAsked as fault:
        db.session.rollback()
        return _form(request.form, fault.errors), 422
    db.session.commit()
    flash(_("Thank you. It stands there for everybody to read and to vote for."), "good")
    return goto(url_for(".show", question_id=one.id))


@blueprint.get(f"/questions/{ONE}")
@public
def show(question_id: int) -> Any:
    return _page(_found(question_id))


@blueprint.post(f"/questions/{ONE}/vote")
@member_required
@limited("question-vote", times=120)
def vote(question_id: int) -> Any:
    _found(question_id)
    try:
        services.vote(question_id, signed_in().id, request.form.get("wants") != "no")
    except TooLate as refused:
        abort(409, str(refused))
    db.session.commit()
    return goto(url_for(".show", question_id=question_id))


@blueprint.post(f"/questions/{ONE}/withdraw")
@member_required
def withdraw(question_id: int) -> Any:
    line = _found(question_id)
    if not line.is_own:
        abort(403)
    try:
        services.withdraw(question_id, signed_in().id)
    except TooLate as refused:
        abort(409, str(refused))
    db.session.commit()
    flash(_("Taken back. Nobody else sees it any more."), "good")
    return goto(url_for(".index", sort=line.sort))


@blueprint.get("/council/questions")
@council_only
def desk() -> Any:
    """What waits for a reply: what most people want to know first."""
    sort = IDEA if request.args.get("sort") == IDEA else QUESTION
    found = queries.listed(sort, OPEN, signed_in(), request.args.get("after"))
    older = url_for(".desk", sort=sort, after=found.next_cursor) if found.next_cursor else ""
    return render_template("council/questions.html", lines=found.items, older=older, sort=sort)


@blueprint.post(f"/council/questions/{ONE}")
@council_only
@limited("judge", times=120)
def reply(question_id: int) -> Any:
    line, outcome = _found(question_id), request.form.get("outcome", "")
    if outcome not in (ANSWERED, DECLINED, "hidden"):
        abort(400)
    try:
        words, now = forms.reply(request.form), clock.utcnow()
        if outcome == "hidden":
            services.hide(question_id, signed_in().id, words, now)
        else:
            services.reply(question_id, signed_in().id, outcome, words, now)
    except NotAsked as fault:
        db.session.rollback()
        return _page(line, fault.errors["reply"], request.form.get("reply", "")), 422
    except TooLate as refused:
        db.session.rollback()
        return _page(_found(question_id), str(refused), request.form.get("reply", "")), 409
    db.session.commit()
    flash(_("Said. Whoever asked reads it here.") if line.is_anonymous else _("Said. Whoever asked hears of it."), "good")
    return goto(url_for(".show", question_id=question_id))


def _found(question_id: int) -> Line:
    """Hidden and missing look the same."""
    viewer = current_member()
    return queries.question(question_id, viewer, hidden=_is_council()) or abort(404)


def _is_council() -> bool:
    viewer = current_member()
    return viewer is not None and "council" in viewer.roles


def _page(line: Line, error: str = "", typed: str | None = None) -> str:
    begun = drafts_from(line.id) if line.sort == IDEA and not line.campaign and _is_council() else ()
    return render_template("questions/show.html", one=line, error=error, typed=line.reply if typed is None else typed,
                           begun=begun, campaigns=_campaigns([line]), limits=LIMITS)  # fmt: skip


def _form(values: Any, errors: dict[str, str] | None = None) -> str:
    filled = {name: values.get(name, "") for name in ("sort", "title", "body", "anonymous")}
    said = {name: (errors or {}).get(name, "") for name in ("title", "body")}
    return render_template("questions/new.html", values=filled, errors=said, limits=LIMITS)


def _states(sort: str) -> dict[str, str]:
    if sort == IDEA:
        return {OPEN: _("Open"), ANSWERED: _("Taken up"), DECLINED: _("Not now")}
    return {OPEN: _("Open"), ANSWERED: _("Answered"), DECLINED: _("Not answered, with the reason")}


def _campaigns(lines: Any) -> dict[str, str]:
    """Titles by slug."""
    slugs = [line.campaign for line in lines if line.campaign]
    names: dict[str, str] = current_app.extensions["names"]["campaign"](slugs) if slugs else {}
    return {slug: names.get(slug, slug) for slug in slugs}
