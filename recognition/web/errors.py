"""Every error in words for the person who meets it; problem details (RFC 9457) for programs."""

import errno
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask, current_app, jsonify, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from recognition.extensions import db

Shape = Callable[[int, str, str], Any]
"""An error for programs, from its status, a title and a sentence. `app.extensions["error_shapes"]` holds them by the start
of the addresses that answer so."""


def install(app: Flask) -> None:
    app.extensions["error_shapes"] = {"/api/": problem}
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(CSRFError, stale_form)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, database_away)
    app.register_error_handler(OSError, no_room)
    app.register_error_handler(Exception, surprise)


def problem(status: int, title: str, detail: str, **more: Any) -> Any:
    """RFC 9457; `errors` names each wrong field."""
    response = jsonify(type="about:blank", title=title, status=status, detail=detail, **more)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def http_error(fault: HTTPException) -> Any:
    if fault.code is None or fault.code < 400:
        return fault
    words = _words()
    title, message, what_now = words.get(fault.code) or words[400 if fault.code < 500 else 500]
    # Only words of our own: what the framework says by itself is not meant for people.
    own = fault.code in (400, 409, 413, 422) and fault.description != type(fault).description
    said = fault.description if own else None
    response = _show(fault.code, title, said or message, what_now)
    for name, value in fault.get_headers():
        if name != "Content-Type":
            response.headers[name] = value
    return response


def conflict(message: str, actions: Sequence[tuple[str, str]]) -> Any:
    """409 with a way on, each an address and its words: for a view that knows better than "back to the hall"."""
    title, _message, what_now = _words()[409]
    return _show(409, title, message, what_now, actions)


def stale_form(_fault: CSRFError) -> Any:
    title = _("That form was open for too long")
    return _show(400, title, _("For your safety we did not accept it. What you wrote is still in your browser."),
                 _("Go back, reload the page and send it again."))  # fmt: skip


def database_away(fault: SQLAlchemyError) -> Any:
    current_app.logger.error("The database did not answer: %s", str(getattr(fault, "orig", fault))[:200])
    db.session.rollback()
    title, message, what_now = _words()[503]
    response = _show(503, title, message, what_now)
    response.headers["Retry-After"] = "10"
    return response


def no_room(fault: OSError) -> Any:
    """A full disk, met while a file was on its way to us; every other fault of the machine is a surprise."""
    if fault.errno not in (errno.ENOSPC, errno.EDQUOT):
        return surprise(fault)
    current_app.logger.error("The disk is full: %s", fault.strerror)
    db.session.rollback()
    title, message, what_now = _words()[507]
    return _show(507, title, message, what_now)


def surprise(fault: Exception) -> Any:
    if isinstance(fault, DBAPIError) and fault.connection_invalidated:
        return database_away(fault)
    db.session.rollback()
    current_app.logger.error("%s: %s", type(fault).__name__, fault, exc_info=fault)
    title, message, what_now = _words()[500]
    return _show(500, title, message, what_now)


def _show(code: int, title: str, message: str, what_now: str, actions: Sequence[tuple[str, str]] = ()) -> Any:
    shapes: dict[str, Shape] = current_app.extensions["error_shapes"]
    for start, shape in shapes.items():
        if request.path.startswith(start):
            return shape(code, title, message)
    said = {"title": title, "message": message, "what_now": what_now}
    page = render_template("errors/error.html", code=code, **said, actions=actions or [("/", _("Back to the hall"))])
    response = current_app.make_response(page)
    response.status_code = code
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _words() -> dict[int, tuple[str, str, str]]:
    back = _("Go back and try again, or start from the home page.")
    return {
        400: (_("We did not understand that"), _("Something in the address or the form was not as we expected."), back),
        401: (_("Please sign in"), _("This needs to know who you are."), _("Sign in and try again.")),
        403: (_("This room is for others"), _("You do not have the right to do this."),
              _("If you think you should, ask somebody on the council.")),
        404: (_("Nothing here"), _("We looked, but there is no page at this address."), back),
        405: (_("Not like that"), _("This address does not do what was asked of it."), back),
        409: (
            _("That cannot be done just now"), _("This changed while you were working on it."),
            _("Reload the page and look again."),
        ),
        413: (_("That is too big"), _("Nothing was stored."), _("Go back, make it smaller and send it again.")),
        422: (_("Almost"), _("Something in the form needs another look. Nothing was stored."), back),
        429: (_("A little slower, please"), _("Many requests came from you in a short time."), _("Wait a minute and go on.")),
        500: (_("We got lost"), _("The mistake is ours. What was saved before is safe."), _("Try again in a moment.")),
        503: (_("Back in a moment"), _("Our database is not answering. What you sent just now was not stored."),
              _("Keep this page open and send it again in a few seconds.")),
        507: (_("There is no room at the moment"), _("What you sent just now was not stored. What was here before is safe."),
              _("Keep this page open and send it again in a while.")),
    }  # fmt: skip
