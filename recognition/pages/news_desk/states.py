"""Send it now or later, stop it, put it right, take it back; each is asked about once, with what follows from it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.activities.rules import BadReport, clean_text
from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.news.models import DRAFT, OUT
from recognition.news.rules import NOTE_MAX, WrongState, is_short_notice
from recognition.news.services import moving, telling
from recognition.news.texts import told
from recognition.pages.news_desk import forms
from recognition.pages.news_desk.blueprint import PRIVATE, announcement_or_404, blueprint, council_only
from recognition.pages.news_desk.editing import Errors, rows
from recognition.pages.news_desk.record import channel_names
from recognition.pages.news_desk.sketch import reach_of
from recognition.web.htmx import goto
from recognition.web.limits import limited
from recognition.web.templating import markdown


@blueprint.get("/<slug>/send")
@council_only
def ask_send(slug: str) -> Any:
    one = announcement_or_404(slug)
    if one.state != DRAFT:
        return goto(url_for(".record", slug=slug))
    at = forms.moment_of(request.args.get("at", ""))
    late = is_short_notice(one.about_at, at or moment(), one.lead_days)
    page = render_template(
        "council/news_send.html", one=one, at=at, at_text=request.args.get("at", "") if at else "", reach=reach_of(one),
        names=channel_names(one), is_late=late, title=one.texts[0].title,
    )  # fmt: skip
    return page, 200, PRIVATE


@blueprint.post("/<slug>/send")
@council_only
@limited("news-send", times=30)
def send(slug: str) -> Any:
    at = forms.moment_of(request.form.get("at", ""))
    try:
        moving.plan(slug, at or moment(), signed_in().id)
    except WrongState:
        return _somebody_did(slug)
    db.session.commit()
    flash(_("It is planned, and goes out by itself.") if at and at > moment() else _("It is on its way."), "good")
    return goto(url_for(".record", slug=slug))


def _somebody_did(slug: str) -> Any:
    db.session.rollback()
    flash(_("Somebody was quicker: here is how it stands now."), "care")
    return goto(url_for(".record", slug=slug))


@blueprint.post("/<slug>/stop")
@council_only
def stop(slug: str) -> Any:
    try:
        one = moving.stop(slug, signed_in().id)
    except WrongState:
        return _somebody_did(slug)
    is_draft = one.state == DRAFT
    db.session.commit()
    flash(_("It is a draft again. Nothing left the house.") if is_draft else _("What had not left yet stays here."), "good")
    return goto(url_for(".record", slug=slug))


@blueprint.post("/<slug>/channels/<channel>/again")
@council_only
@limited("news-send", times=30)
def again(slug: str, channel: str) -> Any:
    done = moving.send_again(slug, channel, moment(), signed_in().id)
    db.session.commit()
    flash(_("It goes there once more.") if done else _("It is on its way already."), "good" if done else "care")
    return goto(url_for(".record", slug=slug, _anchor="ways"))


@blueprint.post("/<slug>/channels/<channel>/there")
@council_only
def there(slug: str, channel: str) -> Any:
    try:
        done = moving.found_there(slug, channel, moment(), signed_in().id)
    except WrongState:
        return _somebody_did(slug)
    db.session.commit()
    flash(_("Good: it counts as told there.") if done else _("Somebody was quicker: here is how it stands now."), "good")
    return goto(url_for(".record", slug=slug, _anchor="ways"))


@blueprint.post("/<slug>/to-me")
@council_only
@limited("news-mail", times=10, seconds=600)
def to_me(slug: str) -> Any:
    one = announcement_or_404(slug)
    telling.preview(one, signed_in().id, moment())
    db.session.commit()
    flash(_("It is among your notices, and goes to your mailbox as a mail of yours would."), "good")
    return goto(url_for(".record", slug=slug))


@blueprint.get("/<slug>/mail")
@council_only
def as_mail(slug: str) -> Any:
    """The whole text as it leaves the house, in each of its languages."""
    one = announcement_or_404(slug)
    said = [told(one, text.language) for text in one.texts]
    shown = [(each.language, each.title, markdown(each.markdown)) for each in said]
    return render_template("council/news_mail.html", one=one, said=shown), 200, PRIVATE


@blueprint.get("/<slug>/correct")
@council_only
def ask_correct(slug: str) -> Any:
    one = announcement_or_404(slug)
    if one.state != OUT:
        return goto(url_for(".record", slug=slug))
    return _correct_page(slug, forms.stored(one), "", {})


@blueprint.post("/<slug>/correct")
@council_only
@limited("news-send", times=30)
def correct(slug: str) -> Any:
    one = announcement_or_404(slug)
    seen_at, draft, errors = one.changed_at, forms.sent(request.form), dict[str, str]()
    if request.form.get("then") == "add-text":
        return _correct_page(slug, draft, request.form.get("note", ""), {}, more="texts")
    texts = forms.texts(draft, errors)
    note = _words(request.form.get("note", ""), "note", errors)
    if draft.values["seen"] != forms.seen_of(one):
        errors["note"] = str(_("Somebody corrected it while you wrote. Yours is still here; send it again to put it first."))
        draft = replace(draft, values={**draft.values, "seen": forms.seen_of(one)})
    if errors:
        return _correct_page(slug, draft, request.form.get("note", ""), errors)
    try:
        moving.correct(slug, texts, note, moment(), signed_in().id, seen_at)
    except WrongState:
        return _somebody_did(slug)
    db.session.commit()
    flash(_("It is corrected, here and where it could be changed. Its page says so."), "good")
    return goto(url_for(".record", slug=slug))


def _correct_page(slug: str, draft: forms.Written, note: str, errors: Mapping[str, str], more: str = "") -> Any:
    page = render_template(
        "council/news_correct.html", one=announcement_or_404(slug), draft=draft, values=draft.values, rows=rows(draft, more),
        note=note, errors=Errors(errors), note_max=NOTE_MAX,
    )  # fmt: skip
    return page, 422 if errors else 200, PRIVATE


@blueprint.get("/<slug>/withdraw")
@council_only
def ask_withdraw(slug: str) -> Any:
    one = announcement_or_404(slug)
    return _withdraw_page(slug, "", "") if one.state == OUT else goto(url_for(".record", slug=slug))


@blueprint.post("/<slug>/withdraw")
@council_only
def withdraw(slug: str) -> Any:
    errors: dict[str, str] = {}
    reason = _words(request.form.get("reason", ""), "reason", errors)
    if errors:
        return _withdraw_page(slug, request.form.get("reason", ""), errors["reason"])
    try:
        moving.withdraw(slug, reason, moment(), signed_in().id)
    except WrongState:
        return _somebody_did(slug)
    db.session.commit()
    flash(_("It is withdrawn. Its page says why."), "good")
    return goto(url_for(".record", slug=slug))


def _withdraw_page(slug: str, reason: str, error: str) -> Any:
    page = render_template(
        "council/news_withdraw.html", one=announcement_or_404(slug), reason=reason, error=error, reason_max=NOTE_MAX
    )
    return page, 422 if error else 200, PRIVATE


def _words(text: str, name: str, errors: dict[str, str]) -> str:
    try:
        clean = clean_text(text.replace("\r\n", "\n"), name, NOTE_MAX)
    except BadReport:
        errors[name] = str(_("At most %(most)s signs, please, all of which can be seen.", most=NOTE_MAX))
        return ""
    if not clean:
        errors[name] = str(_("A sentence, please: everybody reads it."))
    return clean
