"""Badges and awards for programs: public data only, in pages."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from recognition.activities import drain
from recognition.badges import queries
from recognition.badges.services import answering, people
from recognition.extensions import db as database
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_member


def holder(handle: str = "ada", **changes: Any) -> Any:
    member = make_member(handle, **changes)
    make_activity(member.id, kind="talk")
    make_activity(member.id, kind="writing")
    database.session.commit()
    drain.drain()
    return member


@pytest.fixture
def two_badges(app: Any) -> None:
    make_badge("talker", {"count": {"kind": "talk"}}, levels=[1, 5], name="Talker")
    make_badge("writer", {"count": {"kind": "writing"}, "at_least": 1}, name="Writer")
    make_badge("drafted", {"count": {"kind": "talk"}, "at_least": 1}, state="draft")
    database.session.commit()


@pytest.mark.usefixtures("two_badges")
def test_badges_are_listed_and_told_in_words(client: FlaskClient) -> None:
    holder()
    answer = client.get("/api/v1/badges").get_json()
    assert [(item["slug"], item["holders"]) for item in answer["items"]] == [("talker", 1), ("writer", 1)]
    assert (answer["next_cursor"], answer["next"]) == (None, None)
    one = client.get("/api/v1/badges/writer").get_json()
    assert (one["how"], one["criteria"]) == ("1 deed: “writing”.", {"count": {"kind": "writing"}, "at_least": 1})
    assert one["url"] == "http://localhost/badges/writer"
    assert client.get(one["picture"].removeprefix("http://localhost")).mimetype == "image/png"


@pytest.mark.usefixtures("two_badges")
@pytest.mark.parametrize("path", ["badges/drafted", "badges/nobody", "members/nobody/awards"])
def test_what_is_not_public_is_not_there(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.usefixtures("two_badges")
def test_awards_come_in_pages_newest_first(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    holder()
    whole = queries.shown_awards
    monkeypatch.setattr(queries, "shown_awards", lambda member_id, cursor: whole(member_id, cursor, size=1))
    first = client.get("/api/v1/members/ada/awards").get_json()
    second = client.get(first["next"]).get_json()
    assert [item["badge"] for item in first["items"] + second["items"]] == ["writer", "talker"]
    assert [item["level"] for item in first["items"] + second["items"]] == [None, 1]
    assert second["next"] is None


@pytest.mark.usefixtures("two_badges")
def test_hidden_awards_and_suspended_members_are_in_no_answer(client: FlaskClient) -> None:
    ada = holder()
    keys = [pin["id"] for pin in client.get("/api/v1/members/ada/awards").get_json()["items"]]
    answering.arrange(ada.id, [], keys[:1])
    database.session.commit()
    assert [item["id"] for item in client.get("/api/v1/members/ada/awards").get_json()["items"]] == keys[1:]
    assert [item["holders"] for item in client.get("/api/v1/badges").get_json()["items"]] == [1, 0]
    ada.state = "suspended"
    database.session.flush()
    people.recount_of(ada.id)
    database.session.commit()
    assert client.get("/api/v1/members/ada/awards").status_code == 404
    assert [item["holders"] for item in client.get("/api/v1/badges").get_json()["items"]] == [0, 0]


def test_a_list_asks_as_often_for_three_as_for_one(client: FlaskClient, count_queries: Any) -> None:
    numbers = []
    for slugs in ("a", "b c"):
        for slug in slugs.split():
            make_badge(slug, {"count": {"kind": "talk"}, "at_least": 1})
        member = holder(f"m-{slugs[0]}")
        database.session.expire_all()
        for path in ("/api/v1/badges", f"/api/v1/members/{member.handle}/awards"):
            database.session.expire_all()
            with count_queries() as seen:
                assert client.get(path).status_code == 200
            numbers.append(len(seen))
    assert numbers[:2] == numbers[2:]
