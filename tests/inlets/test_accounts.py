"""My names elsewhere: proven by a word on a page that only I can write, and what becomes of what is seen under them."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.activities.models import Activity
from recognition.identity.models import Account
from recognition.inlets.models import LinkedAccount, Sighting
from recognition.inlets.outside import REACHABLE
from recognition.inlets.profiles import Name, is_proof, name_at, pages_of
from recognition.inlets.services.seeing import take
from tests.factories.identity import make_member
from tests.factories.inlets import FORUM, NOW, make_account, make_inlet, make_seen, send

FORUMS = {"forum.example.org": "https://forum.example.org", "talk.example.org": "https://talk.example.org/community"}


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://forum.example.org/u/Amina", Name("discourse", "forum.example.org", "Amina")),
        ("forum.example.org/u/amina/summary?x=1", Name("discourse", "forum.example.org", "amina")),
        ("https://talk.example.org/community/u/amina", Name("discourse", "talk.example.org", "amina")),
        ("https://talk.example.org/u/amina", None),
        ("https://github.com/amina", Name("github", "github.com", "amina")),
        ("https://GitHub.com/amina/", Name("github", "github.com", "amina")),
        ("https://github.com/amina/handbook", None),
        ("https://wiki.example.org/wiki/User:Amina_O", Name("mediawiki", "wiki.example.org", "Amina O")),
        ("https://wiki.example.org/w/index.php?title=User:Amina", Name("mediawiki", "wiki.example.org", "Amina")),
        ("https://wiki.example.org/wiki/Talk:Amina", None),
        ("https://wiki.example.org/uploads/x/User:Amina", None),
        ("https://elsewhere.example/u/amina", None),
        ("javascript:alert(1)", None), ("http://[", None), ("", None), ("https://github.com:x/amina", None),
    ],
)  # fmt: skip
def test_an_address_says_who_one_is_there(address: str, name: Name | None) -> None:
    assert name_at(address, FORUMS, ["github.com"]) == name


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_address_is_a_surprise(address: str) -> None:
    found = name_at(address, FORUMS, ["github.com"])
    if found is not None:
        assert all(
            page.startswith("https://") and page.isascii()
            for page in pages_of(found.source, found.place, found.name, FORUMS)
            if found.place.isascii()
        )


WORD = "recognition-abc"


@pytest.mark.parametrize(
    ("source", "body", "expected"),
    [
        ("discourse", {"user": {"username": "amina", "bio_raw": f"Hello {WORD}"}}, True),
        ("discourse", {"user": {"username": "mallory", "bio_raw": WORD}}, False),
        ("discourse", {"user": {"username": "\uff41mina", "bio_raw": WORD}}, False),
        ("discourse", {"user": {"username": "amina", "featured_topic": {"title": WORD}, "title": WORD}}, False),
        ("discourse", {"user": {"username": "amina"}, "badges": [WORD]}, False),
        ("discourse", [WORD], False), ("discourse", {"user": WORD}, False),
        ("github", {"login": "Amina", "bio": WORD}, True),
        ("github", {"login": "amina", "name": WORD, "email": WORD}, False),
        ("github", {"login": "other", "bio": WORD}, False),
    ],
    ids=str,
)  # fmt: skip
def test_only_what_they_write_themselves_is_proof(source: str, body: Any, expected: bool) -> None:
    assert is_proof(source, "x.example", "amina", json.dumps(body).encode(), "abc") is expected


@given(st.binary(max_size=300), st.sampled_from(["discourse", "github", "mediawiki"]))
@settings(max_examples=150, deadline=None)
def test_no_page_is_a_surprise(body: bytes, source: str) -> None:
    assert is_proof(source, "x.example", "amina", body, "a-token-that-is-nowhere") is False


class Forum:
    """A forum on this machine: what stands at which address."""

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {}
        self.asked: list[str] = []
        forum = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                forum.asked.append(self.path)
                found = forum.pages.get(self.path)
                body = json.dumps(found).encode()
                self.send_response(404 if found is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = int(self.server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def forum(app: Flask) -> Iterator[Forum]:
    one = Forum()
    app.extensions[REACHABLE] = {("127.0.0.1", one.port)}
    make_inlet(config={"url": one.url})
    yield one
    one.server.shutdown()
    one.server.server_close()
    app.extensions.pop(REACHABLE)


def only(db: Any) -> LinkedAccount:
    db.session.rollback()
    return db.session.scalars(sa.select(LinkedAccount)).one()  # type: ignore[no-any-return]


def test_a_name_is_mine_once_my_word_stands_there(client: FlaskClient, db: Any, forum: Forum, sign_in: Any) -> None:
    amina = make_member("amina")
    place = f"127.0.0.1:{forum.port}"
    take(None, "discourse", [make_seen(account=type(make_seen().account)(place, "Amina"))], NOW)
    sign_in(client, amina)
    send(client, "/me/accounts", {"address": f"{forum.url}/u/Amina"})
    account = only(db)
    page = client.get("/me/accounts").get_data(as_text=True)
    assert f"recognition-{account.token}" in page
    assert "no-store" in client.get("/me/accounts").headers["Cache-Control"]

    looked = send(client, f"/me/accounts/{account.id}/look", {}, follow_redirects=True).get_data(as_text=True)
    assert "the token is not there yet" in looked
    assert only(db).proven_at is None
    forum.pages["/u/Amina.json"] = {"user": {"username": "Amina", "bio_raw": f"I like tea. recognition-{account.token}"}}
    looked = send(client, f"/me/accounts/{account.id}/look", {}, follow_redirects=True).get_data(as_text=True)
    assert "1 thing waits for your word." in looked
    assert (only(db).proof, only(db).mode) == ("page", "ask")
    assert [(row.state, row.member_id) for row in db.session.scalars(sa.select(Sighting))] == [("asked", amina.id)]


def test_a_place_that_is_not_public_is_not_asked(app: Flask, client: FlaskClient, db: Any, forum: Forum, sign_in: Any) -> None:
    sign_in(client, make_member("amina"))
    send(client, "/me/accounts", {"address": f"{forum.url}/u/amina"})
    app.extensions[REACHABLE] = set()
    looked = send(client, f"/me/accounts/{only(db).id}/look", {}, follow_redirects=True).get_data(as_text=True)
    assert "We could not look there." in looked
    assert forum.asked == []


def test_what_somebody_else_proved_is_not_taken_from_them(client: FlaskClient, db: Any, forum: Forum, sign_in: Any) -> None:
    place = f"127.0.0.1:{forum.port}"
    make_account(make_member("bela").id, place=place)
    sign_in(client, make_member("amina"))
    send(client, "/me/accounts", {"address": f"{forum.url}/u/amina"})
    mine = db.session.scalar(sa.select(LinkedAccount).where(LinkedAccount.proven_at.is_(None)))
    forum.pages["/u/amina.json"] = {"user": {"username": "amina", "bio_raw": f"recognition-{mine.token}"}}
    answer = send(client, f"/me/accounts/{mine.id}/look", {})
    assert answer.status_code == 409
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).where(LinkedAccount.proven_at.is_not(None))) == 1


@pytest.mark.parametrize("address", ["", "nonsense", "https://elsewhere.example/u/amina", "x" * 5000])
def test_an_address_that_we_cannot_read_keeps_what_was_typed(client: FlaskClient, db: Any, sign_in: Any, address: str) -> None:
    sign_in(client, make_member("amina"))
    answer = send(client, "/me/accounts", {"address": address})
    assert answer.status_code == 422
    assert f'value="{address}"' in answer.get_data(as_text=True)


def test_each_choice_does_what_it_says(client: FlaskClient, db: Any, sign_in: Any) -> None:
    amina = make_member("amina")
    account = make_account(amina.id)
    inlet = make_inlet(config={"url": "https://forum.example.org"})
    take(inlet, "discourse", [make_seen(1)], NOW)
    sign_in(client, amina)

    def states() -> list[tuple[str, int | None]]:
        db.session.rollback()
        return [(row.state, row.member_id) for row in db.session.scalars(sa.select(Sighting).order_by(Sighting.id))]

    def choose(mode: str) -> int:
        return send(client, f"/me/accounts/{account.id}/mode", {"mode": mode}).status_code

    assert (choose("off"), states()) == (303, [("new", None)])
    assert (choose("ask"), states()) == (303, [("asked", amina.id)])
    assert choose("nonsense") == 400
    choose("off")
    assert (choose("take"), states()) == (303, [("taken", amina.id)])
    send(client, f"/me/accounts/{account.id}/remove", {})
    assert states() == [("taken", amina.id)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LinkedAccount)) == 0


def test_an_unproven_name_can_be_told_nothing(client: FlaskClient, db: Any, sign_in: Any) -> None:
    amina = make_member("amina")
    account = make_account(amina.id, proven_at=None)
    take(make_inlet(), "discourse", [make_seen()], NOW)
    sign_in(client, amina)
    assert send(client, f"/me/accounts/{account.id}/mode", {"mode": "take"}).status_code == 409
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 0


@pytest.mark.parametrize("act", ["look", "mode", "remove"])
def test_nobody_touches_the_names_of_others(client: FlaskClient, db: Any, sign_in: Any, act: str) -> None:
    account = make_account(make_member("amina").id)
    sign_in(client, make_member("mallory"))
    assert send(client, f"/me/accounts/{account.id}/{act}", {"mode": "off"}).status_code == 404
    assert only(db).mode == "ask"


def test_what_one_signs_in_with_has_a_choice_too(client: FlaskClient, db: Any, sign_in: Any) -> None:
    amina = make_member("amina")
    sign_in(client, amina)
    account = db.session.scalar(sa.select(Account))
    account.email, account.email_verified = "Amina@example.org", True
    db.session.commit()
    page = client.get("/me/accounts").get_data(as_text=True)
    assert "Amina@example.org" in page
    told = {"place": "mail", "name": "amina@example.org", "mode": "take"}
    assert send(client, "/me/accounts/sign-in/mode", told).status_code == 303
    assert send(client, "/me/accounts/sign-in/mode", told).status_code == 303
    assert (only(db).mode, only(db).source) == ("take", "sign-in")
    assert send(client, "/me/accounts/sign-in/mode", {**told, "name": "bela@example.org"}).status_code == 404


def test_the_page_costs_the_same_for_one_and_for_many(client: FlaskClient, db: Any, sign_in: Any, count_queries: Any) -> None:
    amina = make_member("amina")
    sign_in(client, amina)
    costs = []
    for number in (1, 3):
        for turn in range(number):
            make_account(amina.id, f"amina-{number}-{turn}", place=FORUM)
        db.session.commit()
        client.get("/me/accounts")
        with count_queries() as seen:
            assert client.get("/me/accounts").status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 12
