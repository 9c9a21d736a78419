"""`/xapi`: statements in and out for learning platforms (xAPI 1.0.3, Part 3). Other resources of the standard are not here."""

import re
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, Response, abort, json, request, url_for
from flask_babel import gettext as _
from werkzeug.http import http_date

from recognition.extensions import csrf, db
from recognition.identity.access import signed_in, token_required
from recognition.inlets.xapi import queries, services, statements, values
from recognition.inlets.xapi.asking import Asked, asked
from recognition.inlets.xapi.shapes import shaped
from recognition.inlets.xapi.values import BadStatement, moment_text
from recognition.web.access import View, mark, public
from recognition.web.errors import problem
from recognition.web.limits import limited

PREFIX = "/xapi"
VERSION = "1.0.3"
VERSIONS = re.compile(r"1\.0(\.\d{1,4})?", re.ASCII)
VERSION_HEADER, CONSISTENT = "X-Experience-API-Version", "X-Experience-API-Consistent-Through"
BODY_MAX_BYTES = 5 * 2**20
BATCH_MAX = 1000

blueprint = Blueprint("xapi", __name__, url_prefix=PREFIX)
# No cookie counts here: every view demands a token, which no other site can send.
csrf.exempt(blueprint)


def install(app: Flask) -> None:
    app.extensions["error_shapes"][f"{PREFIX}/"] = problem

    @app.after_request
    def for_programs(response: Response) -> Response:
        """Courses run in browsers, on other sites; they have a token, and no cookie of ours counts."""
        if request.path.startswith(f"{PREFIX}/"):
            response.headers[VERSION_HEADER] = VERSION
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = f"{VERSION_HEADER}, {CONSISTENT}, Last-Modified, Retry-After"
            response.headers["Cache-Control"] = "private, no-store"
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Headers"] = f"Authorization, Content-Type, {VERSION_HEADER}"
                response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, PUT"
        return response


def learning(scope: str) -> Callable[[View], View]:
    """A token with this scope, as a bearer or as the password of Basic authentication, which is what learning platforms
    know; and a version of xAPI that we speak."""

    def decorate(view: View) -> View:
        guarded = token_required(scope)(_speaking(view))

        @wraps(guarded)
        def asked_in(*args: Any, **kwargs: Any) -> Any:
            basic = request.authorization
            if basic is not None and basic.type == "basic" and basic.password:
                request.environ["HTTP_AUTHORIZATION"] = f"Bearer {basic.password}"
            return guarded(*args, **kwargs)

        return mark(asked_in, f"token:{scope}")  # type: ignore[return-value]

    return decorate


def _speaking(view: View) -> View:
    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        said = request.headers.get(VERSION_HEADER, "")
        if not VERSIONS.fullmatch(said):
            return problem(
                400,
                _("Which version?"),
                _("Send the header X-Experience-API-Version: 1.0.3. No other version than 1.0 is spoken here."),
            )
        try:
            return view(*args, **kwargs)
        except BadStatement as bad:
            db.session.rollback()
            return problem(400, _("Not taken"), str(bad))

    return checked  # type: ignore[return-value]


@blueprint.get("/about")
@public
def about() -> Any:
    return {"version": [VERSION], "extensions": {}}


@blueprint.post("/statements")
@learning("statements:write")
@limited("xapi", times=1200)
def add() -> Any:
    """One statement or a list of them: all are stored, or none."""
    _no_parameters(())
    given = _body()
    if isinstance(given, list) and len(given) > BATCH_MAX:
        return problem(413, _("Too many"), _("Send at most %(max)s statements at once.", max=BATCH_MAX))
    listed = given if isinstance(given, list) else [given]
    checked = [statements.statement(one, f"[{number}]" if isinstance(given, list) else "") for number, one in enumerate(listed)]
    return _stored(checked, lambda ids: Response(json.dumps(ids), mimetype="application/json"))


