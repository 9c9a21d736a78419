"""Errors: a clear word for people, problem details for programs, and nothing of what went wrong inside."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, abort
from flask.testing import FlaskClient
from redis.exceptions import RedisError
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

from recognition import create_app
from recognition.extensions import db
from recognition.web.access import public
from tests.conftest import Browser, make_settings

SECRET_WORDS = "the inner secret"
FAULTS: dict[str, Exception] = {
    "surprise": RuntimeError(SECRET_WORDS),
    "away": OperationalError(SECRET_WORDS, {"p": SECRET_WORDS}, Exception(SECRET_WORDS)),
    "lost": InterfaceError(SECRET_WORDS, {}, Exception(SECRET_WORDS), connection_invalidated=True),
    "crowded": PoolTimeout(SECRET_WORDS),
    "twice": IntegrityError(SECRET_WORDS, {}, Exception(SECRET_WORDS)),
    "rolled": PendingRollbackError(SECRET_WORDS),
    "mute": RedisError(SECRET_WORDS),
    "slower": TooManyRequests(retry_after=30),
    "later": ServiceUnavailable(retry_after=7),
}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The program with rooms in which everything goes wrong."""
    app = create_app(make_settings(tmp_path_factory.mktemp("errors")))
    app.test_client_class = Browser

    @public
    def stumble(name: str) -> Any:
        if name.isdigit():
            abort(int(name))
        raise FAULTS[name]

    @public
    def post() -> str:
        return "stored"

    def forgotten() -> str:
        return "seen by everybody"

    for prefix in ("", "/api/v1"):
        app.add_url_rule(f"{prefix}/stumble/<name>", f"stumble{prefix.replace('/', '_')}", stumble)
    app.add_url_rule("/form", "form", post, methods=["POST"])
    app.add_url_rule("/api/v1/form", "api_form", post, methods=["POST"])
    app.add_url_rule("/forgotten", "forgotten", forgotten, methods=["GET", "POST"])
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def visitor(strict: Flask) -> FlaskClient:
    return strict.test_client()


@pytest.mark.parametrize(
    ("name", "status", "title"),
    [
        ("400", 400, "We did not understand that"), ("401", 401, "Please sign in"),
        ("403", 403, "This room is for others"),
        ("404", 404, "Nothing here"), ("409", 409, "That cannot be done just now"), ("413", 413, "That is too big"),
        ("422", 422, "Almost"), ("slower", 429, "A little slower, please"), ("500", 500, "We got lost"),
        ("410", 410, "We did not understand that"), ("415", 415, "We did not understand that"),
        ("501", 501, "We got lost"),
        ("surprise", 500, "We got lost"), ("twice", 500, "We got lost"), ("rolled", 500, "We got lost"),
        ("mute", 500, "We got lost"),
        ("away", 503, "Back in a moment"), ("lost", 503, "Back in a moment"), ("crowded", 503, "Back in a moment"),
        ("later", 503, "Back in a moment"),
    ],
)  # fmt: skip
def test_an_error_in_words_and_as_a_problem(visitor: FlaskClient, name: str, status: int, title: str) -> None:
    page = visitor.get(f"/stumble/{name}")
    assert page.status_code == status
    assert page.mimetype == "text/html"
    assert f"<h1>{title}</h1>" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    problem = visitor.get(f"/api/v1/stumble/{name}")
    assert (problem.status_code, problem.mimetype) == (status, "application/problem+json")
    assert {key: problem.json[key] for key in ("type", "title", "status")} == {
        "type": "about:blank",
        "title": title,
        "status": status,
    }
    for answer in (page, problem):
        assert SECRET_WORDS not in answer.text
        assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("name", "seconds"), [("away", "10"), ("lost", "10"), ("crowded", "10"), ("later", "7"), ("slower", "30")]
)
def test_when_to_come_back(visitor: FlaskClient, name: str, seconds: str) -> None:
    assert visitor.get(f"/stumble/{name}").headers["Retry-After"] == seconds
    assert visitor.get(f"/api/v1/stumble/{name}").headers["Retry-After"] == seconds


def test_an_address_that_does_not_exist(visitor: FlaskClient) -> None:
    assert visitor.get("/nowhere/at/all").status_code == 404
    assert visitor.get("/api/v1/nowhere").mimetype == "application/problem+json"
    assert "<script>" not in visitor.get("/<script>alert(1)</script>").text


def test_a_wrong_method_names_the_right_ones(visitor: FlaskClient) -> None:
    answer = visitor.get("/form")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_a_form_without_its_token_is_refused_kindly(visitor: FlaskClient) -> None:
    answer = visitor.post("/form", data={"text": "hours of work"})
    assert answer.status_code == 400
    assert "That form was open for too long" in answer.text
    assert "What you wrote is still in your browser" in answer.text


def test_too_much_at_once(visitor: FlaskClient, strict: Flask) -> None:
    size = strict.config["MAX_CONTENT_LENGTH"] + 1
    answer = visitor.post("/form", data=b"x" * size, content_type="application/octet-stream")
    assert answer.status_code in (400, 413)
    assert "stored" not in answer.text.split("</h1>")[0]


def test_a_view_that_says_nothing_about_who_may_come_is_closed(visitor: FlaskClient) -> None:
    answer = visitor.get("/forgotten")
    assert answer.status_code == 403
    assert "seen by everybody" not in answer.text


def test_a_failed_request_leaves_no_open_transaction(strict: Flask, visitor: FlaskClient) -> None:
    for name in ("surprise", "away", "404"):
        visitor.get(f"/stumble/{name}")
    other = sa.create_engine(strict.config["SQLALCHEMY_DATABASE_URI"], poolclass=sa.NullPool)
    with other.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=1")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.rollback()


def test_nothing_is_shown_while_debugging_is_off(strict: Flask, tmp_path: Path) -> None:
    assert strict.debug is False
    assert strict.config["PROPAGATE_EXCEPTIONS"] is False
