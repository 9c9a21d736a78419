"""Signing in and out at a certified provider, over HTTP, through its own pages."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.extensions import db
from recognition.identity.models import Account, LoginSession, Member
from tests.identity.pages import send, words
from tests.servers.oidc import OidcProvider

HERE = "http://localhost"


@pytest.fixture
def house(house_with: Any, oidc_provider: OidcProvider) -> Flask:
    oidc_provider.register(f"{HERE}/login/callback", f"{HERE}/")
    client = {"oidc_client_id": oidc_provider.client_id, "oidc_client_secret": oidc_provider.client_secret}
    program: Flask = house_with(oidc_issuer=oidc_provider.issuer, **client)
    return program


@pytest.fixture
def client(house: Flask) -> FlaskClient:
    return house.test_client()


@pytest.fixture
def person() -> Any:
    with requests.Session() as session:
        yield session


def walk(person: requests.Session, answer: requests.Response) -> str:
    """Follow the provider's redirects until they lead back here."""
    while answer.is_redirect:
        location = answer.headers["Location"]
        if location.startswith(HERE):
            return location.removeprefix(HERE)
        answer = person.get(requests.compat.urljoin(answer.url, location), allow_redirects=False)
    raise AssertionError(f"{answer.url} says {answer.status_code}: {answer.text[:300]}")


def way_back(client: FlaskClient, person: requests.Session, login: str, choice: str = "go", **form: str) -> str:
    """From our button through the provider's form to the address that leads back."""
    start = send(client, "/login", "/login/start", **form)
    assert start.status_code == 302
    page = person.get(start.location)
    action = re.search(r'action="(/interaction/[^"]+)"', page.text)
    if action is None:
        raise AssertionError(page.text)
    fields = {"login": login, "password": f"{login}-password", "choice": choice}
    url = requests.compat.urljoin(page.url, action.group(1))
    return walk(person, person.post(url, data=fields, allow_redirects=False))


def sign_in(client: FlaskClient, person: requests.Session, login: str, **form: str) -> Any:
    return client.get(way_back(client, person, login, **form))


def accounts() -> list[tuple[Any, ...]]:
    db.session.rollback()
    wanted = sa.select(Account.subject, Member.handle, Member.name, Account.email, Account.email_verified).join(Member)
    return [tuple(row) for row in db.session.execute(wanted.order_by(Account.id))]


def test_signing_in_makes_a_member_and_coming_back_finds_them(client: Any, person: Any, oidc_provider: Any) -> None:
    answer = sign_in(client, person, "alice", next="/groups/")
    assert (answer.status_code, answer.location) == (303, "/me/settings")
    assert "Welcome!" in words(client.get("/me/settings").text)
    assert accounts() == [("alice", "alice", "Alice Example", "alice@people.example", True)]
    assert db.session.scalar(sa.select(Account.issuer)) == oidc_provider.issuer
    send(client, "/me/settings", "/me/logins/end-others")
    again, other_browser = client.application.test_client(), requests.Session()
    with other_browser:
        assert sign_in(again, other_browser, "alice", next="/groups/").location == "/groups/"
    assert len(accounts()) == 1


def test_a_newcomer_with_a_code_in_hand_goes_on_to_it(client: Any, person: Any) -> None:
    assert sign_in(client, person, "alice", next="/claim/BCDF2345").location == "/claim/BCDF2345"


def test_a_mail_address_that_nobody_checked_stays_unchecked(client: Any, person: Any) -> None:
    sign_in(client, person, "bob")
    assert accounts() == [("bob", "bob", "Bob Example", "bob@people.example", False)]


def test_a_hostile_name_is_only_text(client: Any, person: Any) -> None:
    sign_in(client, person, "mallory")
    assert accounts()[0][2] == "Mallory <script>alert(1)</script>"
    page = client.get("/members/").text
    assert "<script>alert" not in page
    assert "Mallory &lt;script&gt;" in page


def test_what_is_asked_of_the_provider(client: Any) -> None:
    first, second = (parse_qs(urlsplit(send(client, "/login", "/login/start").location).query) for _n in range(2))
    assert (first["code_challenge_method"], first["response_type"]) == (["S256"], ["code"])
    assert first["redirect_uri"] == [f"{HERE}/login/callback"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 20
        assert first[name] != second[name]


def test_signing_out_ends_it_here_and_there(client: Any, person: Any, oidc_provider: Any) -> None:
    sign_in(client, person, "alice")
    answer = send(client, "/me/settings", "/logout")
    assert answer.status_code == 303
    assert answer.location.startswith(oidc_provider.issuer)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LoginSession)) == 0
    assert client.get("/me/settings").location == "/login?next=/me/settings"
    page = person.get(answer.location)
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)"', page.text))
    action = re.search(r'action="([^"]+)"', page.text)
    back = person.post(requests.compat.urljoin(page.url, action.group(1)), data=form | {"logout": "yes"}, allow_redirects=False)
    assert back.headers["Location"] == f"{HERE}/"
    assert "interaction" in person.get(send(client, "/login", "/login/start").location).url


def test_a_no_at_the_provider_is_told_kindly(client: Any, person: Any) -> None:
    answer = client.get(way_back(client, person, "alice", choice="cancel"))
    assert answer.status_code == 400
    assert "The person said &lt;no&gt;." in answer.text
    assert accounts() == []


def test_an_answer_serves_once(client: Any, person: Any) -> None:
    back = way_back(client, person, "alice")
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 400


def test_another_browser_cannot_use_the_answer(client: Any, person: Any) -> None:
    back = way_back(client, person, "alice")
    stranger = client.application.test_client()
    assert stranger.get(back).status_code == 400
    assert stranger.get("/me/settings").status_code == 302
    assert accounts() == []


def test_the_signed_out_page_has_one_button(client: Any) -> None:
    page = client.get("/login").text
    assert page.count('action="/login/start"') == 1
    assert "/login/demo" not in page
    assert send(client, "/login", "/login/demo", handle="x").status_code == 404
