"""One blueprint for all pages of this package; `rooms.py` fills it."""

from flask import Blueprint, Flask

from recognition.backpack import queries, words
from recognition.backpack.policy import can_show
from recognition.identity.access import current_member
from recognition.media.models import Media

blueprint = Blueprint("backpack", __name__)


def install(app: Flask) -> None:
    app.jinja_env.globals |= {"standing_words": words.standing, "can_show_external": can_show}
    app.extensions["media_guards"] = [*app.extensions.get("media_guards", []), shows_picture]


def shows_picture(media: Media) -> bool:
    return queries.shows_picture(media, current_member())
