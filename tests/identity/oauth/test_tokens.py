"""Codes, tokens, what is copied, and what ends at once. What a token opens is asked of the interface it is for."""

import base64
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock, create_app
from recognition.audit.models import AuditEntry
from recognition.extensions import db
from recognition.identity.access import digest
from recognition.identity.models import Member
from recognition.identity.oauth import services
from recognition.identity.oauth.models import OAuthClient, OAuthConsent, OAuthToken
from recognition.identity.oauth.scopes import READ_BADGES, READ_PROFILE
from tests.conftest import make_settings
from tests.identity.oauth.program import HOME, VERIFIER, Program, registered

PROFILE = "/ims/ob/v3p0/profile"


def call(http: FlaskClient, token: str, address: str = PROFILE) -> Any:
    return http.get(address, headers={"Authorization": f"Bearer {token}"})


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["error"]


def test_a_code_becomes_tokens_that_are_kept_as_hashes(client: FlaskClient, ada: Member, wallet: Program) -> None:
    code = wallet.code(client)
    given = wallet.redeem(code)
    assert given.status_code == 200
    assert given.headers["Cache-Control"] == "no-store"
    body = given.get_json()
    assert sorted(body) == ["access_token", "expires_in", "refresh_token", "scope", "token_type"]
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert body["scope"] == f"{READ_BADGES} {READ_PROFILE}"
    rows = {row.kind: row for row in db.session.scalars(sa.select(OAuthToken))}
    assert rows["access"].token_hash == digest(body["access_token"])
    assert rows["refresh"].token_hash == digest(body["refresh_token"])
    dumped = str([list(db.session.execute(sa.select(table))) for table in (OAuthClient.__table__, OAuthConsent.__table__,
                                                                         OAuthToken.__table__)])  # fmt: skip
    assert not [secret for secret in (code, body["access_token"], body["refresh_token"]) if secret in dumped]
    assert call(client, body["access_token"]).status_code == 200


def test_a_program_that_does_not_stay_gets_no_refresh_token(client: FlaskClient, ada: Member) -> None:
    brief = registered(client, grant_types=["authorization_code"])
    assert "refresh_token" not in brief.tokens(client)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:7000/back"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": None}, "unsupported_grant_type"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_id": None}, "invalid_client"),
    ],
)
def test_a_code_is_bound_to_its_program_its_address_and_its_verifier(
    client: FlaskClient, ada: Member, wallet: Program, changes: Any, expected: str
) -> None:
    code = wallet.code(client)
    answer = wallet.redeem(code, **changes)
    assert answer.status_code in (400, 401)
    assert answer.get_json()["error"] == expected
    assert wallet.redeem(code).status_code == 200  # what failed used nothing up


def test_a_code_of_one_program_is_nothing_in_anothers_hands(client: FlaskClient, ada: Member, wallet: Program) -> None:
    """Injected into another program, also one with the same address and the right verifier."""
    other = registered(client)
    code = wallet.code(client)
    assert error(other.redeem(code)) == (400, "invalid_grant")
    assert wallet.redeem(code).status_code == 200
    assert error(other.redeem(code)) == (400, "invalid_grant")  # a stranger's second try ends nothing
    assert db.session.scalars(sa.select(OAuthConsent.ended_at)).all() == [None]


def test_a_code_that_comes_twice_ends_what_came_of_it(client: FlaskClient, ada: Member, wallet: Program) -> None:
    code = wallet.code(client)
    given = wallet.redeem(code).get_json()
    assert error(wallet.redeem(code)) == (400, "invalid_grant")
    assert call(client, given["access_token"]).status_code == 401
    assert error(wallet.refresh(given["refresh_token"])) == (400, "invalid_grant")
    assert "program.code_came_twice" in db.session.scalars(sa.select(AuditEntry.action)).all()


