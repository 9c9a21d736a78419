"""The API's own description at `/api/v1/openapi.json`."""

from typing import Any

from flask import Blueprint, Flask, current_app, jsonify

from recognition.identity.services.tokens import SCOPES
from recognition.web.access import public
from recognition.web.limits import limited
from recognition.web.openapi import Answer, Operation, described, document

blueprint = Blueprint("programs", __name__)

VERSION = "1"
DOCUMENT = Operation(
    "getDescription", "This document", {200: Answer("OpenAPI 3.1.", {"type": "object", "required": ["openapi", "paths"]})}
)


@blueprint.get("/api/v1/openapi.json")
@public
@limited("api-public", times=600)
@described(DOCUMENT)
def description() -> Any:
    settings = current_app.extensions["settings"]
    info = {
        "title": settings.site_name,
        "version": VERSION,
        "description": f"For people: {settings.base_url}/api/",
    }
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    response = jsonify(document(app, info, {scope: str(words) for scope, words in SCOPES.items()}))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
