"""The names we answer to, and whose pages may send us something."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from recognition import create_app
from recognition.extensions import db
from tests.activities.test_api import make_token
from tests.conftest import make_settings
from tests.factories.identity import make_member

PUBLIC = {
    "base_url": "https://badges.example.org", "demo": False, "oidc_issuer": "https://sso.example.org",
    "oidc_client_id": "a", "oidc_client_secret": "b",
}  # fmt: skip


def visitor_of(folder: Path, **changes: Any) -> FlaskClient:
    app = create_app(make_settings(folder, **changes))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        db.create_all()
    return app.test_client()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return visitor_of(tmp_path_factory.mktemp("local"), base_url="http://127.0.0.1:8000")


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return visitor_of(tmp_path_factory.mktemp("public"), **PUBLIC)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "localhost:9000", "[::1]:8000", "LOCALHOST"])
def test_at_home_every_name_of_this_machine_is_ours(local: FlaskClient, host: str) -> None:
    assert local.get("/badges/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "192.0.2.1", "a b", ""])
def test_at_home_no_other_name_is(local: FlaskClient, host: str) -> None:
    answer = local.get("/badges/", headers={"Host": host})
    assert (answer.status_code, "This is not the address of this site." in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("host", "status"),
    [("badges.example.org", 200), ("badges.example.org:443", 200), ("localhost", 400), ("evil.example", 400),
     ("badges.example.org.evil.example", 400), ("a.badges.example.org", 400)],
)  # fmt: skip
@pytest.mark.parametrize("page", ["/badges/", "/static/js/app.js"])
def test_in_public_one_name_is_ours(public: FlaskClient, page: str, host: str, status: int) -> None:
    assert public.get(page, headers={"Host": host}, buffered=True).status_code == status


def test_a_kept_page_is_shown_under_no_other_name(public: FlaskClient) -> None:
    assert [public.get("/badges/", headers={"Host": host}).status_code for host in ("badges.example.org", "evil.example")] == [
        200,
        400,
    ]


def test_who_watches_may_ask_by_any_name(public: FlaskClient) -> None:
    for page in ("/healthz", "/readyz"):
        assert public.get(page, headers={"Host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 303),
        ({"Origin": "http://127.0.0.1:8000"}, 303),
        ({"Origin": "http://localhost:9000", "Host": "localhost:9000"}, 303),
        ({"Origin": "http://localhost:9000", "Host": "localhost:9001"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[broken"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"}, 403),
    ],
)
def test_only_our_own_pages_send_us_something(local: FlaskClient, sent: dict[str, str], status: int) -> None:
    assert local.post("/logout", headers={"Host": "127.0.0.1:8000"} | sent).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [("https://badges.example.org", 303), ("https://badges.example.org:443", 303), ("http://badges.example.org", 403),
     ("https://badges.example.org:8443", 403), ("https://localhost", 403)],
)  # fmt: skip
def test_in_public_the_base_url_is_the_only_origin(public: FlaskClient, origin: str, status: int) -> None:
    assert public.post("/logout", headers={"Host": "badges.example.org", "Origin": origin}).status_code == status


def test_reading_and_programs_are_asked_for_no_origin(app: Flask, client: FlaskClient) -> None:
    elsewhere = {"Origin": "https://tool.example", "Sec-Fetch-Site": "cross-site"}
    assert client.get("/badges/", headers=elsewhere).status_code == 200
    token = make_token(make_member("ada"), "activities:write")
    deed = {"occurred_at": "2026-11-02", "text": "Helped", "source_key": "1"}
    assert client.post("/api/v1/activities", json=deed, headers=token | elsewhere).status_code == 201
