"""Headers that every answer carries."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from recognition import create_app
from recognition.extensions import db
from tests.conftest import make_settings

PAGES = ["/healthz", "/nowhere", "/badges/", "/api/v1/nowhere", "/static/css/app.css"]


def program(folder: Path, **changes: object) -> Flask:
    app = create_app(make_settings(folder, **changes))
    with app.app_context():
        db.create_all()
    return app


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return program(tmp_path_factory.mktemp("local"))


@pytest.fixture(scope="module")
def visitor(local: Flask) -> FlaskClient:
    return local.test_client()


@pytest.mark.parametrize("page", PAGES)
def test_on_every_answer(visitor: FlaskClient, page: str) -> None:
    headers = visitor.get(page).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Permissions-Policy"] == "camera=(), microphone=(), geolocation=()"
    assert "Strict-Transport-Security" not in headers
    assert "Server" not in headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'", "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
        "object-src": "'none'",
    }  # fmt: skip


def test_only_a_secure_installation_asks_for_https_for_ever(tmp_path: Path) -> None:
    app = program(tmp_path, base_url="https://badges.example.org", demo=False, oidc_issuer="https://sso.example.org/realm/x",
                  oidc_client_id="a", oidc_client_secret="b")  # fmt: skip
    headers = app.test_client().get("/healthz").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    # A form that signs in ends at the issuer; nothing else of it is let in.
    assert "form-action 'self' https://sso.example.org;" in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].count("sso.example.org") == 1


def test_what_may_be_kept(local: Flask) -> None:
    visitor = local.test_client()
    assert visitor.get("/healthz").headers["Cache-Control"] == "no-cache"
    with local.test_request_context():
        address = local.jinja_env.globals["asset"]("js/app.js")
    versioned = visitor.get(address, buffered=True)
    again = visitor.get(address, headers={"If-None-Match": versioned.headers["ETag"]}, buffered=True)
    assert (versioned.status_code, again.status_code) == (200, 304)
    for answer in (versioned, again):
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with visitor.session_transaction() as session:
        session["something"] = "private"
    assert visitor.get("/badges/").headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "address", ["/static/nothing.js?v=1", "/static/nothing.js?v=0", "/static/js/app.js?v=1", "/static/js/app.js"]
)
def test_what_may_not_be_kept(visitor: FlaskClient, address: str) -> None:
    assert visitor.get(address, buffered=True).headers["Cache-Control"] in ("no-cache", "private, no-store")


def test_a_page_has_no_inline_script_or_style(visitor: FlaskClient) -> None:
    page = visitor.get("/badges/").text
    assert " onclick=" not in page
    assert " style=" not in page
    assert "<style" not in page
    assert "<script>" not in page
