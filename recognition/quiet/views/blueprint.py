"""Where the rooms of this package hang their pages."""

from typing import Any

from flask import Blueprint, make_response

blueprint = Blueprint("quiet", __name__)


def personal(page: str, status: int = 200) -> Any:
    """For one person's eyes: no copy stays, and no other site hears of the address. Not `no-referrer`: a browser would then
    send the form from Origin: null."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
