"""Publish a quest, let it rest, open it again, or drop a draft; each is asked about, with what follows from it."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.quest_studio import telling, ways
from recognition.pages.quest_studio.blueprint import blueprint, council_only, quest_or_404, seen_number
from recognition.quests import compare, drafts
from recognition.quests.models import Quest
from recognition.quests.rules import only_words_differ
from recognition.quests.services import drafting
from recognition.quests.services.drafting import DRAFT, PUBLISHED, RETIRED, DraftMoved, WrongState
from recognition.quests.services.publishing import NotOnlyWords
from recognition.quests.sheet_data import as_data
from recognition.quests.sheet_values import BadSheet
from recognition.web.errors import conflict
from recognition.web.htmx import goto

NOTE_MAX = 500
VERSION, WORDS = "version", "words"


@blueprint.get("/<slug>/publish")
@council_only
def ask_publish(slug: str) -> Any:
    quest = quest_or_404(slug)
    return _publish_page(quest) if quest.draft is not None else goto(url_for(".show", slug=slug))


@blueprint.post("/<slug>/publish")
@council_only
def publish(slug: str) -> Any:
    quest, note = quest_or_404(slug), request.form.get("note", "").strip()
    if quest.draft is None:
        return goto(url_for(".show", slug=slug))
    if len(note) > NOTE_MAX or "\x00" in note:
        return _publish_page(quest, note, error=_("At most 500 characters, please.")), 422
    if ways.hindrances(quest.slug, dict(quest.draft)):
        return _publish_page(quest, note), 422
    words_only = request.form.get("how") == WORDS
    try:
        drafting.bring_out(quest, seen_number(), note, words_only, clock.utcnow(), signed_in().id)
    except (DraftMoved, BadSheet):
        db.session.rollback()
        return _publish_page(quest_or_404(slug), note, is_late=True), 409
    except NotOnlyWords:
        db.session.rollback()
        said = _("More than words differs: somebody in the middle would meet other questions. It needs a new version.")
        return _publish_page(quest_or_404(slug), note, error=said), 422
    db.session.commit()
    flash(_("It is out. Whoever begins from now on walks it like this."), "good")
    return goto(url_for(".show", slug=slug))


def _publish_page(quest: Quest, note: str = "", error: str = "", is_late: bool = False) -> str:
    draft = dict(quest.draft or {})
    is_first = quest.state == DRAFT
    stored = {} if is_first else as_data(quest, bodies=True)
    told = [] if is_first else telling.changes(compare.changes(stored, draft))
    todo = ways.hindrances(quest.slug, draft)
    wanted = as_data(drafts.checked(draft), bodies=True) if not drafts.faults(draft) else {"steps": []}
    same_steps = not is_first and stored["steps"] == wanted["steps"]
    may_reword = not is_first and not todo and not same_steps and only_words_differ(stored["steps"], wanted["steps"])
    return render_template("council/quest_publish.html", quest=quest, draft=draft, changes=told, todo=todo, note=note,
                           error=error, is_first=is_first, same_steps=same_steps, may_reword=may_reword, is_late=is_late,
                           opens=ways.opens_words(draft))  # fmt: skip


@blueprint.get("/<slug>/<any(retire, reopen):move>")
@council_only
def ask_state(slug: str, move: str) -> Any:
    quest = quest_or_404(slug)
    if quest.state != {"retire": PUBLISHED, "reopen": RETIRED}[move]:
        return goto(url_for(".show", slug=slug))
    return render_template("council/quest_state.html", quest=quest, move=move, needed_by=ways.needed_by(slug))


@blueprint.post("/<slug>/<any(retire, reopen):move>")
@council_only
def change_state(slug: str, move: str) -> Any:
    quest = quest_or_404(slug)
    try:
        {"retire": drafting.retire, "reopen": drafting.reopen}[move](quest, signed_in().id)
    except WrongState:
        db.session.rollback()
        return conflict(_("Somebody was quicker: it is not there any more."), [(url_for(".show", slug=slug), _("To the quest"))])
    db.session.commit()
    flash(_("It rests.") if move == "retire" else _("It is open again."), "good")
    return goto(url_for(".show", slug=slug))


@blueprint.get("/<slug>/drop")
@council_only
def ask_drop(slug: str) -> Any:
    quest = quest_or_404(slug)
    return _drop_page(quest, is_second=False) if quest.draft is not None else goto(url_for(".show", slug=slug))


@blueprint.post("/<slug>/drop")
@council_only
def drop(slug: str) -> Any:
    """Asked twice: the first yes only brings the second question."""
    quest = quest_or_404(slug)
    if quest.draft is None:
        return goto(url_for(".show", slug=slug))
    if request.form.get("sure") != "twice":
        return _drop_page(quest, is_second=True)
    try:
        is_gone = drafting.drop(quest, seen_number(), signed_in().id)
    except DraftMoved:
        db.session.rollback()
        return _drop_page(quest_or_404(slug), is_second=False, is_late=True), 409
    db.session.commit()
    flash(_("The draft is gone."), "good")
    return goto(url_for(".index") if is_gone else url_for(".show", slug=slug))


def _drop_page(quest: Quest, *, is_second: bool, is_late: bool = False) -> str:
    return render_template("council/quest_drop.html", quest=quest, is_second=is_second, is_late=is_late,
                           is_all=quest.state == DRAFT)  # fmt: skip
