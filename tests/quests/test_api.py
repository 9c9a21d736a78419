"""Quests for programs: the path as its guest or the token's owner walks it."""

from typing import Any

from flask.testing import FlaskClient

from recognition.extensions import db as database
from tests.factories.quests import begin, make_quest
from tests.identity.test_api import key


def test_the_path_as_its_owner_walks_it(client: FlaskClient, make_member: Any) -> None:
    bob = make_member("bob")
    first = make_quest("first", ("read", "read", "read"), position=1, campaign=None)
    make_quest("second", position=2, campaign="spring")
    make_quest("draft", position=3, state="draft")
    begin(bob, first, 2)
    database.session.commit()
    items = client.get("/api/v1/quests").get_json()["items"]
    assert [(one["slug"], one["state"], one["steps"], one["steps_done"]) for one in items] == [
        ("first", "open", 3, 0), ("second", "open", 4, 0),
    ]  # fmt: skip
    header = key(bob, "quests:read")
    own = client.get("/api/v1/quests/first", headers=header).get_json()
    assert (own["state"], own["steps_done"], own["url"]) == ("started", 2, "http://localhost/quests/first")
    assert [one["slug"] for one in client.get("/api/v1/quests?campaign=spring").get_json()["items"]] == ["second"]
    assert [client.get(f"/api/v1/quests/{slug}").status_code for slug in ("draft", "nowhere")] == [404, 404]
    assert client.get("/api/v1/quests", headers=key(bob, "members:read")).status_code == 403
