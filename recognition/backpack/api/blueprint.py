"""One blueprint for the interface; `rooms.py` fills it. Every error of it has the standard's own shape."""

from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request

from recognition.extensions import csrf

PREFIX = "/ims/ob/v3p0"
MINOR = {
    400: "invalid_data", 401: "unauthorizedrequest", 403: "forbidden", 404: "not_found", 405: "not_allowed",
    406: "not_acceptable", 413: "invalid_data", 415: "invalid_data", 422: "invalid_data",
    429: "server_busy", 503: "server_busy", 507: "server_busy",
}  # fmt: skip

blueprint = Blueprint("open_badges_api", __name__, url_prefix=PREFIX)
# No cookie counts here: every view but the public one demands a token, which no other site can send.
csrf.exempt(blueprint)


def install(app: Flask) -> None:
    app.extensions["error_shapes"][PREFIX] = lambda status, _title, message: failure(status, message)


def failure(status: int, words: str, minor: str = "") -> Response:
    """Imsx_StatusInfo. `minor`: one of the standard's list, where the status alone does not tell it."""
    code = minor or MINOR.get(status, "internal_server_error" if status >= 500 else "unknown")
    response = jsonify(
        imsx_codeMajor="unsupported" if status == 405 else "failure",
        imsx_severity="error",
        imsx_description=words,
        imsx_codeMinor={"imsx_codeMinorField": [{"imsx_codeMinorFieldName": "recognition", "imsx_codeMinorFieldValue": code}]},
    )
    response.status_code = status
    return response


@blueprint.after_request
def for_programs(response: Response) -> Response:
    """What is answered here belongs to one member; a program that runs in a browser may read it if it has their token."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Link, Retry-After, WWW-Authenticate, X-Total-Count"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(response.allow))
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def said(value: Any) -> str:
    """A field's name from a stranger's document, short enough to be told back."""
    return str(value)[:60]