@blueprint.put("/statements")
@learning("statements:write")
@limited("xapi", times=1200)
def put() -> Any:
    """One statement under the id in the address."""
    _no_parameters(("statementId",))
    if "statementId" not in request.args:
        raise BadStatement("statementId", "is missing in the address")
    statement_id = values.uuid(request.args["statementId"], "statementId")
    checked = statements.statement(_body())
    if checked.setdefault("id", statement_id) != statement_id:
        raise BadStatement("id", "is not the statementId of the address")
    return _stored([checked], lambda _ids: Response(status=204))


@blueprint.get("/statements")
@learning("statements:read")
@limited("xapi-read", times=1200)
def get() -> Any:
    _no_parameters([name for name in request.args if name != "cursor"])
    wanted = asked(request.args)
    if wanted.one is None:
        return _page(wanted, None)
    # Asked before it is looked for, so that it is not said to be further than what was read.
    through = queries.consistent_through()
    found = queries.one(signed_in(), wanted)
    if found is None:
        return problem(404, _("Nothing here"), _("You have no statement with this id, or it was voided."))
    response = _answer(shaped(found.body, wanted.format, _languages()), wanted)
    response.headers["Last-Modified"] = http_date(found.stored_at)
    response.headers[CONSISTENT] = moment_text(through)
    return response


@blueprint.get("/statements/more")
@learning("statements:read")
@limited("xapi-read", times=1200)
def more() -> Any:
    """The next page: what the address in `more` leads to."""
    _no_parameters(request.args)
    wanted = asked(request.args)
    if wanted.one is not None or not request.args.get("cursor"):
        raise BadStatement("cursor", "is missing: follow the address that stood in `more`")
    return _page(wanted, request.args["cursor"])


def _page(wanted: Asked, cursor: str | None) -> Response:
    through = queries.consistent_through()
    found = queries.some(signed_in(), wanted, cursor)
    args: dict[str, Any] = {name: value for name, value in request.args.items() if name != "cursor"}
    following = url_for(".more", **args, cursor=found.next_cursor) if found.next_cursor else ""
    bodies = [shaped(row.body, wanted.format, _languages()) for row in found.items]
    response = _answer({"statements": bodies, "more": following}, wanted)
    response.headers[CONSISTENT] = moment_text(through)
    return response


def _answer(document: dict[str, Any], wanted: Asked) -> Response:
    """Files are not kept, so what was asked for with attachments has one part."""
    text = json.dumps(document)
    if not wanted.attachments:
        return Response(text, mimetype="application/json")
    line = secrets.token_hex(16)
    body = f"--{line}\r\nContent-Type: application/json\r\n\r\n{text}\r\n--{line}--\r\n"
    return Response(body, content_type=f"multipart/mixed; boundary={line}")


def _stored(checked: list[dict[str, Any]], answer: Callable[[list[str]], Response]) -> Response:
    try:
        ids = services.store(checked, signed_in())
    except services.Conflict as known:
        db.session.rollback()
        said = _("A statement with the id %(id)s is here already, and it says something else.", id=str(known))
        return problem(409, _("Nothing was stored"), said)  # type: ignore[no-any-return]
    except services.NotTheirs as target:
        db.session.rollback()
        said = _("The statement %(id)s came from somebody else: only they and the council can void it.", id=str(target))
        return problem(403, _("Nothing was stored"), said)  # type: ignore[no-any-return]
    db.session.commit()
    return answer(ids)


def _body() -> Any:
    if request.mimetype == "multipart/mixed":
        raise BadStatement("", "Files are not kept here: send application/json, and attachments with a fileUrl.")
    if request.mimetype != "application/json":
        raise BadStatement("", "Send the header Content-Type: application/json.")
    if (request.content_length or 0) > BODY_MAX_BYTES:
        abort(413, _("Send at most 5 MB at once."))
    return values.parsed(request.get_data(cache=False))


def _no_parameters(but: Any) -> None:
    """Those of the address that nobody knows here, and those that stand there twice."""
    for name, listed in request.args.lists():
        if name not in but:
            raise BadStatement(name[:60], "is no parameter that xAPI 1.0.3 knows here")
        if len(listed) > 1:
            raise BadStatement(name[:60], "stands in the address twice")


def _languages() -> list[str]:
    return [tag for tag, _weight in request.accept_languages if tag != "*"][:10]
