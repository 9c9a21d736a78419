"""Guests get a page that is kept for one state of the database, never for another."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from recognition.database import is_postgresql
from recognition.identity.models import Account
from recognition.web import unchanged


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    unchanged._pages.clear()
    unchanged._no_pages.clear()
    monkeypatch.setattr(unchanged, "_moment", lambda: 0)


def test_a_guest_has_an_unchanged_page_confirmed_with_one_query(
    client: FlaskClient, db: Any, make_member: Callable[..., Any], count_queries: Callable[[], Any]
) -> None:
    make_member("ada", name="Ada")
    db.session.commit()
    first = client.get("/members/")
    assert (first.status_code, first.headers.getlist("Set-Cookie")) == (200, [])
    with count_queries() as seen:
        again = client.get("/members/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    # On SQLite the question is a PRAGMA, which `count_queries` leaves out.
    assert len(seen) == (1 if is_postgresql() else 0)
    whole = client.get("/members/")
    assert (whole.data, whole.headers["ETag"]) == (first.data, first.headers["ETag"])
    assert whole.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


def test_what_is_hidden_is_gone_at_the_next_request(client: FlaskClient, db: Any, make_member: Callable[..., Any]) -> None:
    ada = make_member("ada", name="Ada", place="Zagreb", visibility={"place": "public"})
    db.session.commit()
    first = client.get("/members/ada")
    assert b"Zagreb" in first.data
    ada.visibility = {"place": "me"}
    db.session.commit()
    then = client.get("/members/ada", headers={"If-None-Match": first.headers["ETag"]})
    assert then.status_code == 200
    assert b"Zagreb" not in then.data


def test_members_are_never_answered_from_what_guests_saw(
    client: FlaskClient, db: Any, make_member: Callable[..., Any], sign_in: Callable[..., None]
) -> None:
    ada = make_member("ada", name="Ada")
    make_member("bob", name="Bob", place="Lima", visibility={"place": "members"})
    db.session.commit()
    assert b"Lima" not in client.get("/members/bob").data
    sign_in(client, ada)
    signed_in = client.get("/members/bob")
    assert b"Lima" in signed_in.data
    assert "ETag" not in signed_in.headers
    client.delete_cookie("recognition")
    assert b"Lima" not in client.get("/members/bob").data


def test_a_page_with_a_form_of_its_own_is_not_kept(client: FlaskClient, db: Any, make_member: Callable[..., Any]) -> None:
    ada = make_member("ada", name="Ada")
    db.session.add(Account(member_id=ada.id, issuer="demo", subject="ada", created_at=ada.joined_at))
    db.session.commit()
    page = client.get("/login")
    assert b"csrf_token" in page.data
    assert page.headers.getlist("Set-Cookie") != []
    assert list(unchanged._pages) == []


def test_kept_pages_are_few(client: FlaskClient, db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged, "PAGES_KEPT", 2)
    for number in range(4):
        client.get(f"/members/?q={number}")
    assert [key[1] for key in unchanged._pages] == ["/members/?q=2", "/members/?q=3"]


def test_without_a_database_each_view_answers_for_itself(client: FlaskClient, db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> tuple[Any, ...]:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(unchanged, "change_mark", gone)
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/members/").status_code == 200


def test_what_is_no_page_is_asked_nothing(client: FlaskClient, db: Any, count_queries: Callable[[], Any]) -> None:
    client.get("/healthz")
    with count_queries() as seen:
        assert client.get("/healthz").get_json() == {"status": "ok"}
    assert (seen, list(unchanged._pages)) == ([], [])
