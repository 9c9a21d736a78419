"""Channels of groups: those who look after a group look after its channels, and one post reaches each in its language."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.extensions import db as database
from recognition.identity.models import Group, Membership
from recognition.news import jobs
from recognition.news.models import Channel, Dispatch
from recognition.news.rules import Text
from recognition.news.sealing import unseal
from recognition.news.services import places
from recognition.news.services.places import OF_A_GROUP_MAX
from tests.factories.identity import JOINED, make_group, make_member
from tests.factories.news import make_channel, make_out
from tests.news.test_channels import form
from tests.news.test_sending import run
from tests.servers.forum import KEY, USER, Forum

TEXTS = (Text("en", "A morning for the garden", "Bring **gloves**."),
         Text("de", "Ein Morgen im Garten", "Bringt **Handschuhe** mit."))  # fmt: skip


@pytest.fixture
def there(app: Flask, forum: Forum) -> Iterator[Forum]:
    app.extensions[jobs.REACHABLE] = {forum.address}
    yield forum
    del app.extensions[jobs.REACHABLE]


def place(slug: str, forum: Forum, group: Group, language: str = "", **changes: Any) -> Channel:
    config = {"address": forum.url, "user": USER, "category": ""}
    return make_channel(slug, "forum", KEY, config=config, group_id=group.id, language=language, **changes)


def looks_after(group: Group, handle: str) -> Any:
    member = make_member(handle)
    database.session.add(Membership(group_id=group.id, member_id=member.id, is_curator=True, state="in", since=JOINED))
    database.session.commit()
    return member


def test_one_post_in_two_languages_to_two_groups(db: Any, there: Forum) -> None:
    berlin, porto, pune = make_group("berlin"), make_group("porto"), make_group("pune")
    place("berlin-forum", there, berlin, "de-AT")
    place("berlin-off", there, berlin, "de", state="off")
    place("porto-forum", there, porto, "pt")
    place("pune-forum", there, pune, "de")
    one = make_out(texts=TEXTS, channels=("group:berlin", "group:porto", "group:gone"))
    # What comes later, or is switched on later, was not meant.
    place("porto-late", there, porto)
    for _time in range(2):
        run()
    # Nobody wrote it in Portuguese: it goes as it was written.
    assert [(topic["title"], topic["raw"].split("\n")[0]) for topic in there.topics] == [
        ("Ein Morgen im Garten", "Bringt **Handschuhe** mit."), ("A morning for the garden", "Bring **gloves**."),
    ]  # fmt: skip
    rows = db.session.execute(sa.select(Dispatch.announcement_id, Dispatch.channel, Dispatch.state).order_by(Dispatch.channel))
    assert [tuple(row) for row in rows] == [(one.id, "berlin-forum", "sent"), (one.id, "porto-forum", "sent")]


def test_who_looks_after_a_group_looks_after_its_channels(client: FlaskClient, sign_in: Any, there: Forum) -> None:
    berlin = make_group("berlin", name="Berlin")
    sign_in(client, looks_after(berlin, "ada"))
    assert "/groups/berlin/channels" in client.get("/groups/berlin").text
    for _time in range(2):
        added = client.post("/groups/berlin/channels", data=form(there, language="de"))
    one = database.session.scalars(sa.select(Channel)).one()
    assert (one.group_id, one.state, unseal(one.sealed)) == (berlin.id, "off", KEY)
    assert added.headers["Location"] == f"/groups/berlin/channels#c-{one.slug}"
    page = client.post(f"/groups/berlin/channels/{one.slug}/test", data={}, follow_redirects=True).text
    assert "It arrived" in page
    client.post(f"/groups/berlin/channels/{one.slug}/switch", data={"to": "on"})
    client.post(f"/groups/berlin/channels/{one.slug}", data=form(there, name="Our forum", secret=""))
    for path in ("/groups/berlin/channels", f"/groups/berlin/channels/{one.slug}"):
        assert [word in client.get(path).text for word in (KEY, one.sealed)] == [False, False]
    database.session.refresh(one)
    assert (one.name, one.state, len(there.topics)) == ("Our forum", "on", 1)
    elsewhere = client.post(f"/groups/berlin/channels/{one.slug}", data=form(there, address="https://x.example.org", secret=""))
    assert elsewhere.status_code == 422
    assert client.post("/groups/berlin/channels", data=form(there, name=" ")).status_code == 422
    client.post(f"/groups/berlin/channels/{one.slug}/remove", data={})
    assert database.session.scalar(sa.select(Channel.id)) is None


def test_nobody_else_does(client: FlaskClient, sign_in: Any, there: Forum) -> None:
    berlin, porto = make_group("berlin"), make_group("porto")
    slug, house = place("berlin-forum", there, berlin).slug, make_channel("house", "forum", KEY).slug
    assert client.get("/groups/berlin/channels").status_code in (302, 303, 401)
    member = make_member("noor")
    database.session.add(Membership(group_id=berlin.id, member_id=member.id, is_curator=False, state="in", since=JOINED))
    database.session.commit()
    sign_in(client, member)
    assert [client.get("/groups/berlin/channels").status_code, client.get("/groups/nowhere/channels").status_code] == [403, 404]
    sign_in(client, looks_after(porto, "bea"))
    for path in (f"/groups/berlin/channels/{slug}", f"/council/channels/{house}"):
        assert client.get(path).status_code == 403
    for other in (slug, house):
        for act in ("", "/switch", "/test", "/remove"):
            assert client.post(f"/groups/porto/channels/{other}{act}", data={"to": "on"}).status_code == 404
    sign_in(client, make_member("amina", roles=("council",)))
    database.session.commit()
    assert client.get(f"/groups/berlin/channels/{slug}").status_code == 200
    assert client.get(f"/council/channels/{slug}").status_code == 404
    assert "/groups/berlin/channels" in client.get("/council/channels").text


def test_the_desk_offers_a_group_that_has_a_channel_switched_on(client: FlaskClient, sign_in: Any, there: Forum) -> None:
    berlin, porto = make_group("berlin", name="Berlin"), make_group("porto", name="Porto")
    place("berlin-forum", there, berlin, "de", name="Ecke")
    place("porto-forum", there, porto, state="off")
    sign_in(client, make_member("amina", roles=("council",)))
    database.session.commit()
    page = client.get("/council/news/new").text
    assert ["Channels of Berlin" in page, "Ecke (Deutsch)" in page, "Channels of Porto" in page] == [True, True, False]
    written = {"sort": "news", "who": "all", "is_public": "1", "channels": ["group:berlin"], "text-0-language": "en",
               "text-0-title": "A morning", "text-0-body": "Come.", "then": "save"}  # fmt: skip
    assert client.post("/council/news/new", data=written | {"channels": ["group:nowhere"], "is_public": ""}).status_code == 422
    assert client.post("/council/news/new", data=written | {"is_public": ""}).status_code == 422
    kept = client.post("/council/news/new", data=written, follow_redirects=True).text
    assert "Channels of Berlin" in kept
    client.post("/council/news/a-morning/send", data={})
    jobs.going_out()
    assert "Ecke · Berlin" in client.get("/council/news/a-morning/").text


def test_a_group_has_room_for_a_few(db: Any, there: Forum) -> None:
    berlin = make_group("berlin")
    for number in range(OF_A_GROUP_MAX):
        place(f"c{number}", there, berlin)
    with pytest.raises(places.TooMany):
        places.add(places.ChannelSpec("chat", "One more", {}, "https://chat.example.org/x", "All"), JOINED, None, berlin)
    other = places.add(places.ChannelSpec("chat", "One more", {}, "https://chat.example.org/x", "All"), JOINED, None)
    assert (other.slug, other.group_id) == ("one-more", None)
