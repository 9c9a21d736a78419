"""A quest out as a file, and in again as a draft."""

from typing import Any

import sqlalchemy as sa
from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.media import services as media
from recognition.media.models import Media
from recognition.media.rules import WHOLE, BadPicture
from recognition.media.services import Prepared
from recognition.pages.quest_studio import starting
from recognition.pages.quest_studio.blueprint import blueprint, council_only, quest_or_404
from recognition.parcels import BadParcel
from recognition.quests import drafts, parcel
from recognition.quests.drafts import Draft
from recognition.quests.models import Quest
from recognition.quests.parcel import FILE_BYTES_MAX, Parcel
from recognition.quests.services.drafting import DraftMoved, begin, draft_of, keep
from recognition.web.htmx import goto
from recognition.web.limits import limited


@blueprint.get("/<slug>/file.zip")
@council_only
@limited("quest_file", 60, 3600)
def file(slug: str) -> Any:
    """What lies on the bench, once it is whole."""
    quest = quest_or_404(slug)
    draft = draft_of(quest)
    if drafts.faults(draft):
        flash(_("Something is still missing in it; a file of it can be made once it is whole."), "care")
        return goto(url_for(".show", slug=slug))
    response = Response(parcel.pack(draft, _content), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _content(key: str) -> bytes | None:
    """Only pictures of the house: what belongs to a person never leaves with a quest."""
    found: Media | None = db.session.scalar(sa.select(Media).where(Media.key == key, Media.owner_id.is_(None)))
    if found is None:
        return None
    with media.store().open(found.content_hash) as picture:
        content: bytes = picture.read()
    return content


@blueprint.get("/new/file")
@council_only
def bring() -> Any:
    """A refused file leaves this address in the browser's bar."""
    return goto(url_for(".new"))


@blueprint.post("/new/file")
@council_only
@limited("quest_upload", 30, 3600)
def take_in() -> Any:
    sent = request.files.get("file")
    content = sent.stream.read(FILE_BYTES_MAX + 1) if sent else b""
    db.session.rollback()  # opening pictures may take seconds: no transaction waits for it
    try:
        if not content:
            raise BadParcel(_("Choose a file first."))
        found = parcel.unpack(content)
        prepared = {name: media.prepare_picture(one, WHOLE) for name, one in found.pictures.items()}
    except (BadParcel, BadPicture) as bad:
        said = str(bad)
        return _refused(said[:1].upper() + said[1:].rstrip(".") + ".")
    known = db.session.scalar(sa.select(Quest).where(Quest.slug == found.draft["slug"]))
    draft = _with_pictures(found, prepared)
    if known is not None and request.form.get("onto"):
        return _onto(known, draft)
    slug = begin(draft, signed_in().id, clock.utcnow()).slug
    db.session.commit()
    flash(_("It lies on the bench as a draft. Walk it once before you publish."), "good")
    return goto(url_for(".show", slug=slug))


def _onto(quest: Quest, draft: Draft) -> Any:
    """On the bench of the quest that has its address, where nothing lies yet."""
    slug = quest.slug
    if quest.draft is not None:
        db.session.rollback()
        return _refused(
            _("A draft of this quest lies on the bench already. Publish or drop it first, or bring this as a new quest.")
        )
    try:
        keep(quest, draft, quest.draft_number, signed_in().id)
    except DraftMoved:
        db.session.rollback()
        return _refused(_("Somebody began a draft of this quest a moment ago. Have a look at it first."))
    db.session.commit()
    flash(_("It lies on the bench as a draft; what is out stays until you publish."), "good")
    return goto(url_for(".show", slug=slug))


def _with_pictures(found: Parcel, prepared: dict[str, Prepared]) -> Draft:
    addresses = {name: f"/media/{media.keep_picture(one, None).key}" for name, one in prepared.items()}
    return parcel.with_addresses(found.draft, addresses)


def _refused(said: str) -> Any:
    return starting.page({"title": "", "from": "empty", "copy": ""}, {"file": said}), 422
