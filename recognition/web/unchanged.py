"""Public pages for guests: rendered once for each state of the database, and answered 304 to whoever has them.

One question tells whether anything was committed since: PostgreSQL's snapshot, or SQLite's data version as one
connection sees it. Nothing can be shown that the database would not show at that moment. The words for times ("2 hours
ago") may be as old as half a minute."""

import secrets
from collections import OrderedDict
from threading import Lock
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from sqlalchemy.exc import SQLAlchemyError

from recognition import clock
from recognition.database import is_postgresql
from recognition.extensions import db
from recognition.i18n import language
from recognition.web.access import MARK
from recognition.web.health import queue_answers

PAGES_KEPT = 256
SECONDS_A_WORD_LASTS = 30
MAX_ADDRESS_CHARS = 300

_pages: OrderedDict[Any, Response] = OrderedDict()
_no_pages: set[str] = set()
"""Endpoints seen to answer with something else: for pictures, health and programs nothing is asked."""
_lock = Lock()


def install(app: Flask) -> None:
    @app.before_request
    def answer_again() -> Any:
        if not _is_for_everybody():
            return None
        database = current_app.config["SQLALCHEMY_DATABASE_URI"]
        try:
            wanted = tuple(request.accept_languages.values())
            key = (database, request.full_path, language(), wanted, queue_answers(), _moment(), change_mark())
        except SQLAlchemyError:
            db.session.rollback()
            return None  # Without a database each view says so in its own way.
        with _lock:
            kept = _pages.get(key)
        if kept is None:
            g.page_key = key
            return None
        return _copy(kept).make_conditional(request)

    @app.after_request
    def keep(response: Response) -> Any:
        if "page_key" not in g or response.status_code != 200:
            return response
        if response.mimetype != "text/html":
            _no_pages.add(str(request.endpoint))
            return response
        # The session writes its cookie after this; a page made with one (a form's token) is for one person only.
        if session.modified or response.headers.getlist("Set-Cookie") or response.is_streamed:
            return response
        response.add_etag()
        response.vary.update(("Cookie", "Accept-Language"))
        with _lock:
            _pages[g.page_key] = _copy(response)
            while len(_pages) > PAGES_KEPT:
                _pages.popitem(last=False)
        return response.make_conditional(request)


def change_mark() -> tuple[Any, ...]:
    """Equal marks: nothing was committed in between. One query."""
    connection = db.session.connection()
    if is_postgresql():
        return (connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar(),)
    version = connection.exec_driver_sql("PRAGMA data_version").scalar()
    driver: Any = connection.connection.driver_connection
    # The version counts what other connections did, so it means something beside this connection only.
    own = connection.connection.info.setdefault("change_mark", secrets.token_hex(8))
    return (own, version, driver.total_changes)


def _is_for_everybody() -> bool:
    if request.method != "GET" or request.endpoint is None or request.endpoint in _no_pages:
        return False
    view = current_app.view_functions[request.endpoint]
    someone = request.cookies.get(current_app.config["SESSION_COOKIE_NAME"]) or "Authorization" in request.headers
    fragment = "HX-Request" in request.headers
    return getattr(view, MARK, "") == "public" and not someone and not fragment and len(request.full_path) < MAX_ADDRESS_CHARS


def _moment() -> int:
    return int(clock.utcnow().timestamp()) // SECONDS_A_WORD_LASTS


def _copy(response: Response) -> Response:
    return Response(response.get_data(), response.status_code, response.headers.items())
