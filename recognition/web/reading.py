"""Requests that change nothing do not take the one writer's place on SQLite."""

from flask import Flask, g, request

from recognition import extensions
from recognition.extensions import db

SAFE = {"GET", "HEAD", "OPTIONS"}


def install(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        g.reading = extensions.reading.set(request.method in SAFE)

    @app.teardown_request
    def end(_fault: BaseException | None) -> None:
        token = g.pop("reading", None)
        if token is not None:
            extensions.reading.reset(token)


def start_writing() -> None:
    """For the rare safe request that has to write (a sign-in's return from the issuer): begin again as a writer."""
    db.session.rollback()
    extensions.reading.set(False)
