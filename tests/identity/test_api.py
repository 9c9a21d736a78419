"""Profiles for programs: each field, each group and each search as far as the token's owner may see, decided anew each time."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from recognition import clock
from recognition.extensions import db as database
from recognition.identity.models import Membership
from recognition.identity.services.tokens import add_token
from tests.factories.identity import make_group, make_member

LEVELS = {"bio": "members", "place": "me", "pronouns": "public", "languages": "members", "groups": "members", "name": "public"}


@pytest.fixture
def ada(app: Any) -> Any:
    ada = make_member(
        "ada", bio="BIO for members", place="PLACE for herself", pronouns="she", languages=["sw"], visibility=LEVELS
    )
    group = make_group("nairobi")
    database.session.add(Membership(group_id=group.id, member_id=ada.id, since=clock.utcnow()))
    database.session.commit()
    return ada


def key(member: Any, scope: str = "members:read") -> dict[str, str]:
    secret = add_token(member, [scope], clock.utcnow())
    database.session.commit()
    return {"Authorization": f"Bearer {secret}"}


def test_each_reader_sees_their_own_share(client: FlaskClient, ada: Any) -> None:
    address = "/api/v1/members/ada"
    guest = client.get(address)
    assert guest.get_json() == {
        "handle": "ada", "name": "Ada", "url": "http://localhost/members/ada", "picture": None, "pronouns": "she", "place": "",
        "bio": "", "ask_me_about": "", "languages": [], "areas": [], "links": [], "groups": [],
    }  # fmt: skip
    bob, admin = key(make_member("bob")), key(make_member("root", roles=("admin", "council")))
    seen = guest.get_json() | {"bio": "BIO for members", "languages": ["sw"], "groups": ["nairobi"]}
    assert client.get(address, headers=bob).get_json() == seen
    assert client.get(address, headers=admin).get_json() == seen  # rights of the house show no private field
    own = client.get(address, headers=key(ada))
    assert own.get_json() == seen | {"place": "PLACE for herself"}
    assert own.headers["Cache-Control"] == "private, no-store"


def test_a_cookie_is_no_token(client: FlaskClient, ada: Any, sign_in: Any) -> None:
    sign_in(client, ada)
    assert client.get("/api/v1/members/ada").get_json()["bio"] == ""


def test_a_token_that_does_not_hold_is_not_overlooked(client: FlaskClient, ada: Any) -> None:
    wrong, narrow = {"Authorization": "Bearer recognition_wrong_wrong"}, key(ada, "badges:read")
    for address in ("/api/v1/members/ada", "/api/v1/members"):
        refused = [client.get(address, headers=header) for header in (wrong, narrow, {"Authorization": "Basic YTpi"})]
        assert [answer.status_code for answer in refused] == [401, 403, 401]
        assert all(answer.headers["WWW-Authenticate"].startswith("Bearer ") for answer in refused)
    header = key(ada)
    ada.state = "suspended"
    database.session.commit()
    assert client.get("/api/v1/members/ada", headers=header).status_code == 401


def test_nobody_and_the_suspended_look_the_same(client: FlaskClient, ada: Any) -> None:
    make_member("gone", state="suspended")
    header = key(make_member("bob"))
    answers = [client.get(f"/api/v1/members/{handle}", headers=header) for handle in ("gone", "nobody", "%F0%9F%A6%8A", "a%00b")]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 400]
    assert answers[0].data == answers[1].data
    assert [item["handle"] for item in client.get("/api/v1/members", headers=header).get_json()["items"]] == ["ada", "bob"]


def test_search_and_pages(client: FlaskClient, ada: Any) -> None:
    for number in range(30):
        make_member(f"m{number:02}")
    header = key(make_member("zoe"))
    seen, following = [], "/api/v1/members"
    while following:
        page = client.get(following, headers=header).get_json()
        seen += [item["handle"] for item in page["items"]]
        following = page["next"]
    assert (len(seen), sorted(set(seen)) == sorted(seen)) == (32, True)
    assert client.get("/api/v1/members?cursor=bm8", headers=header).status_code == 400


def test_statements_do_not_grow_with_the_page(client: FlaskClient, ada: Any, count_queries: Any) -> None:
    header, numbers = key(ada), []
    for turn in range(2):
        make_member(f"more-{turn}")
        database.session.commit()
        client.get("/api/v1/members", headers=header)
        with count_queries() as statements:
            assert client.get("/api/v1/members", headers=header).status_code == 200
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 12
