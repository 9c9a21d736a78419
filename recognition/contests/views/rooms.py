"""Every page of contests hangs on the blueprint once its file is read."""

from flask import Flask

from recognition.contests.views import entering, gallery, index, jury, results, talk, voting
from recognition.contests.views.blueprint import blueprint
from recognition.contests.views.reading import shows_picture

__all__ = ["blueprint", "entering", "gallery", "index", "install", "jury", "results", "talk", "voting"]


def install(app: Flask) -> None:
    app.extensions["media_guards"] = [*app.extensions.get("media_guards", []), shows_picture]
