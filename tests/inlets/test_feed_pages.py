"""The pages where blogs and calendars are added, and the address for reports by mail."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.audit.models import AuditEntry
from recognition.identity.models import Grant, Membership
from recognition.inlets.models import Inlet, Sighting
from recognition.inlets.outside import REACHABLE
from recognition.inlets.services import feeds
from recognition.inlets.services.feeds import Owner
from recognition.inlets.services.proving import token_of
from tests.factories.identity import make_group
from tests.inlets.documents import calendar, rss
from tests.inlets.test_looking import NOW
from tests.openbadges.servers import Server, answering, server

BLOG = "https://blog.example.org/feed.xml"


@pytest.fixture
def door(app: Flask) -> Iterator[Server]:
    with server() as one:
        app.extensions[REACHABLE] = {one.address}
        yield one
        del app.extensions[REACHABLE]


@pytest.fixture
def ana(client: FlaskClient, make_member: Any, sign_in: Any) -> Any:
    member = make_member("ana")
    sign_in(client, member)
    return member


def post(client: FlaskClient, path: str, data: dict[str, str] | None = None, **options: Any) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/me/feeds").text)
    assert found
    return client.post(path, data={**(data or {}), "csrf_token": found[1]}, **options)


def inlets(db: Any) -> list[Inlet]:
    return list(db.session.scalars(sa.select(Inlet).order_by(Inlet.id)))


def test_a_blog_is_added_proven_and_looked_at(client: FlaskClient, db: Any, ana: Any, door: Server) -> None:
    ana_id = ana.id
    answer = post(client, "/me/feeds", data={"source": "feed", "address": door.url("/feed.xml")})
    (inlet,) = inlets(db)
    key, secret = inlet.key, token_of(inlet)
    assert (answer.status_code, answer.location) == (303, f"/me/feeds#f-{key}")
    page = client.get("/me/feeds")
    assert secret in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    door.handler = answering(rss(["One"], about=secret))
    answer = post(client, f"/me/feeds/{key}/look", follow_redirects=True)
    assert "1 deed came in." in answer.text
    assert secret not in answer.text
    assert db.session.execute(sa.select(Sighting.state, Sighting.member_id)).one() == ("asked", ana_id)


def test_a_look_without_the_token_says_so(client: FlaskClient, db: Any, ana: Any, door: Server) -> None:
    post(client, "/me/feeds", data={"source": "ical", "address": door.url("/mine.ics")})
    door.handler = answering(calendar())
    key = inlets(db)[0].key
    assert "did not find your token" in post(client, f"/me/feeds/{key}/look", follow_redirects=True).text


def test_a_look_that_fails_says_why(client: FlaskClient, db: Any, ana: Any) -> None:
    refused = post(client, "/me/feeds", data={"source": "feed", "address": "http://127.0.0.1:8080/feed"})
    assert refused.status_code == 422
    assert "This address is not on the public web." in refused.text
    post(client, "/me/feeds", data={"source": "feed", "address": "http://feed.invalid/"})
    key = inlets(db)[0].key
    page = post(client, f"/me/feeds/{key}/look", follow_redirects=True).text
    assert page.count("Nothing on the web has this name.") == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"source": "feed", "address": ""}, "Please paste its address."),
        ({"source": "other", "address": BLOG}, "Please choose one."),
        ({"source": "feed", "address": "ftp://x.example.org/"}, "Only addresses that begin with https:// or http://"),
        ({"source": "feed", "address": "https://u:p@x.example.org/"}, "An address with a password in it"),
        ({"source": "feed", "address": "https://x.example.org/" + "a" * 1000}, "longer than 1000 characters"),
        ({"source": "feed", "address": "https://exa mple.org/"}, "This is no web address."),
        ({}, "Please paste its address."),
    ],
)
def test_what_cannot_be_is_said_and_kept_as_typed(client: FlaskClient, db: Any, ana: Any, typed: Any, said: str) -> None:
    answer = post(client, "/me/feeds", data=typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{typed.get("address", "")}"' in answer.text
    assert inlets(db) == []


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("webcal://cal.example.org/a.ics", "https://cal.example.org/a.ics"),
        ("blog.example.org/feed", "https://blog.example.org/feed"),
        (" https://blog.example.org/ü?a=ü ", "https://blog.example.org/%C3%BC?a=%C3%BC"),
    ],
)
def test_addresses_as_people_paste_them(client: FlaskClient, db: Any, ana: Any, typed: str, address: str) -> None:
    post(client, "/me/feeds", data={"source": "ical", "address": typed})
    assert [one.config["address"] for one in inlets(db)] == [address]


def test_its_owner_says_what_happens_with_it_and_takes_it_away(client: FlaskClient, db: Any, ana: Any) -> None:
    post(client, "/me/feeds", data={"source": "feed", "address": BLOG})
    key = inlets(db)[0].key
    for mode, kept in (("take", "take"), ("nonsense", "ask")):
        assert post(client, f"/me/feeds/{key}/mode", data={"mode": mode}).status_code == 303
        assert [one.config["mode"] for one in inlets(db)] == [kept]
    assert post(client, f"/me/feeds/{key}/remove").status_code == 303
    assert inlets(db) == []
    assert post(client, f"/me/feeds/{key}/remove").status_code == 404


def test_nobody_reaches_what_is_not_theirs(client: FlaskClient, db: Any, ana: Any, make_member: Any) -> None:
    ben = make_member("ben")
    group = make_group("menders")
    theirs = feeds.add("feed", BLOG, Owner(member_id=ben.id), ben.id, NOW)
    house = feeds.add("feed", BLOG, Owner(), ben.id, NOW)
    of_group = feeds.add("feed", BLOG, Owner(group_id=group.id), ben.id, NOW)
    db.session.commit()
    for key in (theirs.key, house.key, of_group.key):
        for verb in ("look", "mode", "remove"):
            assert post(client, f"/me/feeds/{key}/{verb}").status_code == 404
    assert theirs.key not in client.get("/me/feeds").text
    for place in ("/council/feeds", "/groups/menders/feeds"):
        assert client.get(place).status_code == 403
        assert post(client, place, data={"source": "feed", "address": BLOG}).status_code == 403
    assert client.get("/groups/nobody/feeds").status_code == 404
    assert len(inlets(db)) == 3


def test_a_curator_and_the_council_add_theirs_and_it_is_written_down(client: FlaskClient, db: Any, ana: Any) -> None:
    group = make_group("menders")
    group_id, ana_id = group.id, ana.id
    db.session.add(Membership(group_id=group_id, member_id=ana_id, is_curator=True, state="in", since=NOW))
    db.session.add(Grant(member_id=ana_id, role="council", granted_at=NOW))
    db.session.commit()
    for place in ("/groups/menders/feeds", "/council/feeds"):
        answer = post(client, place, data={"source": "ical", "address": "https://cal.example.org/ours.ics"})
        assert (answer.status_code, answer.location.partition("#")[0]) == (303, place)
        assert "cal.example.org/ours.ics" in client.get(place).text
    found = [(one.member_id, one.group_id, one.state) for one in inlets(db)]
    assert found == [(None, group_id, "on"), (None, None, "on")]
    assert post(client, f"/council/feeds/{inlets(db)[1].key}/remove").status_code == 303
    actions = list(
        db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action.like("inlet.%")).order_by(AuditEntry.id))
    )
    assert actions == ["inlet.added", "inlet.added", "inlet.removed"]


def test_an_address_for_mails_comes_changes_and_goes(client: FlaskClient, ana: Any) -> None:
    def shown() -> list[str]:
        return re.findall(r'value="(report\+[a-z0-9-]+@localhost)"', client.get("/me/feeds").text)

    assert shown() == []
    post(client, "/me/feeds/mail", data={"answer": "on"})
    (first,) = shown()
    assert len(first.partition("@")[0]) <= 64
    assert first == first.lower()
    post(client, "/me/feeds/mail", data={"answer": "on"})
    assert shown() == [first]
    post(client, "/me/feeds/mail", data={"answer": "new"})
    assert len(shown()) == 1
    assert shown() != [first]
    post(client, "/me/feeds/mail", data={"answer": "off"})
    assert shown() == []
    assert post(client, "/me/feeds/mail", data={"answer": "?"}).status_code == 400


def test_one_and_three_feeds_cost_the_same(client: FlaskClient, db: Any, ana: Any, count_queries: Any) -> None:
    counts = []
    for number in (1, 2, 3):
        feeds.add("feed", f"https://blog.example.org/{number}", Owner(member_id=ana.id), ana.id, NOW)
        db.session.commit()
        with count_queries() as seen:
            assert client.get("/me/feeds").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[2] <= 12


def test_without_signing_in_there_is_nothing(client: FlaskClient, app: Flask) -> None:
    assert client.get("/me/feeds").status_code == 302
    assert client.post("/me/feeds").status_code == 400
