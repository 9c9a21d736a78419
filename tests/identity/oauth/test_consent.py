"""The page on which a program asks, and the ways back."""

import random
import secrets
import string
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.audit.models import AuditEntry
from recognition.extensions import db
from recognition.identity.access import digest
from recognition.identity.models import Member
from recognition.identity.oauth.models import OAuthConsent
from recognition.identity.oauth.scopes import BRING_BADGES, CHANGE_PROFILE, READ_BADGES, STAY
from recognition.identity.views.consent import QUERY_MAX_CHARS
from recognition.identity.views.login import local_url
from tests.identity.oauth.program import HOME, Program, answer, fields_of, parameters, registered
from tests.identity.pages import words


def consents() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(OAuthConsent)) or 0


def test_it_says_who_asks_for_what(client: FlaskClient, ada: Member, wallet: Program) -> None:
    page = client.get(wallet.asking(scope=f"{CHANGE_PROFILE} {READ_BADGES} {STAY}"))
    said = words(page.text).replace("wallet.example .", "wallet.example.")
    assert page.status_code == 200
    assert "Let “Wallet” in?" in said
    assert "It is at wallet.example. We know nothing else about it: it chose its name itself." in said
    assert said.index("Read your badges") < said.index("Change your profile")
    assert "Bring badges" not in said
    assert "until nobody used it for 90 days" in said
    assert "You are here as @ada." in said
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "form-action 'self' https://wallet.example; " in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "wallet.example" not in client.get("/").headers["Content-Security-Policy"]


def test_a_name_is_only_text(client: FlaskClient, ada: Member) -> None:
    sly = registered(client, client_name="<b>Bank</b>", policy_uri="https://a.example/?<i>")
    page = client.get(sly.asking()).text
    assert "<b>Bank" not in page
    assert "<i>" not in page


def test_yes_brings_a_code_the_state_and_our_name(client: FlaskClient, ada: Member, wallet: Program) -> None:
    back = answer(client, wallet.asking(), "yes")
    assert back.status_code == 303
    assert back.location.startswith(HOME + "?")
    given = parameters(back.location)
    code = given.pop("code")
    assert given == {"state": "xyz ü&=", "iss": "http://localhost"}
    row = db.session.scalars(sa.select(OAuthConsent)).one()
    assert (row.member_id, row.code_hash, row.code_used_at) == (ada.id, digest(code), None)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "program.allowed")).one()
    assert (entry.actor_id, entry.after) == (ada.id, {"scopes": ["credential.readonly", "profile.readonly"]})


def test_no_is_told_with_the_state_and_our_name(client: FlaskClient, ada: Member, wallet: Program) -> None:
    back = answer(client, wallet.asking(), "no")
    assert back.status_code == 303
    given = parameters(back.location)
    assert (given["error"], given["state"], given["iss"]) == ("access_denied", "xyz ü&=", "http://localhost")
    assert consents() == 0


def test_an_address_with_a_query_keeps_it(client: FlaskClient, ada: Member) -> None:
    program = registered(client, redirect_uris=["https://wallet.example/back?who=1"])
    back = answer(client, program.asking(redirect_uri="https://wallet.example/back?who=1"), "yes")
    assert sorted(parameters(back.location)) == ["code", "iss", "state", "who"]


def test_a_stranger_signs_in_first_and_comes_back(client: FlaskClient, wallet: Program) -> None:
    answer = client.get(wallet.asking())
    assert answer.status_code == 303
    assert answer.location.startswith("/login?next=/oauth/authorize")
    kept = parameters(answer.location)["next"]
    assert local_url(kept) == kept == wallet.asking()


