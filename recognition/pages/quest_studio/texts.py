"""A quest in other languages: the original beside the translation, each language with a state of its own."""

from typing import Any

import sqlalchemy as sa
from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages import translations
from recognition.pages.quest_studio import telling
from recognition.pages.quest_studio.blueprint import blueprint, council_only, quest_or_404
from recognition.pages.translations import is_language, language_name
from recognition.quests.models import Quest, QuestText
from recognition.quests.services.drafting import DRAFT as NEVER_OUT
from recognition.quests.services.translating import translate
from recognition.quests.sheet_data import as_data
from recognition.quests.text_places import places
from recognition.tongues import DRAFT, LANGUAGES_MAX, READY, Overtaken, behind, stamp
from recognition.web.htmx import goto, respond


@blueprint.get("/<slug>/texts/")
@council_only
def texts(slug: str) -> Any:
    quest = _out_or_404(slug)
    wanted = sa.select(QuestText).where(QuestText.quest_id == quest.id).order_by(QuestText.language)
    there = translations.tongues(db.session.scalars(wanted.limit(LANGUAGES_MAX)), places(as_data(quest, bodies=True)))
    code = request.args.get("language", "").strip()
    if is_language(code) and code != quest.language:
        return goto(url_for(".text", slug=slug, language=code))
    error = translations.unknown() if code else ""
    page = render_template("council/quest_texts.html", quest=quest, tongues=there, code=code, error=error,
                           original=language_name(quest.language))  # fmt: skip
    return (page, 422) if error else page


@blueprint.get("/<slug>/texts/<language>")
@council_only
def text(slug: str, language: str) -> Any:
    quest = _translatable(slug, language)
    kept = db.session.get(QuestText, (quest.id, language))
    return _page(quest, language, kept, dict(kept.words) if kept else {}, stamp(kept))


@blueprint.post("/<slug>/texts/<language>")
@council_only
def keep_text(slug: str, language: str) -> Any:
    quest = _translatable(slug, language)
    original = places(as_data(quest, bodies=True))
    words, seen = translations.typed(original), request.form.get("seen", "")
    state = READY if request.form.get("state") == READY else DRAFT
    kept = db.session.get(QuestText, (quest.id, language))
    if fault := translations.fault(original, words, state):
        return _page(quest, language, kept, words, seen, error=fault, status=422)
    try:
        translate(quest, language, words, translations.ticked(original), state, seen, clock.utcnow(), signed_in().id)
    except Overtaken:
        db.session.rollback()
        quest = _out_or_404(slug)
        kept = db.session.get(QuestText, (quest.id, language))
        return _page(quest, language, kept, words, stamp(kept), error=translations.overtaken(), status=409)
    db.session.commit()
    flash(translations.kept_words(state), "good")
    return goto(url_for(".texts", slug=slug))


def _page(quest: Quest, language: str, kept: QuestText | None, words: dict[str, str], seen: str, error: str = "",
          status: int = 200) -> Any:  # fmt: skip
    sheet = as_data(quest, bodies=True)
    original = places(sheet)
    titles = {step["slug"]: str(step["title"]) for step in sheet["steps"]}
    body = render_template("council/quest_text.html", quest=quest, code=language, name=language_name(language),
                           lines=translations.lines(original, kept, words, lambda place: _named(place, titles)),
                           state=kept.state if kept else DRAFT, seen=seen, error=error,
                           late=len(behind(original, kept.words, kept.was)) if kept else 0)  # fmt: skip
    return respond(body, status)


def _named(place: str, titles: dict[str, str]) -> tuple[str, str]:
    parts = place.split(".")
    step = titles.get(parts[1], "") if parts[0] == "steps" else ""
    name = next((part for part in reversed(parts) if not part.isdigit()), place)
    shown = telling.names().get("ideas" if name == "ideas" else name, name)
    return {"ask": _("question"), "left": _("pair, left")}.get(name, shown), step


def _translatable(slug: str, language: str) -> Quest:
    quest = _out_or_404(slug)
    return quest if is_language(language) and language != quest.language else abort(404)


def _out_or_404(slug: str) -> Quest:
    """What was never out has no original that holds still."""
    quest = quest_or_404(slug)
    return quest if quest.state != NEVER_OUT else abort(404)
