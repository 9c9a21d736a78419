"""For machines that watch this one: alive, and ready."""

import time
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, current_app
from flask_babel import gettext as _
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from recognition.extensions import db
from recognition.web.access import public

blueprint = Blueprint("health", __name__)


def install(app: Flask) -> None:
    @app.context_processor
    def note() -> dict[str, str | None]:
        """The word that every page carries while badges are late."""
        late = _("Badges come a little later just now. What you report is safe, and nothing gets lost.")
        return {"system_note": None if queue_answers() else late}


@blueprint.get("/healthz")
@public
def alive() -> Any:
    return {"status": "ok"}


@blueprint.get("/readyz")
@public
def ready() -> Any:
    """503 without the database; without the queue pages still work and reports are kept, so only a word is changed."""
    try:
        db.session.execute(sa.text("SELECT 1"))
    except SQLAlchemyError:
        return {"status": "unavailable", "database": "away", "queue": "unknown"}, 503
    return {"status": "ok", "database": "ok", "queue": "ok" if queue_answers() else "away"}


_asked: dict[str, Any] = {"at": 0.0, "answers": True}


def queue_answers(every_seconds: float = 3.0) -> bool:
    """Asked at most once in a while, so that a page does not wait for a doorbell that is broken."""
    now = time.monotonic()
    if now - _asked["at"] > every_seconds:
        _asked["at"] = now
        try:
            _asked["answers"] = bool(current_app.extensions["redis"].ping())
        except (RedisError, OSError):
            _asked["answers"] = False
    return bool(_asked["answers"])
