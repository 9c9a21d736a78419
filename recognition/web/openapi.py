"""The API's description, made from its own routes (OpenAPI 3.1). What a view declares here is also what it accepts: the same
few lines refuse every query parameter that the document does not name."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, abort, g, request
from werkzeug.routing import Rule

from recognition.web.access import MARK, WELCOME, View
from recognition.web.limits import LIMIT
from recognition.web.schemas import PROBLEM, Named, Schema

PREFIX = "/api/v1"
OPERATION = "_operation"
OPENAPI = "3.1.0"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PROBLEM_TYPE = "application/problem+json"
SAID_MAX_CHARS = 60
_PATH_PART = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
WORDS = {
    400: "The request is not as this document says.",
    401: "No token, or one that opens nothing (any more).",
    403: "The token's scopes or its owner's rights do not reach that far.",
    404: "There is nothing here that the asker may see.",
    409: "Not possible at this moment.",
    413: "Too large; nothing was stored.",
    415: "Not a content type that is read here.",
    422: "Understood, and not stored: what is wrong is said field by field.",
    429: "Too many requests in this window; `Retry-After` says when the next one begins.",
    503: "The database is away; `Retry-After` says when to come again.",
}
PATH_WORDS = {"handle": "A member's handle.", "slug": "The name in the address of its page.", "source": "Who sends."}


@dataclass(frozen=True)
class Parameter:
    """`schema`: a string or an integer with its limits; whatever does not fit is answered 400."""

    name: str
    words: str
    schema: Schema
    where: str = "query"
    required: bool = False


@dataclass(frozen=True)
class Answer:
    """One good answer. Without a `schema` it has no body, or one that is not JSON (`kind` says which)."""

    words: str
    schema: Schema | None = None
    kind: str = "application/json"


@dataclass(frozen=True)
class Body:
    schema: Schema
    kinds: Sequence[str] = ("application/json",)
    words: str = ""


@dataclass(frozen=True)
class Operation:
    """What stands beside a view. `name` is its operationId; `problems` are the 4xx that only this view gives: those of
    tokens, paths, parameters, bodies and limits are known from the route."""

    name: str
    summary: str
    answers: Mapping[int, Answer]
    about: str = ""
    parameters: Sequence[Parameter] = ()
    body: Body | None = None
    problems: Sequence[int] = ()


CURSOR = Parameter(
    "cursor",
    "Where the last page ended: its `next_cursor`, unchanged.",
    {"type": "string", "minLength": 1, "maxLength": 2000, "pattern": "^[A-Za-z0-9_-]+$", "format": "cursor"},
)


def limit(most: int, usual: int) -> Parameter:
    whole = {"type": "integer", "minimum": 1, "maximum": most, "default": usual}
    return Parameter("limit", "How many at most on a page.", whole)


def described(operation: Operation) -> Callable[[View], View]:
    """Stands below the mark that says who may call the view, so that who may not learns nothing from its parameters."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            g.asked = asked_of(operation)
            return view(*args, **kwargs)

        setattr(checked, OPERATION, operation)
        return checked  # type: ignore[return-value]

    return decorate


def asked(name: str, default: Any = None) -> Any:
    """A query parameter of this request, checked: an int where its schema says integer."""
    return g.asked.get(name, default)


def asked_of(operation: Operation) -> dict[str, Any]:
    known = {one.name: one for one in operation.parameters if one.where == "query"}
    found: dict[str, Any] = {}
    for name, values in request.args.lists():
        if name not in known:
            abort(400, f"There is no parameter {name[:SAID_MAX_CHARS]!r} here. Known: {', '.join(known) or 'none'}.")
        if len(values) > 1:
            abort(400, f"{name} was sent more than once.")
        found[name] = _value(known[name], values[0])
    if missing := [name for name, one in known.items() if one.required and name not in found]:
        abort(400, f"{missing[0]} is missing.")
    return found


def _value(parameter: Parameter, text: str) -> Any:
    schema = parameter.schema
    if schema.get("type") == "integer":
        if not _WHOLE.fullmatch(text) or not schema["minimum"] <= int(text) <= schema["maximum"]:
            abort(400, f"{parameter.name} is a whole number from {schema['minimum']} to {schema['maximum']}.")
        return int(text)
    if "enum" in schema and text not in schema["enum"]:
        abort(400, f"{parameter.name} is one of {', '.join(schema['enum'])}.")
    short = schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 2000)
    if not short or ("pattern" in schema and not re.fullmatch(schema["pattern"], text)):
        abort(400, f"{parameter.name} is not as expected: {parameter.words}")
    return text


def shown_path(rule: Rule) -> str:
    """With the braces of OpenAPI."""
    return _PATH_PART.sub(r"{\1}", rule.rule)


