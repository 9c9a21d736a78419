"""Pictures by their random key, with the same privacy as the page that shows them."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, request

from recognition.extensions import db
from recognition.media import services
from recognition.media.models import Media, MediaSize
from recognition.web.access import public

blueprint = Blueprint("media", __name__)
MAX_SIDE_PX = 20_000
CSP = "default-src 'none'; sandbox; frame-ancestors 'none'"


@blueprint.get("/media/<key>")
@public
def show(key: str) -> Any:
    media = _media(key)
    return _send(media, media.content_hash)


@blueprint.get("/media/<key>/small")
@public
def small(key: str) -> Any:
    media = _media(key)
    return _send(media, media.small_hash)


@blueprint.get("/media/<key>/<int:width>")
@public
def sized(key: str, width: int) -> Any:
    media = _media(key)
    size = db.session.get(MediaSize, (media.id, width)) if width < MAX_SIDE_PX else None
    return _send(media, size.content_hash) if size else abort(404)


def _media(key: str) -> Media:
    """`app.extensions["media_guards"]` holds functions (media) -> bool; one of them must know a reason to show it."""
    wanted = sa.select(Media).where(Media.key == key)
    media: Media | None = db.session.scalar(wanted) if len(key) <= 43 and key.isascii() else None
    if media is None or not any(shows(media) for shows in current_app.extensions["media_guards"]):
        abort(404)
    return media


def _send(media: Media, content_hash: str) -> Response:
    response = Response(mimetype=media.mime)
    response.set_etag(content_hash)
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Content-Disposition"] = "inline"
    # The key changes with the picture, and who may see it can change: only the reader's own browser keeps it.
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.make_conditional(request)
    if response.status_code != 304:
        try:
            with services.store().open(content_hash) as file:
                response.set_data(file.read())
        except FileNotFoundError:
            abort(404)
    return response
