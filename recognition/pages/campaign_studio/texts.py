"""A campaign in other languages: the original beside the translation, each language with a state of its own."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.campaigns import translating
from recognition.campaigns.models import Campaign, CampaignText
from recognition.campaigns.texts import places
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages import translations
from recognition.pages.campaign_studio.blueprint import blueprint, campaign_or_404, council_only
from recognition.pages.translations import is_language, language_name
from recognition.tongues import DRAFT, READY, Overtaken, behind, stamp
from recognition.web.htmx import goto, respond


@blueprint.get("/<slug>/texts/")
@council_only
def texts(slug: str) -> Any:
    campaign = campaign_or_404(slug)
    code = request.args.get("language", "").strip()
    if is_language(code) and code != campaign.language:
        return goto(url_for(".text", slug=slug, language=code))
    return _list(campaign, code=code, error=translations.unknown() if code else "")


@blueprint.post("/<slug>/texts/")
@council_only
def speak(slug: str) -> Any:
    """In which language the campaign itself is written."""
    campaign, code = campaign_or_404(slug), request.form.get("original", "").strip()
    if not is_language(code):
        return _list(campaign, original=code, original_error=translations.unknown())
    translating.speak(campaign, code, signed_in().id)
    db.session.commit()
    flash(_("Saved."), "good")
    return goto(url_for(".texts", slug=slug))


def _list(campaign: Campaign, code: str = "", error: str = "", original: str = "", original_error: str = "") -> Any:
    there = [one for one in translating.texts_of(campaign) if one.language != campaign.language]
    page = render_template(
        "council/campaign_texts.html", campaign=campaign, tongues=translations.tongues(there, places(campaign)), code=code,
        error=error, original=original or campaign.language, original_error=original_error, name=language_name(campaign.language),
    )  # fmt: skip
    return respond(page, 422 if error or original_error else 200)


@blueprint.get("/<slug>/texts/<language>")
@council_only
def text(slug: str, language: str) -> Any:
    campaign = _translatable(slug, language)
    kept = _kept(campaign, language)
    return _page(campaign, language, kept, dict(kept.words) if kept else {}, stamp(kept))


@blueprint.post("/<slug>/texts/<language>")
@council_only
def keep_text(slug: str, language: str) -> Any:
    campaign = _translatable(slug, language)
    original = places(campaign)
    words, seen = translations.typed(original), request.form.get("seen", "")
    state = READY if request.form.get("state") == READY else DRAFT
    if fault := translations.fault(original, words, state):
        return _page(campaign, language, _kept(campaign, language), words, seen, error=fault, status=422)
    try:
        fits = translations.ticked(original)
        translating.translate(campaign, language, words, fits, state, seen, clock.utcnow(), signed_in().id)
    except Overtaken:
        db.session.rollback()
        campaign = campaign_or_404(slug)
        kept = _kept(campaign, language)
        return _page(campaign, language, kept, words, stamp(kept), error=translations.overtaken(), status=409)
    db.session.commit()
    flash(translations.kept_words(state), "good")
    return goto(url_for(".texts", slug=slug))


def _page(
    campaign: Campaign,
    language: str,
    kept: CampaignText | None,
    words: dict[str, str],
    seen: str,
    error: str = "",
    status: int = 200,
) -> Any:
    original = places(campaign)
    names = _names()
    body = render_template(
        "council/campaign_text.html", campaign=campaign, code=language, name=language_name(language), seen=seen, error=error,
        lines=translations.lines(original, kept, words, lambda place: (names[place], "")),
        late=len(behind(original, kept.words, kept.was)) if kept else 0, state=kept.state if kept else DRAFT,
    )  # fmt: skip
    return respond(body, status)


def _names() -> dict[str, str]:
    """What each text is called in the campaign's form."""
    return {
        "title": _("Its title"), "tagline": _("One line below it"), "why_now": _("Why now?"),
        "goal_sentence": _("The goal, in your words"), "body": _("The whole story"), "came_of_it": _("What came of it"),
        "contact": _("Whom to ask"),
    }  # fmt: skip


def _translatable(slug: str, language: str) -> Campaign:
    campaign = campaign_or_404(slug)
    return campaign if is_language(language) and language != campaign.language else abort(404)


def _kept(campaign: Campaign, language: str) -> CampaignText | None:
    return db.session.get(CampaignText, (campaign.id, language))
