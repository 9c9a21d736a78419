from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from recognition import clock
from recognition.audit.models import AuditEntry
from recognition.extensions import db
from recognition.identity.models import Account, Member
from recognition.identity.rules import Refused
from recognition.identity.services import claims
from tests.factories.activities import make_activity
from tests.factories.identity import JOINED, make_member
from tests.identity.fake_issuer import CLIENT_ID, CLIENT_SECRET, FakeIssuer, fake_issuer
from tests.identity.pages import send, words


@pytest.fixture
def issuer() -> Any:
    with fake_issuer() as fake:
        yield fake


@pytest.fixture
def house(house_with: Any, issuer: FakeIssuer) -> Flask:
    program: Flask = house_with(oidc_issuer=issuer.url, oidc_client_id=CLIENT_ID, oidc_client_secret=CLIENT_SECRET)
    return program


@pytest.fixture
def client(house: Flask) -> Any:
    return house.test_client()


@pytest.fixture
def link(house: Flask) -> str:
    waiting = make_member("rep-0007", name="Amina")
    db.session.commit()
    return claims.make_link(waiting).removeprefix("http://localhost")


def sign_in(client: Any, issuer: FakeIssuer, subject: str = "fay") -> Any:
    issuer.claims = {"sub": subject, "preferred_username": subject}
    query = issuer.accept(send(client, "/login", "/login/start").location)
    return client.get("/login/callback", query_string=query)


def logins() -> dict[str, str]:
    db.session.rollback()
    return {row.subject: row.handle for row in db.session.execute(sa.select(Account.subject, Member.handle).join(Member))}


def test_signed_out_the_link_leads_through_the_door(client: Any, issuer: FakeIssuer, link: str) -> None:
    page = client.get(link)
    assert "Amina" in words(page.text)
    assert page.headers["Referrer-Policy"] == "same-origin"  # with no-referrer a browser's form comes from nowhere
    assert logins() == {}
    assert send(client, link, link).location == "/login"
    assert "Your page is waiting" in words(client.get("/login").text)
    assert sign_in(client, issuer).location == "/me/settings"
    assert logins() == {"fay": "rep-0007"}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Member)) == 1
    assert db.session.scalars(sa.select(AuditEntry.action)).all() == ["member.claimed"]


def test_a_link_serves_once(client: Any, house: Flask, issuer: FakeIssuer, link: str) -> None:
    second = house.test_client()
    for browser in (client, second):
        send(browser, link, link)
    sign_in(client, issuer)
    answer = sign_in(second, issuer, "eve")
    assert (answer.status_code, "used already" in words(answer.text)) == (403, True)
    assert logins() == {"fay": "rep-0007"}
    assert client.get(link).status_code == 410


def test_somebody_new_and_empty_may_still_take_it(client: Any, issuer: FakeIssuer, link: str) -> None:
    sign_in(client, issuer)
    assert send(client, link, link).location == "/me/settings"
    assert logins() == {"fay": "rep-0007"}
    assert db.session.scalars(sa.select(Member.handle)).all() == ["rep-0007"]
    assert client.get("/me/settings").status_code == 200


def test_somebody_with_a_history_may_not(client: Any, issuer: FakeIssuer, link: str) -> None:
    sign_in(client, issuer)
    make_activity(db.session.scalar(sa.select(Member.id).where(Member.handle == "fay")))
    db.session.commit()
    answer = send(client, link, link)
    assert (answer.status_code, "a page of your own" in words(answer.text)) == (409, True)
    assert logins() == {"fay": "fay"}


def test_a_known_login_comes_back_to_the_link(client: Any, house: Flask, issuer: FakeIssuer, link: str) -> None:
    sign_in(house.test_client(), issuer)
    send(client, link, link)
    assert sign_in(client, issuer).location == link
    assert logins() == {"fay": "fay"}


def test_spoilt_and_old_links_open_nothing(client: Any, house: Flask, link: str) -> None:
    for spoilt in (link[:-1], link[:-3] + "abc", "/claim/" + "x" * 25, "/claim/" + "a" * 500):
        assert client.get(spoilt).status_code == 410
    with time_machine.travel(clock.utcnow() + timedelta(days=15), tick=False):
        answer = client.get(link)
    assert (answer.status_code, "older than two weeks" in words(answer.text)) == (410, True)
    # Shorter words are codes that bring a badge, which have a page of their own.
    assert client.get("/claim/" + "x" * 24).status_code == 422


def test_who_has_a_login_gets_no_link(house: Flask, link: str) -> None:
    member = db.session.scalars(sa.select(Member)).one()
    db.session.add(Account(member_id=member.id, issuer="demo", subject="x", created_at=JOINED))
    db.session.commit()
    with house.test_request_context(), pytest.raises(Refused, match="already has a login"):
        claims.make_link(member)


def test_opening_a_link_changes_nothing(client: Any, link: str) -> None:
    client.get(link)
    with client.session_transaction() as session:
        assert "claim" not in session
    assert client.post(link).status_code == 400
