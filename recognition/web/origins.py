"""Which names we answer to, and whose pages may send us something: asked before any view, beside the token in each form."""

from urllib.parse import SplitResult, urlsplit

from flask import Flask, abort, current_app, request
from flask_babel import gettext as _

from recognition.config import LOOPBACK
from recognition.web.access import MARK
from recognition.web.reading import SAFE

PORTS = {"http": 80, "https": 443}
ASKED_BY_ANY_NAME = "health"
"""The blueprint that watching machines ask by whatever name or number they know; it says nothing about people."""


def install(app: Flask) -> None:
    home = urlsplit(app.extensions["settings"].base_url)
    is_local = home.hostname in LOOPBACK
    hosts = LOOPBACK if is_local else {home.hostname}

    @app.before_request
    def refuse_strange_names() -> None:
        """Werkzeug's own list of hosts knows no IPv6, and its refusal comes before there is a page to show."""
        if request.blueprint != ASKED_BY_ANY_NAME and _split(f"//{request.host}").hostname not in hosts:
            abort(400, _("This is not the address of this site."))

    @app.before_request
    def refuse_other_sites() -> None:
        """A program's token is sent by no browser on its own, so where the program stands does not matter."""
        if request.method in SAFE or _is_for_programs():
            return
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            abort(403)
        ours = [home, urlsplit(request.host_url)] if is_local else [home]
        origin = request.headers.get("Origin")
        if origin is not None and _origin(_split(origin)) not in map(_origin, ours):
            abort(403)


def _is_for_programs() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    rule = str(getattr(view, MARK, ""))
    return rule == "program" or rule.startswith("token:")


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or PORTS.get(url.scheme)


def _split(url: str) -> SplitResult:
    """An empty result for what is no address at all, such as the origin "null"."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return urlsplit("")
    return parts
