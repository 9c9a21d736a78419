"""The pages of one's webhooks."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.webhooks import jobs, keeping, rules
from recognition.webhooks.models import Webhook, WebhookMessage
from tests.factories.identity import make_member
from tests.identity import pages
from tests.webhooks.receiver import listening
from tests.webhooks.test_webhooks import told

SignIn = Callable[[FlaskClient, Member], None]
GOOD: dict[str, Any] = {"name": "My program", "url": "https://example.org/hook", "events": ["activity.told"], "whose": "mine"}


@pytest.fixture(autouse=True)
def no_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def ada(client: FlaskClient, db: Any, sign_in: SignIn) -> Member:
    member = make_member("ada")
    database.session.commit()
    sign_in(client, member)
    return member


def hooks() -> list[tuple[str, str, list[str], str]]:
    database.session.expire_all()
    rows = database.session.scalars(sa.select(Webhook).order_by(Webhook.id))
    return [(one.name, one.url, one.events, one.state) for one in rows]


def test_add_change_switch_and_take_away(client: FlaskClient, ada: Member) -> None:
    made = client.post("/me/webhooks/", data=GOOD)
    assert made.status_code == 303
    assert client.post("/me/webhooks/", data=GOOD).location == made.location
    assert hooks() == [("My program", "https://example.org/hook", ["activity.told", "mine"], "on")]
    changed = GOOD | {"name": "Another", "events": ["award.given", "activity.withdrawn", "nonsense"], "whose": "all"}
    client.post(made.location, data=changed)
    client.post(f"{made.location}/switch", data={"to": "off"})
    assert hooks() == [("Another", "https://example.org/hook", ["activity.withdrawn", "award.given"], "off")]
    client.post(f"{made.location}/switch", data={"to": "on"})
    assert hooks()[0][3] == "on"
    assert client.post(f"{made.location}/remove").status_code == 303
    assert (hooks(), client.get(made.location).status_code) == ([], 404)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Call it something"),
        ({"name": "x" * 121}, "Call it something"),
        ({"url": "ftp://example.org"}, "a public web address"),
        ({"url": "https://me:secret@example.org/"}, "a public web address"),
        ({"url": "https://example.org/" + "x" * 1000}, "a public web address"),
        ({"url": "https://exa mple.org/\r\nX: y"}, "a public web address"),
        ({"events": []}, "at least one thing"),
        ({"events": ["test"]}, "at least one thing"),
    ],
)
def test_what_is_refused_keeps_what_was_typed(client: FlaskClient, ada: Member, wrong: dict[str, Any], said: str) -> None:
    answer = client.post("/me/webhooks/", data=GOOD | {"name": "Kept as typed"} | wrong)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert ("Kept as typed" in answer.text) == ("name" not in wrong)
    assert hooks() == []


def test_a_test_arrives_and_can_be_sent_again(client: FlaskClient, ada: Member, app: Flask) -> None:
    with listening() as there:
        app.extensions[rules.REACHABLE] = {("127.0.0.1", there.port)}
        page = client.post("/me/webhooks/", data=GOOD | {"url": there.url}).location
        client.post(f"{page}/test")
        jobs.send()
        assert [said["type"] for said in there.said] == ["test"]
        assert "arrived 204" in pages.words(client.get(page).text)
        message = database.session.scalars(sa.select(WebhookMessage)).one()
        client.post(f"{page}/messages/{message.id}/again")
        jobs.send()
        assert len({headers["webhook-id"] for headers, _body in there.came}) == 1
        assert len(there.came) == 2
        client.post(f"{page}/switch", data={"to": "off"})
        assert "Switch it on first" in client.post(f"{page}/test", follow_redirects=True).text
        del app.extensions[rules.REACHABLE]


def test_the_secret_is_shown_to_its_owner_and_kept_by_nobody(client: FlaskClient, ada: Member) -> None:
    page = client.post("/me/webhooks/", data=GOOD).location
    hook = database.session.scalars(sa.select(Webhook)).one()
    answer, secret = client.get(page), keeping.secret_of(hook)
    assert (secret in answer.text, answer.headers["Cache-Control"]) == (True, "private, no-store")
    for number in ("1", "1", "x", "9" * 30):
        client.post(f"{page}/rotate", data={"number": number})
    database.session.refresh(hook)
    assert (hook.secret_number, secret in client.get(page).text) == (2, False)


def test_somebody_elses_is_not_there(client: FlaskClient, ada: Member, app: Flask, sign_in: SignIn) -> None:
    page = client.post("/me/webhooks/", data=GOOD).location
    other = app.test_client()
    sign_in(other, make_member("noor", roles=("admin", "council")))
    assert "My program" not in other.get("/me/webhooks/").text
    assert other.get(page).status_code == 404
    for way in ("", "/switch", "/rotate", "/test", "/messages/1/again", "/remove"):
        assert other.post(f"{page}{way}", data=GOOD).status_code == 404
    assert client.get(f"/me/webhooks/{10**20}").status_code == 404
    assert app.test_client().get("/me/webhooks/").status_code == 302
    assert len(hooks()) == 1


def test_the_log_costs_the_same_for_three_messages_and_for_thirty(client: FlaskClient, ada: Member, count_queries: Any) -> None:
    page = client.post("/me/webhooks/", data=GOOD).location
    seen = []
    for many in (3, 30):
        for _turn in range(many):
            told(ada)
        with count_queries() as statements:
            text = client.get(page).text
        seen.append(len(statements))
    assert seen[0] == seen[1] <= 12
    assert (text.count("A deed was told</th>") + text.count("№"), "Earlier messages" in text) == (24, True)
    assert client.get(f"{page}?after=nonsense").status_code == 400
