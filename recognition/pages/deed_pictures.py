"""The picture of a deed is seen by whoever may see the deed."""

from flask import Flask

from recognition.activities.queries import shows_picture
from recognition.identity.access import current_member
from recognition.media.models import Media


def install(app: Flask) -> None:
    app.extensions["media_guards"] = [*app.extensions.get("media_guards", []), shows]


def shows(media: Media) -> bool:
    return shows_picture(media.id, current_member())