def test_a_code_lives_for_two_minutes(client: FlaskClient, ada: Member, wallet: Program, monkeypatch: Any) -> None:
    first, second, now = wallet.code(client), wallet.code(client), clock.utcnow()
    monkeypatch.setattr(clock, "utcnow", lambda: now + services.CODE_LIFE - timedelta(seconds=5))
    assert wallet.redeem(first).status_code == 200
    monkeypatch.setattr(clock, "utcnow", lambda: now + services.CODE_LIFE + timedelta(seconds=1))
    assert error(wallet.redeem(second)) == (400, "invalid_grant")


@pytest.mark.parametrize("what", ["code", "refresh token"])
def test_of_two_that_come_with_one_secret_at_once_neither_keeps_anything(
    app: Flask, client: FlaskClient, ada: Member, wallet: Program, what: str
) -> None:
    known = wallet.code(client) if what == "code" else wallet.tokens(client)["refresh_token"]
    together, answers = threading.Barrier(2), []

    def come() -> None:
        program = Program(app.test_client(), wallet.client_id)
        together.wait()
        answers.append(program.redeem(known) if what == "code" else program.refresh(known))

    threads = [threading.Thread(target=come) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    good = next(answer for answer in answers if answer.status_code == 200).get_json()
    assert call(client, good["access_token"]).status_code == 401
    assert error(wallet.refresh(good["refresh_token"])) == (400, "invalid_grant")


def test_refreshing_swaps_the_token(client: FlaskClient, ada: Member, wallet: Program) -> None:
    first = wallet.tokens(client)
    narrow = wallet.refresh(first["refresh_token"], scope=READ_PROFILE).get_json()
    assert narrow["scope"] == READ_PROFILE
    assert narrow["refresh_token"] != first["refresh_token"]
    wide = wallet.refresh(narrow["refresh_token"]).get_json()
    assert wide["scope"] == f"{READ_BADGES} {READ_PROFILE}"
    assert call(client, wide["access_token"]).status_code == 200


def test_a_refresh_token_that_was_swapped_ends_everything(client: FlaskClient, ada: Member, wallet: Program) -> None:
    first = wallet.tokens(client)
    second = wallet.refresh(first["refresh_token"]).get_json()
    other = registered(client)
    assert error(other.refresh(first["refresh_token"])) == (400, "invalid_grant")  # nobody else's business
    assert call(client, second["access_token"]).status_code == 200
    assert error(wallet.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert call(client, second["access_token"]).status_code == 401
    assert error(wallet.refresh(second["refresh_token"])) == (400, "invalid_grant")


def test_a_refresh_gives_no_more_than_was_allowed(client: FlaskClient, ada: Member, wallet: Program) -> None:
    given = wallet.tokens(client, scope=READ_PROFILE)
    assert error(wallet.refresh(given["refresh_token"], scope=READ_BADGES)) == (400, "invalid_scope")
    assert error(wallet.refresh(given["access_token"])) == (400, "invalid_grant")
    assert call(client, given["refresh_token"]).status_code == 401
    assert wallet.refresh(given["refresh_token"]).status_code == 200


def test_tokens_lapse(client: FlaskClient, ada: Member, wallet: Program, monkeypatch: Any) -> None:
    given, now = wallet.tokens(client), clock.utcnow()
    monkeypatch.setattr(clock, "utcnow", lambda: now + services.ACCESS_LIFE)
    assert call(client, given["access_token"]).status_code == 401
    monkeypatch.setattr(clock, "utcnow", lambda: now + services.REFRESH_LIFE)
    assert error(wallet.refresh(given["refresh_token"])) == (400, "invalid_grant")


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_program_with_a_secret_proves_it_in_the_way_it_said(client: FlaskClient, ada: Member, method: str) -> None:
    site = registered(client, token_endpoint_auth_method=method)
    basic = base64.b64encode(f"{site.client_id}:{site.secret}".encode()).decode()
    wrong = base64.b64encode(f"{site.client_id}:guess".encode()).decode()
    ways = {
        "client_secret_basic": ({"Authorization": f"Basic {basic}"}, {}),
        "client_secret_post": ({}, {"client_id": site.client_id, "client_secret": site.secret}),
        "none": ({}, {"client_id": site.client_id}),
        "wrong": ({"Authorization": f"Basic {wrong}"}, {}),
        "wrong post": ({}, {"client_id": site.client_id, "client_secret": "guess"}),
    }
    code = site.code(client)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": HOME, "code_verifier": VERIFIER}
    refused = {}
    for name, (headers, fields) in ways.items():
        if name != method:
            answer = client.post("/oauth/token", data=form | fields, headers=headers)
            refused[name] = error(answer)
            assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert set(refused.values()) == {(401, "invalid_client")}
    headers, fields = ways[method]
    assert client.post("/oauth/token", data=form | fields, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "header", ["Basic", "Basic ", "Basic !!!", "Basic /w==", "Basic " + base64.b64encode(b"\xff:\xff").decode()]
)
def test_a_header_that_cannot_be_read_is_no_surprise(client: FlaskClient, header: str) -> None:
    answer = client.post("/oauth/token", data={"grant_type": "authorization_code"}, headers={"Authorization": header})
    assert answer.status_code in (400, 401)
    assert answer.get_json()["error"] in ("invalid_client", "invalid_request")


def test_parameters_come_once_and_in_the_body(client: FlaskClient, ada: Member, wallet: Program) -> None:
    code = wallet.code(client)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": HOME, "code_verifier": VERIFIER}
    twice = form | {"client_id": [wallet.client_id, "other"]}
    assert error(client.post("/oauth/token", data=twice)) == (400, "invalid_request")
    assert client.post("/oauth/token", query_string=form | {"client_id": wallet.client_id}).status_code == 400
    assert error(client.post("/oauth/token", json=form)) == (400, "unsupported_grant_type")


def test_where_everything_is(client: FlaskClient) -> None:
    told = client.get("/.well-known/oauth-authorization-server")
    body = told.get_json()
    assert body["issuer"] == "http://localhost"
    assert body["code_challenge_methods_supported"] == ["S256"]
    assert body["authorization_response_iss_parameter_supported"] is True
    assert told.headers["Access-Control-Allow-Origin"] == "*"
    asked = client.options("/oauth/token", headers={"Origin": "https://app.example", "Access-Control-Request-Method": "POST"})
    assert asked.headers["Access-Control-Allow-Methods"] == "OPTIONS, POST"
    from_afar = client.post("/oauth/token", data={"grant_type": "x"}, headers={"Origin": "https://app.example",
                                                                              "Sec-Fetch-Site": "cross-site"})  # fmt: skip
    assert error(from_afar) == (400, "unsupported_grant_type")
    assert from_afar.headers["Access-Control-Allow-Origin"] == "*"


def test_errors_before_the_view_have_the_shape_too(client: FlaskClient) -> None:
    wrong = client.get("/oauth/token")
    assert error(wrong) == (405, "invalid_request")
    assert "POST" in wrong.headers["Allow"]


def test_behind_a_proxy_that_takes_the_tls_off(tmp_path: Path) -> None:
    """The request comes by http, and is one by https all the same: the settings say so."""
    app = create_app(make_settings(tmp_path, base_url="https://badges.example"))
    with app.app_context():
        db.create_all()
        try:
            answer = app.test_client().post("/oauth/token", data={"grant_type": "x"}, base_url="http://badges.example")
            assert error(answer) == (400, "unsupported_grant_type")
            told = app.test_client().get("/.well-known/oauth-authorization-server", base_url="http://badges.example").get_json()
            assert {told[name].partition("/oauth")[0] for name in told if name.endswith("endpoint")} == {"https://badges.example"}
        finally:
            db.session.remove()
            db.engine.dispose()
