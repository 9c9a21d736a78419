"""Refuses what no text column can hold, before any view sees it."""

from flask import Flask, abort, request

FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


def install(app: Flask) -> None:
    @app.before_request
    def refuse_nul() -> None:
        """JSON bodies are checked by whoever reads them."""
        texts = [request.path, *request.args.values(), *request.args]
        if request.mimetype in FORMS:
            texts += [*request.form, *(value for values in request.form.listvalues() for value in values)]
        if any("\x00" in text for text in texts):
            abort(400)
