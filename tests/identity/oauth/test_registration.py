from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.extensions import db
from recognition.identity.access import digest
from recognition.identity.oauth.addresses import BadAddress, check_redirect, origin
from recognition.identity.oauth.models import OAuthClient
from recognition.identity.oauth.registration import BadRegistration, read
from recognition.identity.oauth.scopes import READ_BADGES, SCOPES
from tests.identity.oauth.program import METADATA

OUR_HOME = "https://badges.example"


def test_a_public_program_has_no_secret(client: FlaskClient) -> None:
    answer = client.post("/oauth/register", json=METADATA | {"scope": READ_BADGES, "jwks_uri": "https://not.kept", "tos_uri": ""})
    assert answer.status_code == 201
    body = answer.get_json()
    key = body.pop("client_id")
    assert body.pop("client_id_issued_at") > 0
    assert body == {
        "client_name": "Wallet",
        "redirect_uris": METADATA["redirect_uris"],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": READ_BADGES,
    }
    assert answer.headers["Cache-Control"] == "no-store"
    row = db.session.scalars(sa.select(OAuthClient)).one()
    assert (row.key, row.secret_hash) == (key, None)
    assert not row.check_client_secret("")


def test_a_secret_is_told_once_and_kept_as_its_hash(client: FlaskClient) -> None:
    body = client.post("/oauth/register", json=METADATA | {"token_endpoint_auth_method": "client_secret_post"}).get_json()
    assert body["client_secret_expires_at"] == 0
    assert body["scope"] == " ".join(SCOPES)
    row = db.session.scalars(sa.select(OAuthClient)).one()
    assert row.secret_hash == digest(body["client_secret"])


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": "https://wallet.example"}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://wallet.example/*"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [["https://wallet.example"]]}, "invalid_redirect_uri"),
        ({"client_name": ""}, "invalid_client_metadata"),
        ({"client_name": ["Wallet"]}, "invalid_client_metadata"),
        ({"client_name": "Wal\u202elet"}, "invalid_client_metadata"),
        ({"client_name": "x" * 81}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": {}}, "invalid_client_metadata"),
        ({"grant_types": ["implicit"]}, "invalid_client_metadata"),
        ({"grant_types": [1]}, "invalid_client_metadata"),
        ({"grant_types": ["authorization_code", "password"]}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"scope": "everything"}, "invalid_client_metadata"),
        ({"scope": 5}, "invalid_client_metadata"),
        ({"tos_uri": "javascript:alert(1)"}, "invalid_client_metadata"),
        ({"software_id": "\x00"}, "invalid_client_metadata"),
    ],
)
def test_what_cannot_be_believed_is_refused_with_its_code(client: FlaskClient, changes: Any, error: str) -> None:
    answer = client.post("/oauth/register", json=METADATA | changes)
    assert (answer.status_code, answer.get_json()["error"]) == (400, error)
    assert answer.get_json()["error_description"].isascii()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OAuthClient)) == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"[" * 5000, b"\xff"])
def test_no_object_no_program(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/oauth/register", data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_client_metadata")


def test_registering_is_limited(client: FlaskClient) -> None:
    answers = [client.post("/oauth/register", json=METADATA) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [201] * 30 + [429]
    assert answers[-1].get_json()["error"] == "temporarily_unavailable"
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "uri",
    [
        "https://wallet.example", "https://wallet.example:8443/back?x=1", "http://127.0.0.1:7000/", "http://localhost/back",
    ],
)  # fmt: skip
def test_good_addresses(uri: str) -> None:
    assert check_redirect(uri, OUR_HOME) == uri


@pytest.mark.parametrize(
    "uri",
    [
        "http://wallet.example/back", "https://", "https:///back", "javascript:alert(1)", "wallet://back", "/back",
        "//wallet.example",         "https://wallet.example/back#part", "https://wallet.example/#", "https://*.example/back", "https://wallet.example\\@evil.example",
        "https://ada:x@wallet.example/", "https://wallet.example@evil.example/", "https://wallet.example/ back", "https://wället.example",
        "https://wallet.example/\r\nSet-Cookie:x", "https://badges.example/back", "https://BADGES.example:443/back", "http://[::1]/back",
        "http://127.0.0.1.evil.example/", "http://localhost.evil.example/", "http://0/", "https://wallet.example:port/",
        "https://wallet.example/?code=1", "https://wallet.example/?state=", "https://wallet.example/" + "x" * 500, "", None, 7,
        "https://wallet.example/'; form-action *", "https://wallet_example;x/", "data:text/html,x", "https://wallet.example:99999/",
    ],
)  # fmt: skip
def test_bad_addresses(uri: Any) -> None:
    with pytest.raises(BadAddress):
        check_redirect(uri, OUR_HOME)


def test_the_origin_of_an_address() -> None:
    assert [origin(uri) for uri in ("https://A.example:443/x", "http://a.example:8080", "nothing")] == [
        "https://a.example",
        "http://a.example:8080",
        "",
    ]


@settings(max_examples=80)
@given(st.text(max_size=60) | st.from_regex(r"https?://[!-~]{1,40}", fullmatch=True))
def test_whatever_is_let_through_leads_where_it_says(uri: str) -> None:
    try:
        check_redirect(uri, OUR_HOME)
    except BadAddress:
        return
    assert uri.startswith(("https://", "http://127.0.0.1", "http://localhost"))
    assert not set(uri) & set("#*\\ \r\n'\"")
    assert not set(uri.split("/")[2].partition("?")[0]) & set("@;")
    assert origin(uri) not in ("", origin(OUR_HOME))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=80)
@given(st.dictionaries(st.sampled_from([*METADATA, "scope", "response_types", "logo_uri", "software_id"]), _JSON))
def test_odd_metadata_is_refused_in_ascii_and_never_a_surprise(said: Any) -> None:
    try:
        read(METADATA | said, OUR_HOME)
    except BadRegistration as fault:
        words = str(fault)
        assert words.isascii()
