"""htmx-flask, imported once, with what it lacks (Vary, whole swap styles) added."""

from typing import Any

from flask import Response, redirect
from htmx_flask import Htmx, request
from htmx_flask import make_response as _make_response

htmx = Htmx()

__all__ = ["goto", "htmx", "request", "respond", "wants_fragment"]


def wants_fragment() -> bool:
    """True for a swap by htmx, unless it restores a page from history, which needs the page whole."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def respond(body: str, status: int = 200, **headers: Any) -> Response:
    """A page or fragment that one address serves in both forms. `headers` are htmx-flask's: trigger, push_url, ..."""
    response: Response = _make_response(body, status, **headers)
    response.vary.add("HX-Request")
    return response


def goto(url: str) -> Any:
    """After a success: see other. htmx follows by loading the page, so that the address is right in both cases."""
    if wants_fragment():
        response: Response = _make_response("", redirect=url)
        return response
    return redirect(url, 303)
