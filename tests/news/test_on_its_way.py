"""What changes while an announcement is on its way, and answers that nobody would expect."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.announcements.models import Notice
from recognition.extensions import db as database
from recognition.identity.services.merging import merge
from recognition.news import jobs
from recognition.news.models import Announcement, Dispatch
from recognition.news.rules import Text
from recognition.news.services import moving, telling
from recognition.news.waiting import locks
from tests.factories.identity import make_member
from tests.factories.news import WRITTEN, make_channel, make_out
from tests.news.test_sending import NOW, forum_channel, run, states
from tests.servers.forum import KEY, ROOM, Forum

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def there(app: Flask, forum: Forum) -> Iterator[Forum]:
    app.extensions[jobs.REACHABLE] = {forum.address}
    yield forum
    del app.extensions[jobs.REACHABLE]


def room_channel(forum: Forum) -> None:
    make_channel("room", "matrix", KEY, config={"address": forum.url, "room": ROOM})


def correct(one: Announcement) -> None:
    moving.correct(one.slug, (Text("en", one.texts[0].title, "Bring **boots**."),), "Boots.", NOW, None)
    database.session.commit()


def test_corrected_while_it_may_be_in_a_room_it_stands_there_once(there: Forum) -> None:
    room_channel(there)
    one = make_out(channels=("room",))
    there.losses = 1
    run()
    correct(one)
    run(NOW + timedelta(minutes=1))
    assert states() == [("room", "sent", 2, "")]
    first, edit = there.events.values()
    assert "m.relates_to" not in first
    assert edit["m.relates_to"] == {"rel_type": "m.replace", "event_id": first["id"]}
    assert "boots" in edit["m.new_content"]["body"]


def test_an_edit_finds_a_message_whose_name_has_a_slash(there: Forum) -> None:
    """As the ids of older rooms have."""
    room_channel(there)
    one = make_out(channels=("room",))
    row = database.session.scalars(sa.select(Dispatch)).one()
    there.events[f"{row.key}-0"] = {"id": "$a/b+c"}
    run()
    correct(one)
    run()
    assert [event["m.relates_to"]["event_id"] for event in list(there.events.values())[1:]] == ["$a/b+c"]


@pytest.mark.parametrize("slug", ["a\x00b", "a/../b", "x" * 600, "\ud800", ""])
def test_an_odd_name_of_a_topic_is_left_out_of_its_address(there: Forum, slug: str) -> None:
    forum_channel(there)
    make_out(channels=("forum",))
    there.slug = slug
    run()
    assert states() == [("forum", "sent", 1, "")]
    assert database.session.scalar(sa.select(Dispatch.url)) == f"{there.url}/t/1"


@pytest.mark.parametrize("status", [502, 504])
def test_what_somebody_in_between_says_is_no_word_of_the_chat(there: Forum, status: int) -> None:
    """It may have taken the message."""
    make_channel("chat", "chat", f"{there.url}/chat/secret")
    make_out(channels=("chat",))
    there.failures, there.failure = 1, status
    run()
    run(NOW + timedelta(days=1))
    assert states() == [("chat", "unsure", 1, f"it answered {status}")]


def test_stopped_between_two_tries_it_goes_no_more(there: Forum) -> None:
    forum_channel(there)
    one = make_out(channels=("forum",))
    there.failures = 1
    run()
    moving.stop(one.slug, None)
    database.session.commit()
    run(NOW + timedelta(days=1))
    assert states() == [("forum", "unsure", 1, moving.STOPPED_AMID)]
    assert there.topics == []


def test_a_person_looks_and_says_that_it_stands_there(there: Forum) -> None:
    make_channel("chat", "chat", f"{there.url}/chat/secret")
    one = make_out(channels=("chat",))
    there.losses = 1
    run()
    assert list(locks(NOW)) != []
    assert [moving.found_there(one.slug, "chat", NOW, None) for _time in range(2)] == [True, False]
    database.session.commit()
    run(NOW + timedelta(days=1))
    assert states() == [("chat", "sent", 0, "")]
    assert (list(locks(NOW)), len(there.chatted)) == ([], 1)


def test_found_there_after_a_correction_it_is_changed(there: Forum) -> None:
    forum_channel(there)
    one = make_out(channels=("forum",))
    there.losses = 1
    run()
    moving.stop(one.slug, None)
    correct(one)
    assert moving.found_there(one.slug, "forum", NOW, None)
    database.session.commit()
    run()
    assert (states(), there.topics[0]["revisions"]) == ([("forum", "sent", 1, "")], 1)


def test_withdrawn_after_it_was_stopped_it_says_so_where_it_stands(there: Forum) -> None:
    forum_channel(there)
    one = make_out(channels=("forum",))
    there.losses = 1
    run()
    moving.stop(one.slug, None)
    moving.withdraw(one.slug, "The garden is closed.", NOW, None)
    database.session.commit()
    run()
    assert states() == [("forum", "sent", 2, "")]
    assert there.topics[0]["title"] == "Withdrawn: A morning for the garden"


def test_its_author_hears_that_a_channel_is_gone(there: Forum) -> None:
    author = make_member("ada")
    make_out(channels=("nowhere",), author_id=author.id)
    run()
    assert database.session.scalars(sa.select(Notice.kind)).all() == ["news.failed"]


def _threes(monkeypatch: pytest.MonkeyPatch) -> None:
    real = telling.next_slice
    monkeypatch.setattr(telling, "next_slice", lambda after, *states: real(after, *states, size=3))


def test_two_rows_that_become_one_meanwhile_are_told_once(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    members = [make_member(f"m{number}") for number in range(5)]
    one = make_out(channels=("members",))
    _threes(monkeypatch)
    assert telling.hand_slice(one.id, WRITTEN)
    merge(members[0], members[4], None, "One person, two lists", datetime(2026, 11, 20, tzinfo=UTC))
    db.session.commit()
    jobs.hand_out(one.id)
    db.session.commit()
    told = db.session.scalars(sa.select(Notice.member_id).order_by(Notice.member_id)).all()
    assert told == [member.id for member in members[1:]]
    db.session.refresh(one)
    assert one.told_count == 4


def test_withdrawn_it_is_taken_back_from_everybody_who_was_told(db: Any) -> None:
    members = [make_member(f"m{number}") for number in range(4)]
    one = make_out(channels=("members",))
    jobs.hand_out(one.id)
    merge(members[0], members[1], None, "One person, two lists", datetime(2026, 11, 20, tzinfo=UTC))
    members[2].state = "suspended"
    db.session.commit()
    moving.withdraw(one.slug, "The garden is closed.", WRITTEN, None)
    jobs.take_back(one.id, 0)
    db.session.commit()
    assert db.session.scalars(sa.select(Notice.key)).all() == []