def operations(app: Flask) -> Iterator[tuple[Rule, str, Any]]:
    """Every route of the API: the rule, one method of it, and its view."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.rule.startswith(f"{PREFIX}/"):
            for method in METHODS:
                if method in (rule.methods or ()):
                    yield rule, method, app.view_functions[rule.endpoint]


def document(app: Flask, info: Mapping[str, Any], scopes: Mapping[str, str]) -> dict[str, Any]:
    """Paths hold the version, so that they read as they are called."""
    paths: dict[str, Any] = {}
    for rule, method, view in operations(app):
        paths.setdefault(shown_path(rule), {})[method.lower()] = _operation(rule, view)
    schemas: dict[str, Any] = {}
    whole = _folded({"paths": paths, "problem": PROBLEM}, schemas)
    bearer = {"type": "http", "scheme": "bearer", "description": _scope_words(scopes)}
    return {
        "openapi": OPENAPI,
        "info": dict(info),
        "servers": [{"url": app.extensions["settings"].base_url}],
        "paths": whole["paths"],
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": {"token": bearer}},
    }


def _scope_words(scopes: Mapping[str, str]) -> str:
    return "A token from the settings page. Scopes: " + "; ".join(f"`{name}`: {words}" for name, words in scopes.items())


def _operation(rule: Rule, view: Any) -> dict[str, Any]:
    one: Operation = getattr(view, OPERATION)
    shown: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "tags": [rule.rule.removeprefix(f"{PREFIX}/").split("/")[0]],
        "security": _security(view),
        "responses": _answers(rule, view, one),
    }
    if one.about:
        shown["description"] = one.about
    if parameters := [_parameter(each) for each in (*_in_path(rule, one), *one.parameters)]:
        shown["parameters"] = parameters
    if one.body:
        content = {kind: {"schema": one.body.schema} for kind in one.body.kinds}
        shown["requestBody"] = {"required": True, "content": content, "description": one.body.words}
    return shown


def scope_of(view: Any) -> tuple[str, bool]:
    """The scope that a token needs here, and whether one can do without a token; an empty one where tokens say nothing."""
    kind, _colon, scope = getattr(view, MARK).partition(":")
    return (scope, False) if kind == "token" else (getattr(view, WELCOME, ""), True)


def _security(view: Any) -> list[dict[str, list[str]]]:
    scope, is_open = scope_of(view)
    return ([{}] if scope and is_open else []) + ([{"token": [scope]}] if scope else [])


def _in_path(rule: Rule, one: Operation) -> list[Parameter]:
    said = {each.name for each in one.parameters if each.where == "path"}
    names = [name for name in _PATH_PART.findall(rule.rule) if name not in said]
    text = {"type": "string", "minLength": 1}
    return [Parameter(name, PATH_WORDS.get(name, ""), text, where="path", required=True) for name in names]


def _parameter(one: Parameter) -> dict[str, Any]:
    required = one.required or one.where == "path"
    return {"name": one.name, "in": one.where, "required": required, "description": one.words, "schema": one.schema}


def _answers(rule: Rule, view: Any, one: Operation) -> dict[str, Any]:
    codes = {400, 503, *one.problems}
    codes |= {401, 403} if _security(view) else set()
    codes |= {404} if rule.arguments else set()
    codes |= {413, 415, 422} if one.body else set()
    codes |= {429} if hasattr(view, LIMIT) else set()
    good = {str(code): _good(view, answer) for code, answer in one.answers.items()}
    return dict(sorted((good | {str(code): _problem(code) for code in codes}).items()))


def _good(view: Any, answer: Answer) -> dict[str, Any]:
    shown: dict[str, Any] = {"description": answer.words}
    if answer.schema is not None:
        shown["content"] = {answer.kind: {"schema": answer.schema}}
    if hasattr(view, LIMIT):
        shown["headers"] = {name: {"description": words, "schema": {"type": "integer"}} for name, words in LIMIT_WORDS.items()}
    return shown


LIMIT_WORDS = {
    "RateLimit-Limit": "How many requests are answered in one window.",
    "RateLimit-Remaining": "How many are left in this one.",
    "RateLimit-Reset": "Seconds until the next one begins.",
}


def _problem(code: int) -> dict[str, Any]:
    shown: dict[str, Any] = {"description": WORDS[code], "content": {PROBLEM_TYPE: {"schema": PROBLEM}}}
    if code in (429, 503):
        shown["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    if code in (401, 403):
        shown["headers"] = {"WWW-Authenticate": {"description": "RFC 6750.", "schema": {"type": "string"}}}
    return shown


def _folded(value: Any, schemas: dict[str, Any]) -> Any:
    """Named schemas stand once, under components."""
    if isinstance(value, Named):
        if value.name not in schemas:
            schemas[value.name] = {}  # One that holds itself ends here.
            schemas[value.name] = {key: _folded(part, schemas) for key, part in value.items()}
        return {"$ref": f"#/components/schemas/{value.name}"}
    if isinstance(value, Mapping):
        return {key: _folded(part, schemas) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_folded(part, schemas) for part in value]
    return value
