"""Pictures among the words of a quest: brought by the council, seen by whoever may read the words."""

from typing import Any

import sqlalchemy as sa
from flask import Flask, request, url_for
from flask_babel import gettext as _

from recognition.extensions import db
from recognition.identity.access import current_member
from recognition.media import services as media
from recognition.media.models import Media
from recognition.media.rules import MAX_BYTES, WHOLE, BadPicture
from recognition.pages.quest_studio import stepping
from recognition.pages.quest_studio.blueprint import blueprint, council_only, quest_or_404
from recognition.pages.quest_studio.stepping import At
from recognition.quests.models import READ, Quest, QuestText, Step
from recognition.tongues import READY
from recognition.web import illustrated
from recognition.web.htmx import goto
from recognition.web.limits import limited

ALT_MAX = 200


def install(app: Flask) -> None:
    app.extensions["media_guards"] = [*app.extensions.get("media_guards", []), shows]


def shows(picture: Media) -> bool:
    """One of the house, in words that are out, in any language; or on the bench, for the council. Quests are few, so their
    words are searched."""
    if picture.owner_id is not None:
        return False
    address = f"/media/{picture.key}"
    out = sa.select(Step.id).join(Quest, Quest.id == Step.quest_id)
    if db.session.scalar(out.where(Quest.state != "draft", Step.body.contains(address, autoescape=True)).limit(1)):
        return True
    told = sa.select(QuestText.quest_id).where(sa.cast(QuestText.words, sa.Text).contains(address, autoescape=True)).limit(1)
    ready = told.join(Quest, Quest.id == QuestText.quest_id).where(Quest.state != "draft", QuestText.state == READY)
    if db.session.scalar(ready) is not None:
        return True
    viewer = current_member()
    if viewer is None or not viewer.roles & {"council", "admin"}:
        return False
    drafted = sa.select(Quest.id).where(sa.cast(Quest.draft, sa.Text).contains(address, autoescape=True)).limit(1)
    return db.session.scalar(drafted) is not None or db.session.scalar(told) is not None


@blueprint.get("/<slug>/steps/<step>/picture")
@council_only
def picture(slug: str, step: str) -> Any:
    """A refused picture leaves this address in the browser's bar."""
    return goto(url_for(".edit_step", slug=slug, step=step))


@blueprint.post("/<slug>/steps/<step>/picture")
@council_only
@limited("quest_picture", 60, 3600)
def put_picture(slug: str, step: str) -> Any:
    """The words as they were sent, with one line more."""
    file, alt = request.files.get("picture"), " ".join(request.form.get("alt", "").split())
    upload = file.stream.read(MAX_BYTES + 1) if file else b""
    db.session.rollback()  # opening a file may take seconds: no transaction waits for it
    try:
        if not alt or len(alt) > ALT_MAX or "\x00" in alt:
            raise BadPicture("alt")
        prepared = media.prepare_picture(upload, WHOLE) if file and file.filename else None
        if prepared is None:
            raise BadPicture(_("Choose a picture first."))
    except BadPicture as bad:
        db.session.rollback()
        return _refused(slug, step, bad)
    quest = quest_or_404(slug)
    stored = stepping.stored_step(quest, step)
    here = stepping.sent(stored, step)
    if here["kind"] != READ:
        db.session.rollback()
        return goto(url_for(".edit_step", slug=slug, step=step))
    kept = media.keep_picture(prepared, None)
    # The words may come back, because somebody else changed them; what they name has to be there when they are kept after all.
    db.session.commit()
    line = illustrated.line(f"/media/{kept.key}", alt, kept.width_px, kept.height_px)
    here["body"] = f"{here['body']}\n\n{line}".strip()
    return stepping.save(quest, stored, here, request.form.get("seen", ""), "keep")


def _refused(slug: str, step: str, bad: BadPicture) -> Any:
    quest = quest_or_404(slug)
    here = stepping.sent(stepping.stored_step(quest, step), step)
    said = {"alt": _("What is on it? A few words, at most 200 letters, for those who cannot see it.")}
    errors = said if str(bad) == "alt" else {"picture": str(bad)}
    return stepping.page(quest, here, request.form.get("seen", ""), At(errors=errors), status=bad.status)
