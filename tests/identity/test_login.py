"""The demo's door, what a login may lead to, and how long it holds."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from recognition.identity.access import ABSOLUTE, IDLE, digest
from recognition.identity.models import Account, LoginSession
from recognition.identity.services.sessions import DEMO_ISSUER
from recognition.identity.views.login import local_url
from tests.identity.pages import send, words

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def personas(make_member: Any, db: Any) -> list[Any]:
    people = [
        make_member("mara", roles=("council",)),
        make_member("tariq", place="Amman"),
        make_member("sly", state="suspended"),
    ]
    db.session.add_all(Account(member_id=p.id, issuer=DEMO_ISSUER, subject=p.handle, created_at=NOW) for p in people)
    make_member("zoe", imported={"demo": ""})
    make_member("added")
    elsewhere = make_member("elsewhere")
    db.session.add(Account(member_id=elsewhere.id, issuer="https://elsewhere.example", subject="e", created_at=NOW))
    db.session.commit()
    return people


def test_the_demo_offers_its_personas(client: Any, personas: Any) -> None:
    page = client.get("/login").text
    assert re.findall(r'name="handle" value="([^"]+)"', page) == ["mara", "tariq", "added"]
    assert "On the council" in words(page)
    # Nobody else has an address that the demo made up.
    assert re.findall(r"[\w.]+@[\w.]+", words(page)) == []


def test_the_demo_says_which_address_each_persona_has(client: Any, db: Any, personas: Any) -> None:
    account = db.session.scalars(sa.select(Account).where(Account.subject == "tariq")).one()
    account.email, account.email_verified = "tariq@hall.example", True
    db.session.commit()
    assert re.findall(r"[\w.]+@[\w.]+", words(client.get("/login").text)) == ["tariq@hall.example"]


def test_signing_in_as_a_persona_and_out(client: Any, db: Any, personas: Any) -> None:
    answer = send(client, "/login", "/login/demo", handle="tariq", next="/groups/")
    assert (answer.status_code, answer.location) == (303, "/groups/")
    assert client.get("/me").location == "/members/tariq"
    assert send(client, "/groups/", "/logout").location == "/"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LoginSession)) == 0
    assert client.get("/me").location == "/login?next=/me"


def test_a_copied_cookie_is_worth_nothing_after_signing_out(client: Any, personas: Any) -> None:
    send(client, "/login", "/login/demo", handle="tariq")
    cookie = client.get_cookie("recognition").value
    send(client, "/groups/", "/logout")
    client.set_cookie("recognition", cookie)
    assert client.get("/me").location == "/login?next=/me"


@pytest.mark.parametrize("handle", ["sly", "zoe", "elsewhere", "nobody", "", "Mara"])
def test_others_cannot_be_tried_on(client: Any, personas: Any, handle: str) -> None:
    assert send(client, "/login", "/login/demo", handle=handle).status_code == 404


def test_a_house_without_the_demo_is_entered_by_its_own_people(client: Any, db: Any, personas: Any) -> None:
    for _time in range(2):
        assert send(client, "/login", "/login/demo", handle="added").status_code == 303
        assert client.get("/me").location == "/members/added"
        send(client, "/groups/", "/logout")
    made = db.session.execute(sa.select(Account.issuer).where(Account.issuer != DEMO_ISSUER).order_by(Account.id)).scalars()
    assert list(made) == ["https://elsewhere.example", "door"]
    assert 'value="added"' in client.get("/login").text


def test_a_login_needs_a_form_of_ours(client: Any, personas: Any) -> None:
    assert client.post("/login/demo", data={"handle": "mara"}).status_code == 400


def test_the_session_changes_at_login(client: Any, personas: Any) -> None:
    client.get("/login")
    with client.session_transaction() as session:
        session["planted"] = "before"
    send(client, "/login", "/login/demo", handle="mara")
    with client.session_transaction() as session:
        assert "planted" not in session


def test_the_cookie(client: Any, personas: Any) -> None:
    set_cookie = send(client, "/login", "/login/demo", handle="mara").headers["Set-Cookie"]
    assert [part in set_cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/")] == [True] * 3
    assert "Domain" not in set_cookie


def test_the_cookie_goes_out_with_use_and_not_with_every_answer(client: Any, personas: Any) -> None:
    """An answer that is late would bring back an older cookie, and with it end the form that was opened since."""
    with time_machine.travel(NOW, tick=False) as clock:
        send(client, "/login", "/login/demo", handle="mara")
        page = client.get("/groups/").text  # with the forms' token
        style = re.findall(r'href="(/static/css/app\.css[^"]*)"', page)[0]
        sent = []
        for minutes in (1, 9, 11, 12):
            clock.move_to(NOW + timedelta(minutes=minutes))
            sent += [(minutes, at) for at in (style, "/me", "/groups/") if "Set-Cookie" in client.get(at).headers]
        assert sent == [(11, "/me")]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("/groups/?after=x", "/groups/?after=x"), ("/", "/"), (None, "/"), ("", "/"), ("groups", "/"),
        ("//evil.example", "/"), ("/\\evil.example", "/"), ("https://evil.example/", "/"), ("javascript:alert(1)", "/"),
        ("/a\nb", "/"), ("/\t/evil.example", "/"), ("/a\\b", "/"), ("/login?next=/login", "/"), ("/logout", "/"),
        ("/" + "a" * 2001, "/"), ("/caf\u00e9", "/caf\u00e9"), ("\u2028/x", "/"),
    ],
)  # fmt: skip
def test_only_our_own_addresses_follow_a_login(given: Any, kept: str) -> None:
    assert local_url(given) == kept


def test_a_guarded_page_sends_to_the_door_and_back(client: Any, personas: Any) -> None:
    assert client.get("/me/settings?a=b").location == "/login?next=/me/settings?a%3Db"
    assert client.post("/me/settings").status_code == 400


def login_row(db: Any) -> LoginSession:
    db.session.rollback()
    row: LoginSession = db.session.scalars(sa.select(LoginSession)).one()
    return row


def test_a_login_is_renewed_by_use_and_ends_when_idle(client: Any, db: Any, personas: Any) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        send(client, "/login", "/login/demo", handle="mara")
        clock.move_to(NOW + timedelta(minutes=9))
        client.get("/me")
        assert login_row(db).last_seen_at == NOW
        clock.move_to(NOW + timedelta(days=13))
        assert client.get("/me").location == "/members/mara"
        assert login_row(db).expires_at == NOW + timedelta(days=13) + IDLE
        clock.move_to(NOW + timedelta(days=13) + IDLE)
        assert client.get("/me").location == "/login?next=/me"


def test_a_login_ends_for_good_after_sixty_days(client: Any, db: Any, personas: Any) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        send(client, "/login", "/login/demo", handle="mara")
        for day in range(10, 60, 10):
            clock.move_to(NOW + timedelta(days=day))
            assert client.get("/me").location == "/members/mara"
        assert login_row(db).expires_at == NOW + ABSOLUTE
        clock.move_to(NOW + ABSOLUTE)
        assert client.get("/me").location == "/login?next=/me"


def test_the_table_holds_no_token(client: Any, db: Any, personas: Any) -> None:
    send(client, "/login", "/login/demo", handle="mara")
    with client.session_transaction() as session:
        token = session["_user_id"]
    assert login_row(db).token_hash == digest(token)
    assert len(token) >= 43


def test_suspension_acts_on_the_next_request(client: Any, db: Any, personas: Any) -> None:
    send(client, "/login", "/login/demo", handle="mara")
    personas[0].state = "suspended"
    db.session.commit()
    assert client.get("/me").location == "/login?next=/me"


def test_own_logins_are_listed_and_ended(app: Any, db: Any, personas: Any) -> None:
    here, there, other = (app.test_client() for _n in range(3))
    for client, handle in ((here, "mara"), (there, "mara"), (other, "tariq")):
        client.environ_base["HTTP_USER_AGENT"] = f"<b>{handle}/1.0 browses"
        send(client, "/login", "/login/demo", handle=handle)
    ids = list(db.session.scalars(sa.select(LoginSession.id).order_by(LoginSession.id)))
    page = here.get("/me/settings").text
    assert [f"/me/logins/{n}/end" in page for n in ids] == [False, True, False]
    assert "&lt;b&gt;mara/1.0<" in page
    send(here, "/me/settings", f"/me/logins/{ids[2]}/end")
    assert other.get("/me").location == "/members/tariq"
    send(here, "/me/settings", f"/me/logins/{ids[1]}/end")
    assert there.get("/me").location == "/login?next=/me"
    send(there, "/login", "/login/demo", handle="mara")
    send(here, "/me/settings", "/me/logins/end-others")
    assert [client.get("/me").location for client in (here, there, other)] == [
        "/members/mara", "/login?next=/me", "/members/tariq",
    ]  # fmt: skip