def test_the_answer_needs_the_pages_own_token(client: FlaskClient, ada: Member, wallet: Program) -> None:
    fields = fields_of(client.get(wallet.asking()))
    forged = {name: value for name, value in fields.items() if name != "csrf_token"} | {"answer": "yes"}
    assert client.post("/oauth/authorize", data=forged).status_code == 400
    told = client.post("/oauth/authorize", data=fields | {"answer": "yes"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert told.status_code == 403
    assert client.get(wallet.asking() + "&answer=yes").status_code == 200
    assert consents() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"}, {"client_id": None}, {"client_id": "x" * 500}, {"client_id": 'a"b'}, {"client_id": "\x00"},
        {"redirect_uri": None}, {"redirect_uri": "https://evil.example/"}, {"redirect_uri": HOME + "/"},
        {"redirect_uri": HOME + "?a=b"}, {"redirect_uri": HOME.upper()}, {"redirect_uri": HOME + "\\"},
        {"redirect_uri": "https://wallet.example.evil.example/back"}, {"redirect_uri": "http://127.0.0.1:7001/back"},
        {"redirect_uri": "javascript:alert(1)"}, {"redirect_uri": "//evil.example"}, {"redirect_uri": "https://ü.example/"},
        {"redirect_uri": HOME + '"'}, {"redirect_uri": HOME + "#x"},
    ],
)  # fmt: skip
def test_without_a_known_program_and_its_exact_address_nobody_goes_anywhere(
    client: FlaskClient, ada: Member, wallet: Program, changes: Any
) -> None:
    page = client.get(wallet.asking(**changes))
    assert (page.status_code, page.location) == (400, None)
    assert 'href="http' not in page.text.partition("<main")[2].partition("</main")[0]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": STAY}, "invalid_scope"),
        ({"scope": f"{READ_BADGES} admin"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_wrong_request_sends_nobody_away_by_itself(
    client: FlaskClient, ada: Member, wallet: Program, changes: Any, error: str
) -> None:
    """Anybody can register a program, and would have a redirect of ours otherwise; the way to it is a link."""
    page = client.get(wallet.asking(**changes))
    assert (page.status_code, page.location) == (400, None)
    assert error in words(page.text)
    assert f'href="{HOME}?error={error}' in page.text
    assert "iss=http%3A%2F%2Flocalhost" in page.text
    fields = fields_of(client.get(wallet.asking()))
    tampered = {name: value for name, value in (fields | changes).items() if value is not None}
    assert client.post("/oauth/authorize", data=tampered | {"answer": "yes"}).status_code == 400
    assert consents() == 0


def test_a_program_gets_no_more_than_it_registered_for(client: FlaskClient, ada: Member) -> None:
    modest = registered(client, scope=READ_BADGES)
    assert client.get(modest.asking(scope=f"{READ_BADGES} {BRING_BADGES}")).status_code == 400
    assert client.get(modest.asking(scope=READ_BADGES)).status_code == 200


def test_a_parameter_comes_once_and_a_request_is_short(client: FlaskClient, ada: Member, wallet: Program) -> None:
    assert client.get(wallet.asking() + "&redirect_uri=https://evil.example/").status_code == 400
    assert client.get(wallet.asking() + "&code_challenge_method=plain").status_code == 400
    assert client.get(wallet.asking(state="s" * 1800)).status_code == 400


def test_programs_stand_on_the_settings_page_and_can_be_shown_the_door(client: FlaskClient, ada: Member, wallet: Program) -> None:
    assert "Programs you let in" not in words(client.get("/me/settings").text)
    tokens = wallet.tokens(client)
    wallet.tokens(client)
    said = words(client.get("/me/settings").text)
    assert said.count("Wallet wallet.example") == 1
    assert "Read your badges · Read your profile" in said
    row = db.session.scalars(sa.select(OAuthConsent)).first()
    page = client.get("/me/settings")
    token = page.text.partition(f"/me/programs/{row.client_id}/end")[2].partition('value="')[2].partition('"')[0]
    gone = client.post(f"/me/programs/{row.client_id}/end", data={"csrf_token": token})
    assert (gone.status_code, gone.location) == (303, "/me/settings#programs")
    assert "Programs you let in" not in words(client.get("/me/settings").text)
    assert wallet.refresh(tokens["refresh_token"]).get_json()["error"] == "invalid_grant"
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["program.registered", "program.allowed", "program.allowed", "program.ended"]


def test_nobody_ends_what_is_somebody_elses(app: Any, client: FlaskClient, ada: Member, wallet: Program, make_member: Any,
                                            sign_in: Any) -> None:  # fmt: skip
    tokens = wallet.tokens(client)
    client_id = db.session.scalars(sa.select(OAuthConsent.client_id)).one()
    other = app.test_client()
    sign_in(other, make_member("bob"))
    page = other.get("/me/settings").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert other.post(f"/me/programs/{client_id}/end", data={"csrf_token": token}).status_code == 303
    assert wallet.refresh(tokens["refresh_token"]).status_code == 200


def test_the_about_page_tells_what_programs_may(client: FlaskClient) -> None:
    said = words(client.get("/oauth/about").text)
    assert "Bring badges to your backpack" in said
    assert "A key opens for 60 minutes" in said


def test_the_longest_request_outlives_the_sign_in(client: FlaskClient, wallet: Program) -> None:
    """The way back is kept in a cookie, which a browser drops beyond 4096 bytes."""
    short = wallet.asking(state="")
    noise = random.Random(7).choices(string.ascii_letters + string.digits, k=QUERY_MAX_CHARS - len(short.partition("?")[2]))
    address = wallet.asking(state="".join(noise))
    kept = client.get(address).location
    with client.session_transaction() as session:
        session["next"] = local_url(parameters(kept)["next"])
        pending = {"data": {"nonce": secrets.token_urlsafe(20), "code_verifier": secrets.token_urlsafe(36)}}
        session.update({f"_state_issuer_{number}": pending for number in range(3)})
    assert parameters(kept)["next"] == address
    cookie = client.get_cookie("recognition")
    assert cookie is not None
    assert len(cookie.value) < 3900


@pytest.mark.parametrize("uri", ["https://evil.example?.bank.example", "https://evil.example?.bank.example/back"])
def test_what_follows_the_host_is_not_taken_for_a_part_of_it(client: FlaskClient, ada: Member, uri: str) -> None:
    sly = registered(client, redirect_uris=[uri])
    said = words(client.get(sly.asking(redirect_uri=uri)).text)
    assert "bank.example" not in said
    assert "Both answers take you to evil.example." in said
    refused = client.get(sly.asking(redirect_uri=uri, scope="nothing"))
    assert (refused.status_code, "bank.example" in words(refused.text)) == (400, False)
