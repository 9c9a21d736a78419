"""An announcement on the desk: new or changed, with what its readers will see beside it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.activities.builder import words as rule_words
from recognition.activities.builder.cards import TooLarge
from recognition.activities.builder.moves import moved
from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.news import queries, words
from recognition.news.models import DRAFT, PLANNED, Announcement
from recognition.news.rules import GROUP, RECORDS_MAX, TEXTS_MAX, WrongState
from recognition.news.services import writing
from recognition.pages.badge_studio.choices import choices
from recognition.pages.news_desk import forms
from recognition.pages.news_desk.about import Subject, subject, subjects
from recognition.pages.news_desk.blueprint import announcement_or_404, blueprint, council_only
from recognition.pages.news_desk.forms import RULE, Written
from recognition.pages.news_desk.sketch import sketch
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited

MOVE = f"{RULE}-move"
ROWS = {"add-text": "texts", "add-decision": "decisions", "add-mention": "mentions"}


@blueprint.get("/new")
@council_only
def new() -> Any:
    about = subject(request.args.get("about", "")) if request.args.get("about") else None
    return page(check(forms.blank(about, [_begun(about)])), None, is_asked=False)


def _begun(about: Subject | None) -> dict[str, str]:
    """In words of its own the thing says what it is; the link leads there."""
    if about is None:
        return {"language": "en", "title": "", "body": ""}
    link = f"[{about.title}]({about.path})"
    return {"language": "en", "title": about.title, "body": f"{about.line}\n\n{link}".strip()}


@blueprint.post("/new")
@council_only
@limited("news-write", times=60)
def create() -> Any:
    return _save(None)


@blueprint.get("/<slug>/edit")
@council_only
def edit(slug: str) -> Any:
    one = announcement_or_404(slug)
    if one.state not in (DRAFT, PLANNED):
        return goto(url_for(".record", slug=slug))
    return page(check(forms.stored(one)), one, is_asked=False)


@blueprint.post("/<slug>/edit")
@council_only
@limited("news-write", times=60)
def change(slug: str) -> Any:
    return _save(announcement_or_404(slug))


def sent() -> Written:
    try:
        return forms.sent(request.form)
    except TooLarge:
        abort(413)


def check(draft: Written) -> Written:
    of_groups = queries.names_of_groups([one.removeprefix(GROUP) for one in draft.channels if one.startswith(GROUP)])
    return forms.checked(draft, [*(one.slug for one in queries.channels()), *(GROUP + slug for slug in of_groups)])


def after_button(draft: Written) -> tuple[Written, dict[str, str]] | None:
    """After a button that only changes the form, with where to go on and why nothing moved. None: no such button."""
    if request.form.get(MOVE):
        done = moved(draft.card, request.form[MOVE], RULE)
        return replace(draft, card=done.card), {"focus": done.focus, "fault": done.fault}
    then = request.form.get("then", "")
    if then == "fill":
        return _filled(draft), {}
    if then in ROWS:
        return draft, {"more": ROWS[then]}
    return (draft, {}) if then == "look" else None


def _filled(draft: Written) -> Written:
    """What nobody wrote yet is taken from the thing it is about."""
    about = subject(draft.values["about"])
    if about is None:
        return draft
    begun, first = _begun(about), draft.texts[0]
    filled = {name: text if text.strip() or name == "language" else begun[name] for name, text in first.items()}
    return replace(draft, texts=[filled, *draft.texts[1:]])


def _save(one: Announcement | None) -> Any:
    draft = sent()
    after = after_button(draft)
    if after is not None:
        return page(check(after[0]), one, is_asked=False, place=after[1])
    draft = check(draft)
    if one is not None and draft.values["seen"] != forms.seen_of(one):
        if one.state not in (DRAFT, PLANNED):
            abort(409, _("It went out meanwhile. What is out can be corrected, and everybody sees that it was."))
        mine = replace(draft, values={**draft.values, "seen": forms.seen_of(one)})
        return page(mine, one, status=409, is_asked=False, is_late=True)
    if draft.spec is None:
        return page(draft, one, status=422)
    now, actor_id = moment(), signed_in().id
    try:
        if one is None:
            one = writing.create(draft.spec, now, actor_id)
        else:
            writing.change(one, draft.spec, now, actor_id, draft.send_at)
    except WrongState:
        abort(409)
    return _saved(one, draft)


def _saved(one: Announcement, draft: Written) -> Any:
    slug, is_planned = one.slug, one.state == PLANNED
    db.session.commit()
    if request.form.get("then") == "send" and not is_planned:
        return goto(url_for(".ask_send", slug=slug, at=draft.values["send_at"] or None))
    flash(_("Saved. It still goes out as planned.") if is_planned else _("Kept as a draft. Only the council sees it."), "good")
    return goto(url_for(".record", slug=slug))


def page(
    draft: Written,
    one: Announcement | None,
    *,
    status: int = 200,
    is_asked: bool = True,
    is_late: bool = False,
    place: Mapping[str, str] | None = None,
) -> Any:
    """`is_asked` False: nobody wants to save it yet, so that what is missing stays out of the fields."""
    errors = draft.errors if is_asked else {}
    at = place or {}
    body = render_template(
        "council/news_form.html", draft=draft, values=draft.values, errors=Errors(errors), one=one, almost=bool(errors),
        is_late=is_late, rows=rows(draft, at.get("more", "")), sketch=sketch(draft), builder=builder_of(draft, errors, at),
        choices=choices(), rule_words=rule_words, subjects=subjects(moment()), sorts=list(words.sorts().items()),
        channels=channel_choices(), decision_states=list(words.decision_states().items()), urls=urls(one),
    )  # fmt: skip
    return respond(body, status)


def builder_of(draft: Written, errors: Mapping[str, str], at: Mapping[str, str]) -> dict[str, Any]:
    return {"card": draft.card, "name": RULE, "errors": dict(errors), "focus": at.get("focus", ""), "fault": at.get("fault", "")}


def rows(draft: Written, more: str) -> dict[str, list[Mapping[str, str]]]:
    """What was written, and an empty row where somebody asked for one more."""
    texts = [*draft.texts, *([{"language": "", "title": "", "body": ""}] if more == "texts" else [])]
    decisions = [*draft.decisions, *([dict.fromkeys(forms.OF_DECISION, "")] if more == "decisions" else [])]
    mentions = [*draft.mentions, *([dict.fromkeys(forms.OF_MENTION, "")] if more == "mentions" else [])]
    return {"texts": texts[:TEXTS_MAX], "decisions": decisions[:RECORDS_MAX], "mentions": mentions[:RECORDS_MAX]}


def channel_choices() -> list[tuple[str, str, str]]:
    """Members, each channel of the house, and each group that has a channel which is on."""
    (_house, own), *groups = queries.everybodys_channels(only_on=True)
    outside = [(one.slug, one.name, one.covers) for one in own]
    theirs = [(GROUP + group.slug, words.group_channels(group.name), words.listed(some)) for group, some in groups if group]
    return [words.members_channel(), *outside, *theirs]


def urls(one: Announcement | None) -> dict[str, str]:
    of = one.slug if one is not None else None
    return {"move": url_for(".move", of=of), "preview": url_for(".look", of=of)}


class Errors(dict[str, str]):
    """A field without a fault has no sentence."""

    def __missing__(self, _name: str) -> str:
        return ""


@blueprint.post("/<slug>/delete")
@council_only
def delete(slug: str) -> Any:
    """The second of two confirmations; the page that asks is the first."""
    one = announcement_or_404(slug)
    if request.form.get("sure") != slug:
        return goto(url_for(".ask_delete", slug=slug))
    try:
        writing.delete(one, signed_in().id)
    except WrongState:
        abort(409, _("It went out meanwhile. What is out can be withdrawn, with a reason."))
    db.session.commit()
    flash(_("The draft is gone."), "good")
    return goto(url_for(".index"))


@blueprint.get("/<slug>/delete")
@council_only
def ask_delete(slug: str) -> Any:
    one = announcement_or_404(slug)
    if one.state != DRAFT:
        return goto(url_for(".record", slug=slug))
    return render_template("council/news_delete.html", one=one)
