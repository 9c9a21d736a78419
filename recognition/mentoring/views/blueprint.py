"""Where the rooms of this package hang their pages."""

from typing import Any

from flask import Blueprint, make_response

blueprint = Blueprint("mentoring", __name__)
MAX_ID = 2**53


def personal(page: str, status: int = 200) -> Any:
    """For one person's eyes: no copy stays."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
