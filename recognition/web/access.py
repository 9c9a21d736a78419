"""Marks on views that say who may call them. A view without a mark is refused, and a test finds it."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request

View = TypeVar("View", bound=Callable[..., Any])
MARK = "_access"
WELCOME = "_welcome"
"""Where a public view of the API keeps the scope with which a token sees more."""
UNMARKED_OK = {"static"}


def mark(view: View, rule: str) -> View:
    setattr(view, MARK, rule)
    return view


def public(view: View) -> View:
    """Anybody. What they see of it is decided where it is read."""
    return mark(view, "public")


def program(view: View) -> View:
    """Programs, from wherever they stand: no cookie counts, the view knows its caller by what was sent, or needs not."""
    return mark(view, "program")


def install(app: Flask) -> None:
    @app.before_request
    def refuse_unmarked() -> None:
        if request.endpoint is None or request.endpoint in UNMARKED_OK:
            return
        if not hasattr(current_app.view_functions[request.endpoint], MARK):
            abort(403)
