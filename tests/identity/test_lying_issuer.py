"""What an issuer, or somebody between it and us, might send instead of the truth."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import create_app
from recognition.extensions import db
from recognition.identity import wire
from recognition.identity.models import Account, Member
from recognition.identity.services.sessions import ID_TOKEN_MAX_CHARS
from tests.conftest import Browser, empty_tables, make_settings
from tests.factories.identity import make_member
from tests.identity.fake_issuer import CLIENT_ID, CLIENT_SECRET, OTHER_KEY, FakeIssuer, fake_issuer
from tests.identity.pages import send, words


@pytest.fixture(scope="module")
def _issuer() -> Iterator[FakeIssuer]:
    with fake_issuer() as fake:
        yield fake


@pytest.fixture(scope="module")
def _house(_issuer: FakeIssuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The database plays no part here, so one is enough."""
    client = {"oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET}
    settings = make_settings(tmp_path_factory.mktemp("lying"), demo=False, oidc_issuer=_issuer.url, **client)
    program = create_app(settings)
    program.test_client_class = Browser
    with program.app_context():
        db.create_all()
    yield program
    with program.app_context():
        db.engine.dispose()


@pytest.fixture
def issuer(_issuer: FakeIssuer) -> FakeIssuer:
    _issuer.__init__(_issuer.url)  # type: ignore[misc]
    return _issuer


@pytest.fixture
def house(_house: Flask, issuer: FakeIssuer) -> Iterator[Flask]:
    _house.extensions["oidc"].server_metadata = {}
    _house.extensions["limits"].forget()
    with _house.app_context():
        empty_tables()
        yield _house
        db.session.remove()


@pytest.fixture
def client(house: Flask) -> FlaskClient:
    return house.test_client()


def come_back(client: FlaskClient, issuer: FakeIssuer, **changes: str | None) -> Any:
    query = issuer.accept(send(client, "/login", "/login/start").location) | changes
    return client.get("/login/callback", query_string={name: value for name, value in query.items() if value is not None})


def people() -> list[tuple[Any, ...]]:
    db.session.rollback()
    wanted = sa.select(Account.subject, Member.handle, Member.name).join(Member).order_by(Account.id)
    return [tuple(row) for row in db.session.execute(wanted)]


def refused(client: FlaskClient, answer: Any) -> bool:
    return answer.status_code == 400 and people() == [] and client.get("/me/settings").status_code == 302


def test_the_truth_is_believed(client: Any, issuer: FakeIssuer) -> None:
    assert come_back(client, issuer).status_code == 303
    assert people() == [("fay", "fay", "Fay")]


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": []},
        {"aud": "somebody-else"},
        {"aud": "somebody-else", "azp": CLIENT_ID},
        {"aud": [CLIENT_ID, "other"]},
        {"aud": [CLIENT_ID, "other"], "azp": "other"},
        {"iss": "https://evil.example"},
        {"iss": ""},
        {"nonce": "another"},
        {"exp": 1},
        {"iat": 4_000_000_000},
        {"exp": "soon"},
        {"sub": ""},
        {"sub": "a" * 256},
        {"sub": "new\nline"},
        {"sub": "caf\u00e9"},
        {"sub": 7},
        {"sub": " fay"},
        {"sub": None},
    ],
)
def test_wrong_claims_are_refused(client: Any, issuer: FakeIssuer, claims: dict[str, Any]) -> None:
    issuer.claims = claims
    assert refused(client, come_back(client, issuer))


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "exp", "iat", "nonce"])
def test_missing_claims_are_refused(client: Any, issuer: FakeIssuer, name: str) -> None:
    issuer.dropped = (name,)
    assert refused(client, come_back(client, issuer))


def test_other_signatures_are_refused(client: Any, issuer: FakeIssuer) -> None:
    issuer.key = OTHER_KEY
    assert refused(client, come_back(client, issuer))
    issuer.algorithm = "HS256"
    assert refused(client, come_back(client, issuer))


