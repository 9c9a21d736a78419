"""Pictures by their random key, with the same privacy as the page that shows them."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, request

from recognition.extensions import db
from recognition.media import services
from recognition.media.models import Media
from recognition.web.access import public

blueprint = Blueprint("media", __name__)
CSP = "default-src 'none'; sandbox; frame-ancestors 'none'"


@blueprint.get("/media/<key>")
@public
def show(key: str) -> Any:
    return _send(key, small=False)


@blueprint.get("/media/<key>/small")
@public
def small(key: str) -> Any:
    return _send(key, small=True)


def _send(key: str, small: bool) -> Response:
    """`app.extensions["media_guards"]` holds functions (media) -> bool; one of them must know a reason to show it."""
    media = db.session.scalar(sa.select(Media).where(Media.key == key)) if len(key) <= 43 and key.isascii() else None
    if media is None or not any(shows(media) for shows in current_app.extensions["media_guards"]):
        abort(404)
    content_hash = media.small_hash if small else media.content_hash
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
