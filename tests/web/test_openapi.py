"""The API's document: every route is in it, and what it says is what happens."""

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from recognition.identity.services.tokens import SCOPES
from recognition.web.access import MARK, WELCOME
from recognition.web.limits import LIMIT
from recognition.web.openapi import OPERATION, PREFIX, WORDS, Operation, operations
from recognition.web.schemas import Named

DOCUMENT = f"{PREFIX}/openapi.json"


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get(DOCUMENT).get_json()
    return found


def test_every_route_is_described_and_limited(app: Flask) -> None:
    routes = [(rule.rule, method, view) for rule, method, view in operations(app)]
    assert len(routes) > 12
    assert [(path, method) for path, method, view in routes if not isinstance(getattr(view, OPERATION, None), Operation)] == []
    assert [(path, method) for path, method, view in routes if not hasattr(view, LIMIT)] == []
    names = Counter(getattr(view, OPERATION).name for _path, _method, view in routes)
    assert [name for name, times in names.items() if times > 1] == []


def test_a_route_without_a_declaration_is_found(app: Flask) -> None:
    views = {"bare": lambda: ""}
    assert not hasattr(views["bare"], OPERATION)
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX)}
    assert rules == {rule.rule for rule, _method, _view in operations(app)}


def test_scopes_are_known_words(app: Flask) -> None:
    asked = set()
    for _rule, _method, view in operations(app):
        kind, _colon, scope = getattr(view, MARK).partition(":")
        asked |= {scope} if kind == "token" else set()
        asked |= {getattr(view, WELCOME)} if hasattr(view, WELCOME) else set()
    assert asked <= set(SCOPES)
    assert asked >= {"activities:read", "activities:write", "members:read", "quests:read"}


def test_the_document_is_whole(document: dict[str, Any]) -> None:
    assert (document["openapi"], document["info"]["version"]) == ("3.1.0", "1")
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    references = set(_references(document))
    assert references == {f"#/components/schemas/{name}" for name in schemas}
    for path in document["paths"].values():
        for operation in path.values():
            assert {"400", "429", "503"} <= set(operation["responses"])
            assert all(operation[part] for part in ("operationId", "summary", "tags"))


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [found for part in value.values() for found in _references(part)]
    return [found for part in value for found in _references(part)] if isinstance(value, list) else []


def test_one_name_means_one_schema(app: Flask) -> None:
    seen: dict[str, Any] = {}

    def walk(value: Any) -> None:
        if isinstance(value, Named):
            assert seen.setdefault(value.name, value) == value
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
            walk(part)

    for _rule, _method, view in operations(app):
        one = getattr(view, OPERATION)
        for answer in one.answers.values():
            walk(answer.schema or {})
        walk(one.body.schema if one.body else {})
    assert len(seen) > 10


def test_problems_have_words(app: Flask) -> None:
    assert {code for _rule, _method, view in operations(app) for code in getattr(view, OPERATION).problems} <= set(WORDS)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("nonsense=1", "There is no parameter 'nonsense' here."),
        ("cursor=a&cursor=a", "cursor was sent more than once."),
        ("cursor=", "cursor is not as expected"),
        ("cursor=a%0A", "cursor is not as expected"),
        ("cursor=%E2%98%83", "cursor is not as expected"),
        (f"{'x' * 500}=1", f"There is no parameter '{'x' * 60}' here."),
    ],
    ids=["unknown", "twice", "empty", "newline", "snowman", "long"],
)
def test_odd_parameters(client: FlaskClient, query: str, said: str) -> None:
    answer = client.get(f"/api/v1/badges?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["detail"].startswith(said)


def test_limits_are_told(client: FlaskClient) -> None:
    first, second = (client.get("/api/v1/badges").headers for _turn in range(2))
    assert (first["RateLimit-Limit"], second["RateLimit-Limit"]) == ("600", "600")
    assert int(first["RateLimit-Remaining"]) - int(second["RateLimit-Remaining"]) == 1
    assert 1 <= int(first["RateLimit-Reset"]) <= 61
    assert "RateLimit-Limit" not in client.get("/healthz").headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nowhere", 404), ("DELETE", "/api/v1/badges", 405), ("POST", "/api/v1/members", 405)],
    ids=["nowhere", "delete", "post"],
)
def test_errors_are_problems(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.mimetype, answer.get_json()["status"]) == (status, "application/problem+json", status)
    assert (status != 405) or "GET" in answer.headers["Allow"]