@pytest.mark.parametrize(
    "token",
    [
        {"access_token": "x", "token_type": "Bearer"},
        {"access_token": "x", "token_type": "Bearer", "id_token": None},
        {"access_token": "x", "token_type": "Bearer", "id_token": "a.b.c"},
        {"error": "invalid_grant"},
        {},
        {"access_token": "x", "token_type": "Bearer", "id_token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJmYXkifQ."},
    ],
)
def test_answers_without_a_good_id_token_are_refused(client: Any, issuer: FakeIssuer, token: dict[str, Any]) -> None:
    issuer.token = token
    assert refused(client, come_back(client, issuer))


def test_state_and_code_must_be_ours(client: Any, issuer: FakeIssuer) -> None:
    for changes in ({"state": "another"}, {"state": None}, {"state": ""}):
        assert refused(client, come_back(client, issuer, **changes))
    assert refused(client, client.get("/login/callback"))


def test_the_answer_says_who_sends_it(client: Any, issuer: FakeIssuer) -> None:
    assert refused(client, come_back(client, issuer, iss="https://evil.example"))
    assert refused(client, come_back(client, issuer, iss=issuer.url + "/"))
    assert come_back(client, issuer, iss=issuer.url).status_code == 303


def test_a_promised_sender_must_be_there(client: Any, issuer: FakeIssuer) -> None:
    issuer.metadata = {"authorization_response_iss_parameter_supported": True}
    assert refused(client, come_back(client, issuer))


def test_an_error_is_shown_as_plain_text(client: Any) -> None:
    answer = client.get("/login/callback?error=access_denied&error_description=%3Cb%3Eno%3C/b%3E%0D%0A" + "x" * 900)
    assert answer.status_code == 400
    assert "&lt;b&gt;no&lt;/b&gt; xxx" in answer.text
    assert "x" * 250 not in answer.text


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "ftp://x"},
        {"id_token_signing_alg_values_supported": ["none", "HS256"]},
    ],
)
def test_metadata_of_another_is_as_good_as_none(client: Any, issuer: FakeIssuer, metadata: dict[str, Any]) -> None:
    issuer.metadata = metadata
    assert send(client, "/login", "/login/start").status_code == 503


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, b"oops"),
        (404, {}, b""),
        (200, {}, b"<html>"),
        (200, {}, b"[]"),
        (200, {}, b"{}"),
        (200, {}, b"\xff"),
        (302, {"Location": "/elsewhere"}, b""),
        (200, {}, b" " * (wire.MAX_BYTES + 1)),
    ],
)
def test_an_issuer_that_stumbles_is_away(client: Any, issuer: FakeIssuer, answer: Any) -> None:
    issuer.answers = {"/.well-known/openid-configuration": answer}
    sorry = send(client, "/login", "/login/start")
    assert sorry.status_code == 503
    assert "does not answer" in words(sorry.text)
    assert "/elsewhere" not in issuer.asked
    issuer.answers = {}
    assert send(client, "/login", "/login/start").status_code == 302


@pytest.mark.parametrize(("path", "status"), [("/token", 503), ("/jwks", 503), ("/userinfo", 303)])
def test_it_may_stumble_later(client: Any, issuer: FakeIssuer, path: str, status: int) -> None:
    issuer.answers = {path: (500, {}, b"oops")}
    issuer.dropped = ("name", "preferred_username")
    assert come_back(client, issuer).status_code == status
    assert len(people()) == (1 if status == 303 else 0)


