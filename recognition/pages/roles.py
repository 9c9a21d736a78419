"""Roles for everybody: the list, one role with its versions and what people say to them, and asking for it."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities.rules import BadReport, clean_text
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.pages.openings import role_why
from recognition.roles import applying, entering, holding, queries, rules, services
from recognition.roles.queries import Reading
from recognition.roles.rules import NotSaved, TooLate
from recognition.web.access import public
from recognition.web.htmx import goto
from recognition.web.limits import limited
from recognition.web.pagination import Page

blueprint = Blueprint("roles", __name__, url_prefix="/roles")
WORD = f"<int(max={2**53}):word_id>"
LIMITS = {"text": rules.WORD_MAX_CHARS, "reason": rules.LINE_MAX_CHARS}


@blueprint.get("/")
@public
def index() -> Any:
    return render_template("roles/index.html", roles=queries.listed(current_member(), clock.utcnow()))


@blueprint.get("/fitting")
@member_required
def fitting() -> Any:
    """For the first page, once it is there: an open role whose conditions this member meets; empty where there is none."""
    suited = entering.fitting(signed_in(), clock.utcnow())
    return render_template("roles/_fitting.html", one=suited.reading, why=role_why(suited)) if suited else ""


@blueprint.get("/<slug>")
@public
def show(slug: str) -> Any:
    """?version= an older one."""
    return _page(_found(slug, _number("version")))


@blueprint.get("/<slug>/changes")
@public
def changes(slug: str) -> Any:
    """?from= and ?to= are versions that the reader may read both; else the last change."""
    here = _found(slug, _number("to"))
    older = [one for one in here.versions if one.number < here.here.number]
    before = next((one for one in older if one.number == (_number("from") or one.number)), None) or abort(404)
    was = queries.sheet_of(here.role, before.number) or abort(404)
    return render_template("roles/changes.html", here=here, before=before, changes=list(rules.compare(was, here.sheet)),
                           sections=section_words())  # fmt: skip


@blueprint.post("/<slug>/words")
@member_required
@limited("role-word", times=60)
def say(slug: str) -> Any:
    here = _found(slug, _number("version", request.form))
    try:
        services.say(here.here.id, signed_in(), words_in("text", rules.WORD_MAX_CHARS), clock.utcnow())
    except NotSaved as fault:
        db.session.rollback()
        here = _found(slug, here.here.number)
        return _page(here, fault.errors["text"], request.form.get("text", "")), 422
    db.session.commit()
    flash(_("Thank you. Members who read this version read it."), "good")
    return goto(_at(here))


@blueprint.post(f"/<slug>/words/{WORD}/back")
@member_required
def take_back(slug: str, word_id: int) -> Any:
    """By whoever said it; by the council with a reason."""
    here, member, now = _found(slug, _number("version", request.form)), signed_in(), clock.utcnow()
    if "reason" in request.form and "council" in member.roles:
        try:
            done = services.take_down(word_id, here.role, member.id, words_in("reason", rules.LINE_MAX_CHARS), now)
        except NotSaved as fault:
            return _page(here, wrong=(word_id, fault.errors["reason"])), 422
    else:
        done = services.take_back(word_id, member.id, now)
    if not done:
        abort(404)
    db.session.commit()
    flash(_("It does not stand here any more."), "good")
    return goto(_at(here))


@blueprint.get("/<slug>/apply")
@member_required
def ask(slug: str) -> Any:
    return _ask(_found(slug))


@blueprint.post("/<slug>/apply")
@member_required
@limited("role-apply", times=30)
def apply(slug: str) -> Any:
    here = _found(slug)
    try:
        applying.apply(here.role.id, signed_in(), words_in("words", rules.WORD_MAX_CHARS), clock.utcnow())
    except (NotSaved, TooLate) as fault:
        db.session.rollback()
        said = fault.errors["words"] if isinstance(fault, NotSaved) else ""
        return _ask(_found(slug), said, str(fault) if not said else ""), 422 if said else 409
    db.session.commit()
    flash(_("Thank you for offering. A person reads it, and you hear what comes of it."), "good")
    return goto(url_for(".ask", slug=slug))


@blueprint.post("/<slug>/apply/back")
@member_required
def withdraw(slug: str) -> Any:
    if applying.withdraw(_found(slug).role.id, signed_in().id):
        flash(_("Taken back. Nobody decides about it any more."), "good")
    db.session.commit()
    return goto(url_for(".ask", slug=slug))


def words_in(name: str, limit: int) -> str:
    """Raises NotSaved."""
    try:
        typed = clean_text(request.form.get(name, "").replace("\r\n", "\n"), "text", limit)
    except BadReport:
        raise NotSaved({name: _("Up to %(max)s characters fit. It is all still here.", max=limit)}) from None
    if not typed:
        raise NotSaved({name: _("A few words, please.")})
    return typed


def section_words() -> dict[str, str]:
    return {"title": _("Its name"), "purpose": _("What it is for"), "duties": _("What is to be done"),
            "rights": _("What it may do"), "ask": _("Who to ask"), "elsewhere": _("If it is not for you")}  # fmt: skip


def _number(name: str, values: Any = None) -> int | None:
    typed = (request.args if values is None else values).get(name, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 7 else None


def _found(slug: str, number: int | None = None) -> Reading:
    """What the reader may not read yet and what there is not look the same."""
    return queries.reading(slug, current_member(), clock.utcnow(), number) or abort(404)


def _at(here: Reading) -> str:
    return url_for(".show", slug=here.role.slug, version=None if here.here == here.versions[0] else here.here.number) + "#words"


def _page(here: Reading, error: str = "", typed: str = "", wrong: tuple[int, str] = (0, "")) -> str:
    viewer = current_member()
    said = queries.words(here.here.id, viewer, request.args.get("after")) if viewer else Page([], None)
    more = url_for(".show", slug=here.role.slug, version=here.here.number, after=said.next_cursor) if said.next_cursor else ""
    early = holding.named(here.here.first_for) if here.here.is_early and here.here.first_for else ""
    return render_template(
        "roles/show.html", here=here, said=said.items, more=more, early=early, rule=entering.rule_words(here.entry),
        quest=entering.quest_of(here.entry), sections=section_words(), limits=LIMITS, error=error, typed=typed, wrong=wrong,
    )  # fmt: skip


def _ask(here: Reading, error: str = "", refused: str = "") -> Any:
    now: datetime = clock.utcnow()
    page = render_template(
        "roles/apply.html", here=here, own=queries.own_application(here.role.id, signed_in().id), error=error, refused=refused,
        standing=entering.standing(here.entry, signed_in().id, now), typed=request.form.get("words", ""), limits=LIMITS,
    )  # fmt: skip
    answer = make_response(page)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
