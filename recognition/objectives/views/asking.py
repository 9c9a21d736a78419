"""What members say to a plan, and the themes that the council makes of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities.rules import BadReport, clean_text
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.objectives import asking
from recognition.objectives.models import Objective
from recognition.objectives.rules import COMMENT_MAX_CHARS, BadObjective, WrongState, is_asking
from recognition.objectives.views.blueprint import blueprint, council_only, objective_or_404
from recognition.objectives.views.reading import page
from recognition.web.htmx import goto
from recognition.web.limits import limited

COMMENT = f"<int(max={2**53}):comment_id>"
THEME_MAX_CHARS, ANSWER_MAX_CHARS = 160, 4000
PRIVATE = {"Cache-Control": "private, no-store"}


@blueprint.post("/objectives/<slug>/ask")
@council_only
def ask(slug: str) -> Any:
    one, typed = objective_or_404(slug), request.form.get("until", "").strip()
    try:
        until = date.fromisoformat(typed)
    except ValueError:
        return page(one, {"until": _("Please give a day, such as 2026-12-01.")}, until=typed), 422
    try:
        least_days: int = current_app.extensions["settings"].plan_days
        asking.ask(one.id, until, signed_in().id, clock.utcnow(), least_days)
    except BadObjective as fault:
        db.session.rollback()
        return page(objective_or_404(slug), fault.errors, until=typed), 422
    except WrongState as refused:
        abort(409, str(refused))
    db.session.commit()
    flash(_("Members see it now, and can comment."), "good")
    return goto(url_for(".comments", slug=slug))


@blueprint.get("/objectives/<slug>/comments")
@member_required
def comments(slug: str) -> Any:
    return _comments(_asked(slug))


@blueprint.post("/objectives/<slug>/comments")
@member_required
@limited("plan-comment", times=30)
def comment(slug: str) -> Any:
    one, typed = _asked(slug), request.form.get("words", "")
    words = _clean(typed, COMMENT_MAX_CHARS)
    if not words:
        return _comments(
            one, {"words": _("What do you think? Up to %(max)s characters, please.", max=COMMENT_MAX_CHARS)}, typed
        ), 422
    try:
        asking.comment(one.id, signed_in().id, words, clock.utcnow())
    except WrongState as refused:
        db.session.rollback()
        return _comments(_asked(slug), {"words": str(refused)}, typed), 409
    db.session.commit()
    flash(_("Said. All members can read it. Thank you."), "good")
    return goto(url_for(".comments", slug=slug))


@blueprint.post(f"/objectives/<slug>/comments/{COMMENT}/back")
@member_required
def take_back(slug: str, comment_id: int) -> Any:
    if not asking.take_back(_asked(slug).id, comment_id, signed_in().id):
        abort(404)
    db.session.commit()
    flash(_("Taken back."), "good")
    return goto(url_for(".comments", slug=slug))


@blueprint.post(f"/objectives/<slug>/comments/{COMMENT}/down")
@council_only
def take_down(slug: str, comment_id: int) -> Any:
    one = _asked(slug)
    try:
        if not asking.take_down(one.id, comment_id, request.form.get("reason", ""), signed_in().id, clock.utcnow()):
            abort(409, _("It is gone, or it is your own and somebody else decides."))
    except BadObjective as fault:
        db.session.rollback()
        return _comments(_asked(slug), {f"{name}-{comment_id}": words for name, words in fault.errors.items()},
                         reason_typed=request.form.get("reason", "")), 422  # fmt: skip
    db.session.commit()
    flash(_("Taken down. Whoever said it hears why."), "good")
    return goto(url_for(".comments", slug=slug))


@blueprint.post("/objectives/<slug>/themes")
@council_only
def write_theme(slug: str) -> Any:
    one, typed = _asked(slug), request.form
    title, words = _clean(typed.get("title", ""), THEME_MAX_CHARS), _clean(typed.get("answer", ""), ANSWER_MAX_CHARS)
    number, seen = _number(typed.get("theme", "")), typed.get("seen", "")
    try:
        for name, clean, most in (("title", title, THEME_MAX_CHARS), ("answer", words, ANSWER_MAX_CHARS)):
            if typed.get(name, "").strip() and not clean:
                raise BadObjective({name: _("Up to %(max)s characters, please.", max=most)})
        asking.write_theme(one.id, number, " ".join(title.split()), words, signed_in().id, seen)
    except BadObjective as fault:
        db.session.rollback()
        theirs = {"theme": str(number), "title": typed.get("title", ""), "answer": typed.get("answer", "")}
        return _comments(_asked(slug), fault.errors, theme_typed=theirs), 422
    db.session.commit()
    flash(_("Saved."), "good")
    return goto(url_for(".comments", slug=slug, _anchor="themes"))


@blueprint.post("/objectives/<slug>/comments/sort")
@council_only
def sort(slug: str) -> Any:
    """Only what was chosen anew, so that two who sort at once do not undo each other."""
    one = _asked(slug)
    chosen = {
        _number(name.removeprefix("comment-")): _number(value) for name, value in request.form.items()
        if name.startswith("comment-") and value != request.form.get(f"was-{name.removeprefix('comment-')}", "")
    }  # fmt: skip
    asking.sort(one.id, dict(list(chosen.items())[: asking.PAGE_COMMENTS]), signed_in().id)
    db.session.commit()
    flash(_("Saved."), "good")
    return goto(url_for(".comments", slug=slug, after=request.form.get("after") or None))


def _comments(
    one: Objective,
    errors: Mapping[str, str] | None = None,
    typed: str = "",
    theme_typed: Mapping[str, str] | None = None,
    reason_typed: str = "",
) -> Any:
    viewer = signed_in()
    themes, number = asking.themes(one)
    theme = _number(request.args.get("theme", "")) or None
    found = asking.comments(one, viewer, request.args.get("after"), theme)
    older = url_for(".comments", slug=one.slug, theme=theme, after=found.next_cursor) if found.next_cursor else ""
    shown = render_template(
        "objectives/comments.html", one=one, themes=themes, number=number, comments=found.items, older=older, theme=theme,
        is_open=is_asking(one.state, one.comments_until, clock.utcnow().date()), typed=typed, words_max=COMMENT_MAX_CHARS,
        errors={"words": "", "title": "", "answer": "", **(errors or {})},
        after=request.args.get("after", ""), reason_typed=reason_typed,
        theme_typed=theme_typed or {"theme": "", "title": "", "answer": ""},
    )  # fmt: skip
    return shown if errors else (shown, 200, PRIVATE)


def _asked(slug: str) -> Objective:
    one = objective_or_404(slug)
    return one if one.comments_until is not None else abort(404)


def _clean(text: str, most: int) -> str:
    try:
        return clean_text(text.replace("\r\n", "\n").replace("\r", "\n"), "words", most)
    except BadReport:
        return ""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 16 else 0
