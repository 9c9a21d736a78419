"""The channels' page: a secret goes in and never comes out; tests arrive at the other side."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.audit.models import AuditEntry
from recognition.extensions import db as database
from recognition.news import jobs
from recognition.news.models import Channel
from recognition.news.sealing import seal, unseal
from recognition.news.waiting import locks
from tests.factories.identity import make_member
from tests.factories.news import WRITTEN, make_channel, make_out
from tests.servers.forum import KEY, ROOM, USER, Forum


@pytest.fixture
def council(client: FlaskClient, sign_in: Any) -> FlaskClient:
    sign_in(client, make_member("amina", roles=("council",)))
    database.session.commit()
    return client


@pytest.fixture
def there(app: Flask, forum: Forum) -> Iterator[Forum]:
    app.extensions[jobs.REACHABLE] = {forum.address}
    yield forum
    del app.extensions[jobs.REACHABLE]


def form(forum: Forum, **changes: str) -> dict[str, str]:
    return {"adapter": "forum", "name": "The forum", "covers": "Everything", "address": forum.url, "user": USER, "category": "",
            "language": "", "room": "", "secret": KEY, **changes}  # fmt: skip


def test_added_tried_switched_on_changed_and_taken_away(council: FlaskClient, there: Forum) -> None:
    answer = council.post("/council/channels", data=form(there))
    assert answer.headers["Location"] == "/council/channels#c-the-forum"
    one = database.session.scalars(sa.select(Channel)).one()
    assert (one.state, unseal(one.sealed)) == ("off", KEY)
    page = council.post("/council/channels/the-forum/test", data={}, follow_redirects=True).text
    assert f"It arrived: {there.url}/t/a-topic/1" in page
    assert there.topics[0]["title"] == "Hello from the community hall"
    council.post("/council/channels/the-forum/switch", data={"to": "on"})
    council.post("/council/channels/the-forum", data=form(there, name="Our forum", secret=""))
    database.session.refresh(one)
    assert (one.state, one.name, unseal(one.sealed)) == ("on", "Our forum", KEY)
    for path in ("/council/channels", "/council/channels/the-forum", "/council/audit"):
        assert KEY not in council.get(path).text
        assert one.sealed not in council.get(path).text
    council.post("/council/channels/the-forum/remove", data={})
    assert database.session.scalar(sa.select(Channel.id)) is None
    assert list(database.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id))) == [
        "channel.added", "channel.tested", "channel.switched_on", "channel.changed", "channel.removed",
    ]  # fmt: skip


def test_a_secret_does_not_go_to_an_address_whose_writer_does_not_know_it(council: FlaskClient, there: Forum) -> None:
    council.post("/council/channels", data=form(there))
    elsewhere = form(there, address="https://elsewhere.example.org", secret="")
    answer = council.post("/council/channels/the-forum", data=elsewhere)
    assert (answer.status_code, "The other side gives you this" in answer.text) == (422, True)
    one = database.session.scalars(sa.select(Channel)).one()
    database.session.refresh(one)
    assert one.config["address"] == there.url
    same = council.post("/council/channels/the-forum", data=form(there, address=f"{there.url}/", secret=""))
    assert same.status_code == 303
    council.post("/council/channels/the-forum", data={**elsewhere, "secret": "of that house"})
    database.session.refresh(one)
    assert (one.config["address"], unseal(one.sealed)) == ("https://elsewhere.example.org", "of that house")


def test_a_test_that_does_not_arrive_says_why(council: FlaskClient, there: Forum) -> None:
    council.post("/council/channels", data=form(there, secret="another"))
    page = council.post("/council/channels/the-forum/test", data={}, follow_redirects=True).text
    assert "It did not arrive: it answered 403" in page
    assert "another" not in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "  "}, "A few words, please"),
        ({"covers": ""}, "A few words, please"),
        ({"address": "http://127.0.0.1:1/"}, "public web address"),
        ({"address": "https://name:word@forum.example.org"}, "public web address"),
        ({"address": "ftp://forum.example.org"}, "public web address"),
        ({"address": "http://forum.example.org"}, "public web address"),
        ({"user": "two\nlines"}, "As it is called there"),
        ({"category": "five"}, "The number of a category"),
        ({"secret": ""}, "The other side gives you this"),
        ({"language": "klingonisch"}, "A short code of a language"),
        ({"adapter": "pigeon"}, "Choose what sort of place"),
        ({"adapter": "chat", "secret": "http://10.0.0.1/hook"}, "public web address"),
        ({"adapter": "matrix", "room": ""}, "As it is called there"),
    ],
    ids=lambda value: next(iter(value.items()))[0] if isinstance(value, dict) else None,
)
def test_what_cannot_work_is_said_where_it_is_typed(
    council: FlaskClient, there: Forum, changes: dict[str, str], words: str
) -> None:
    answer = council.post("/council/channels", data=form(there, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert database.session.scalar(sa.select(Channel.id)) is None


def test_two_of_one_name_get_addresses_of_their_own_and_a_double_click_makes_one(council: FlaskClient, there: Forum) -> None:
    for covers in ("Everything", "Everything", "Campaigns"):
        council.post("/council/channels", data=form(there, adapter="matrix", room=ROOM, name="Members", covers=covers))
    slugs = database.session.scalars(sa.select(Channel.slug)).all()
    assert (len(slugs), len(set(slugs))) == (2, 2)
    assert "members" not in slugs


def test_a_seal_of_another_house_opens_nothing(app: Flask, db: Any) -> None:
    sealed = seal("word")
    assert "word" not in sealed
    settings = app.extensions["settings"]
    app.extensions["settings"] = type("Other", (), {"secret_key": "another-one" * 4})()
    try:
        assert unseal(sealed) == ""
    finally:
        app.extensions["settings"] = settings
    assert unseal(sealed) == "word"


def test_a_lock_tells_what_did_not_arrive(app: Flask, db: Any) -> None:
    assert list(locks(WRITTEN)) == []
    make_channel("chat", "chat", "https://chat.example/hook", state="off")
    make_out(channels=("chat",))
    jobs.dispatch()
    (lock,) = locks(WRITTEN)
    assert (lock.kind, lock.waiting, lock.path) == ("news", 1, "/council/news/")


def test_only_the_council(client: FlaskClient, sign_in: Any) -> None:
    sign_in(client, make_member("noor"))
    database.session.commit()
    assert client.get("/council/channels").status_code == 403
    assert client.post("/council/channels/x/test").status_code == 403


def test_a_folder_is_offered_to_the_house_where_a_setting_allows_it(council: FlaskClient, app: Flask, tmp_path: Any) -> None:
    sent = {"adapter": "file", "name": "Files", "covers": "Everything", "folder": "told"}
    assert council.post("/council/channels", data=sent).status_code == 422
    object.__setattr__(app.extensions["settings"], "news_dir", tmp_path)
    try:
        assert council.post("/council/channels", data={**sent, "folder": "../x"}).status_code == 422
        assert council.post("/council/channels", data=sent).status_code == 303
        assert (
            "It arrived. Have a look there." in council.post("/council/channels/files/test", data={}, follow_redirects=True).text
        )
    finally:
        object.__setattr__(app.extensions["settings"], "news_dir", None)
    assert [path.parent.name for path in tmp_path.rglob("*.md")] == ["told"]
