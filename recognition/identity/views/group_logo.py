"""The picture of a group: brought by whoever looks after it, seen by everybody."""

from typing import Any

import sqlalchemy as sa
from flask import Flask, flash, request, url_for
from flask_babel import gettext as _

from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.identity.models import Group
from recognition.identity.services import groups as services
from recognition.identity.views.blueprint import blueprint
from recognition.identity.views.groups import curated, form_of, form_page
from recognition.identity.words import BadText, clean
from recognition.media import services as media
from recognition.media.models import Media
from recognition.media.rules import MAX_BYTES, PIN, BadPicture
from recognition.web.htmx import goto
from recognition.web.limits import limited

ALT_MAX = 200


def install(app: Flask) -> None:
    app.extensions["media_guards"] = [*app.extensions.get("media_guards", []), shows]


def shows(picture: Media) -> bool:
    """A guard of `/media/`: groups are public, and so is what they look like."""
    return picture.owner_id is None and bool(db.session.scalar(sa.select(sa.exists().where(Group.logo_id == picture.id))))


@blueprint.get("/groups/<slug>/logo")
@member_required
def group_logo(slug: str) -> Any:
    """A refused picture leaves this address in the browser's bar."""
    return goto(url_for("identity.group_edit", slug=slug))


@blueprint.post("/groups/<slug>/logo")
@member_required
@limited("group_logo", 60, 3600)
def group_logo_save(slug: str) -> Any:
    curated(slug)
    file = request.files.get("picture")
    upload = file.stream.read(MAX_BYTES + 1) if file else b""
    db.session.rollback()  # opening a file may take seconds: no transaction waits for it
    try:
        alt = _alt()
        prepared = media.prepare_picture(upload, PIN) if file and file.filename else None
    except BadText as bad:
        return _again(slug, {"alt": str(bad)}, 422)
    except BadPicture as bad:
        return _again(slug, {"picture": str(bad)}, bad.status)
    if prepared is None:
        return _again(slug, {"picture": _("Choose a picture first.")}, 422)
    services.set_logo(curated(slug), prepared, alt, signed_in())
    db.session.commit()
    flash(_("A good picture. It is shown from now on."), "good")
    return goto(url_for("identity.group", slug=slug))


@blueprint.post("/groups/<slug>/logo/remove")
@member_required
def group_logo_remove(slug: str) -> Any:
    services.set_logo(curated(slug), None, "", signed_in())
    db.session.commit()
    flash(_("The picture is gone."), "good")
    return goto(url_for("identity.group_edit", slug=slug))


def _alt() -> str:
    """Raises BadText."""
    alt = clean(request.form.get("alt", ""), ALT_MAX)
    if not alt:
        raise BadText(_("What is on it? A few words, at most 200 letters, for those who cannot see it."))
    return alt


def _again(slug: str, errors: dict[str, str], status: int) -> Any:
    db.session.rollback()
    group = curated(slug)
    return form_page(form_of(group), errors, group, status)