def test_a_redirect_is_not_followed_with_the_code(client: Any, issuer: FakeIssuer) -> None:
    issuer.answers = {"/token": (307, {"Location": "/elsewhere"}, b"")}
    assert refused(client, come_back(client, issuer))
    assert "/elsewhere" not in issuer.asked


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token"])
def test_a_dripping_answer_ends(client: Any, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(wire, "TOTAL_SECONDS", 0.5)
    issuer.drip = path
    started = time.monotonic()
    answer = come_back(client, issuer) if path == "/token" else send(client, "/login", "/login/start")
    assert answer.status_code == 503
    assert time.monotonic() - started < 3


def test_nobody_there(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house.extensions["oidc"], "_server_metadata_url", "http://127.0.0.1:9/none")
    client = house.test_client()
    assert client.get("/login").status_code == 200
    assert send(client, "/login", "/login/start").status_code == 503
    assert client.get("/login/callback?code=x&state=y").status_code == 503
    assert client.get("/members/").status_code == 200


def test_a_name_told_elsewhere_is_asked_for(client: Any, issuer: FakeIssuer) -> None:
    issuer.dropped = ("name", "preferred_username")
    come_back(client, issuer)
    assert people() == [("fay", "fay", "Fay From Afar")]


def test_a_name_of_somebody_else_is_not_taken(client: Any, issuer: FakeIssuer) -> None:
    issuer.dropped, issuer.claims = ("name", "preferred_username"), {"sub": "zed"}
    come_back(client, issuer)
    ((subject, handle, name),) = people()
    assert (subject, handle[:7], name) == ("zed", "member-", handle)


@pytest.mark.parametrize(
    ("username", "name", "handle"),
    [
        ("Søren.Åberg", "", "sren-aberg"),
        ("fay@mail.example", "Fay Q", "fay-q"),
        ("admin", "Ad Min", "member"),
        ("\u202eevil", "\u202eevil\x00", "evil"),
        ("", "\u0645\u0631\u064a\u0645", "member"),
        ("a" * 300, "", "a" * 30),
        (["x"], {"y": 1}, "member"),
        ("Mar-A", "", "member"),
    ],
)
def test_handles_from_what_the_issuer_says(
    client: Any, issuer: FakeIssuer, make_person: Any, username: Any, name: Any, handle: str
) -> None:
    make_person("mara")
    issuer.claims = {"preferred_username": username, "name": name}
    assert come_back(client, issuer).status_code == 303
    made = people()[0][1]
    expected = {"Mar-A": "mar-a-2"}.get(username if isinstance(username, str) else "", handle)
    assert made == expected or (expected == "member" and made.startswith("member-"))


@pytest.fixture
def make_person(house: Flask) -> Any:
    def make(handle: str) -> None:
        make_member(handle)
        db.session.commit()

    return make


def test_byte_for_byte(house: Flask, issuer: FakeIssuer) -> None:
    for subject in ("fay", "Fay", "fay2", "a" * 255, "a|b c:d/../e", "'; --"):
        issuer.claims = {"sub": subject}
        assert come_back(house.test_client(), issuer).status_code == 303
    assert [row[0] for row in people()] == ["fay", "Fay", "fay2", "a" * 255, "a|b c:d/../e", "'; --"]
    assert len({row[1] for row in people()}) == 6


def test_a_suspended_member_is_told(client: Any, issuer: FakeIssuer) -> None:
    come_back(client, issuer)
    db.session.execute(sa.update(Member).values(state="suspended"))
    db.session.commit()
    answer = come_back(client, issuer)
    assert answer.status_code == 403
    assert "suspended" in words(answer.text)


def test_a_very_long_id_token_is_used_but_not_kept(client: Any, issuer: FakeIssuer) -> None:
    issuer.claims = {"groups": ["g" * 50] * (ID_TOKEN_MAX_CHARS // 40)}
    assert come_back(client, issuer).status_code == 303
    assert send(client, "/me/settings", "/logout").location == "/"


def test_no_transaction_waits_for_the_issuer(house: Flask, issuer: FakeIssuer) -> None:
    client, pool = house.test_client(), db.engine.pool
    issuer.watch = pool.checkedout  # type: ignore[attr-defined]
    come_back(client, issuer)
    house.extensions["oidc"].server_metadata = {}
    send(client, "/me/settings", "/logout")
    assert issuer.asked == ["/.well-known/openid-configuration", "/token", "/jwks", "/.well-known/openid-configuration"]
    assert issuer.watched == [0, 0, 0, 0]
