"""Outside channels: each gets an announcement exactly once, whatever breaks in between."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.announcements.models import Notice
from recognition.clock import as_of
from recognition.extensions import db as database
from recognition.news import jobs
from recognition.news.models import Dispatch
from recognition.news.rules import Text
from recognition.news.services import moving
from tests.factories.identity import make_member
from tests.factories.news import make_channel, make_out
from tests.servers.forum import KEY, ROOM, USER, Forum, forum_running

pytestmark = pytest.mark.usefixtures("db")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def there(app: Flask, forum: Forum) -> Iterator[Forum]:
    app.extensions[jobs.REACHABLE] = {forum.address}
    yield forum
    del app.extensions[jobs.REACHABLE]


def forum_channel(forum: Forum, secret: str = KEY) -> None:
    make_channel("forum", "forum", secret, config={"address": forum.url, "user": USER, "category": "5"})


def run(at: datetime = NOW) -> None:
    with as_of(at):
        jobs.dispatch()


def states() -> list[tuple[str, str, int, str]]:
    database.session.expire_all()
    rows = database.session.execute(sa.select(Dispatch.channel, Dispatch.state, Dispatch.attempts, Dispatch.error))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def test_a_topic_holds_the_whole_text_and_its_address_is_kept(there: Forum) -> None:
    forum_channel(there)
    one = make_out(body="See [the campaign](/campaigns/garden).", channels=("forum",))
    run()
    topic = there.topics[0]
    assert (topic["title"], topic["category"], topic["external_id"][:5]) == ("A morning for the garden", 5, "news-")
    assert topic["raw"] == (
        "See [the campaign](http://localhost/campaigns/garden).\n\nhttp://localhost/news/a-morning-for-the-garden\n"
    )
    row = database.session.scalars(sa.select(Dispatch)).one()
    assert (row.state, row.url, row.sent_at) == ("sent", f"{there.url}/t/a-topic/1", NOW)
    assert one.told_count == 0
    run(NOW + timedelta(days=1))
    assert there.asked == ["POST /posts.json"]


def test_two_answers_of_500_are_tried_again_later(there: Forum) -> None:
    forum_channel(there)
    make_out(channels=("forum",))
    there.failures = 1
    run()
    assert states() == [("forum", "waiting", 1, "it answered 500")]
    run(NOW + timedelta(seconds=59))
    assert there.asked == ["POST /posts.json"]
    there.failures = 1  # the question whether it is there is answered 500 too
    run(NOW + timedelta(minutes=1))
    run(NOW + timedelta(minutes=6))
    assert states() == [("forum", "sent", 3, "")]
    assert len(there.topics) == 1


def test_an_answer_that_got_lost_is_looked_for_and_not_sent_again(there: Forum) -> None:
    forum_channel(there)
    make_out(channels=("forum",))
    there.losses = 1
    run()
    assert states()[0][1:3] == ("waiting", 1)
    run(NOW + timedelta(minutes=1))
    assert states() == [("forum", "sent", 2, "")]
    assert len(there.topics) == 1
    assert [line.split()[0] for line in there.asked] == ["POST", "GET", "GET"]


def test_a_second_worker_that_posts_the_same_key_finds_the_topic(there: Forum) -> None:
    """The forum refuses the key, and that is the answer."""
    forum_channel(there)
    make_out(channels=("forum",))
    row = database.session.scalars(sa.select(Dispatch)).one()
    there.topics.append({"external_id": row.key, "id": 1, "slug": "a-topic", "title": "Was here", "raw": "", "revisions": 0})
    run()
    assert states() == [("forum", "sent", 1, "")]
    assert len(there.topics) == 1


def test_what_never_works_is_given_up_and_its_author_hears_of_it(there: Forum) -> None:
    author = make_member("ada")
    database.session.commit()
    forum_channel(there)
    make_out(channels=("forum",), author_id=author.id)
    at = NOW
    for wait in (0, 1, 5, 30, 120, 480):
        there.failures = 1
        at += timedelta(minutes=wait)
        run(at)
    assert states() == [("forum", "failed", 6, "it answered 500")]
    notices = database.session.execute(sa.select(Notice.kind, Notice.data, Notice.path)).all()
    assert [tuple(row) for row in notices] == [
        ("news.failed", {"title": "A morning for the garden", "channel": "Forum"}, "/council/news/a-morning-for-the-garden/")
    ]
    assert moving.send_again("a-morning-for-the-garden", "forum", at, author.id)
    database.session.commit()
    run(at)
    assert states()[0][1] == "sent"
    assert not moving.send_again("a-morning-for-the-garden", "forum", at, author.id)


def test_what_the_forum_refuses_is_told_in_its_words_and_not_tried_again(there: Forum) -> None:
    forum_channel(there)
    make_out("Short", channels=("forum",))
    run()
    assert states() == [("forum", "failed", 1, "it answered 422: Title is too short (minimum is 15 characters)")]


def test_a_wrong_secret_is_no_loop(there: Forum) -> None:
    forum_channel(there, "another")
    make_out(channels=("forum",))
    run()
    assert states()[0][:3] == ("forum", "failed", 1)
    assert "another" not in states()[0][3]


def test_private_addresses_are_not_asked(app: Flask, forum: Forum) -> None:
    forum_channel(forum)
    make_out(channels=("forum",))
    run()
    assert states() == [("forum", "failed", 1, "this address is not asked (private)")]
    assert forum.asked == []


def test_a_secret_follows_nobody_to_another_house(app: Flask, there: Forum) -> None:
    """Neither where a topic is made nor where it is looked for."""
    with forum_running() as other:
        app.extensions[jobs.REACHABLE] = {there.address, other.address}
        there.elsewhere = other.url
        forum_channel(there)
        make_out(channels=("forum",))
        run()
        assert states()[0][1:3] == ("waiting", 1)
        run(NOW + timedelta(minutes=1))
        assert [line.split()[0] for line in there.asked] == ["POST", "GET"]
        assert other.asked == []
        there.elsewhere = ""
        run(NOW + timedelta(minutes=10))
    assert states() == [("forum", "sent", 3, "")]
    assert len(there.topics) == 1


def test_a_room_takes_a_repeated_message_once(there: Forum) -> None:
    make_channel("room", "matrix", KEY, config={"address": there.url, "room": ROOM})
    make_out(channels=("room",))
    there.losses = 1
    run()
    run(NOW + timedelta(minutes=1))
    assert states() == [("room", "sent", 2, "")]
    (event,) = there.events.values()
    assert event["body"].startswith("A morning for the garden\n\nBring **gloves**.")
    assert "<strong>gloves</strong>" in event["formatted_body"]


def test_a_chat_cannot_be_asked_so_what_may_be_there_is_left_to_a_person(there: Forum) -> None:
    author = make_member("ada")
    make_channel("chat", "chat", f"{there.url}/chat/secret")
    make_out(channels=("chat",), author_id=author.id)
    there.losses = 1
    run()
    assert states()[0][:3] == ("chat", "unsure", 1)
    run(NOW + timedelta(days=1))
    assert len(there.chatted) == 1
    assert database.session.scalar(sa.select(Notice.kind)) == "news.failed"


def test_a_worker_that_is_gone(there: Forum) -> None:
    """The forum is asked whether it is there; the chat is not sent to twice."""
    forum_channel(there)
    make_channel("chat", "chat", f"{there.url}/chat/secret")
    make_out(channels=("forum", "chat"))
    database.session.execute(sa.update(Dispatch).values(state="sending", attempts=1, due_at=NOW))
    database.session.commit()
    run()
    assert sorted((row[0], row[1]) for row in states()) == [("chat", "unsure"), ("forum", "sent")]
    assert there.asked[0].startswith("GET /t/external_id/news-")
    assert (len(there.topics), there.chatted) == (1, [])


def test_a_correction_changes_what_stands_there(there: Forum) -> None:
    forum_channel(there)
    make_channel("room", "matrix", KEY, config={"address": there.url, "room": ROOM})
    make_channel("chat", "chat", f"{there.url}/chat/secret")
    one = make_out(channels=("forum", "room", "chat"))
    run()
    texts = (Text("en", "A morning for the garden", "Bring **boots**."),)
    moving.correct(one.slug, texts, "Boots, not gloves.", NOW + timedelta(hours=1), None)
    database.session.commit()
    run(NOW + timedelta(hours=1))
    assert (len(there.topics), there.topics[0]["revisions"], len(there.chatted)) == (1, 1, 1)
    assert there.topics[0]["raw"].startswith("Corrected on 2026-11-20: Boots, not gloves.\n\nBring **boots**.")
    edit = list(there.events.values())[1]
    assert edit["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$event-0"}
    assert {row[1] for row in states()} == {"sent"}


def test_a_text_that_changes_while_it_is_on_its_way_is_changed_there_too(there: Forum) -> None:
    forum_channel(there)
    one = make_out(channels=("forum",))
    row = database.session.scalars(sa.select(Dispatch)).one()
    with as_of(NOW):
        parcel = jobs.sending.begin(row.id, NOW)
        database.session.commit()
        assert parcel is not None
        moving.correct(one.slug, (Text("en", "A morning for the garden", "Later!"),), "Later.", NOW, None)
        database.session.commit()
        jobs._hand_over(parcel)
        database.session.commit()
    assert states()[0][1] == "waiting"
    run()
    assert states()[0][1] == "sent"
    assert "Later!" in there.topics[0]["raw"]


def test_withdrawn_before_it_left_it_does_not_go_and_afterwards_it_says_so(there: Forum) -> None:
    forum_channel(there)
    make_channel("room", "matrix", KEY, config={"address": there.url, "room": ROOM})
    one = make_out(channels=("forum", "room"))
    forum_row = sa.update(Dispatch).where(Dispatch.channel == "room")
    database.session.execute(forum_row.values(due_at=NOW + timedelta(hours=1)))
    database.session.commit()
    run()
    moving.withdraw(one.slug, "The garden is closed.", NOW, None)
    database.session.commit()
    run(NOW + timedelta(hours=2))
    assert there.events == {}
    assert there.topics[0]["title"] == "Withdrawn: A morning for the garden"
    assert there.topics[0]["raw"].startswith("This announcement was withdrawn. The reason: The garden is closed.")
    assert sorted((row[0], row[1], row[3]) for row in states()) == [
        ("forum", "sent", ""), ("room", "failed", "stopped before it left"),
    ]  # fmt: skip


def test_withdrawn_while_it_may_be_in_a_room_is_left_to_a_person(there: Forum) -> None:
    make_channel("room", "matrix", KEY, config={"address": there.url, "room": ROOM})
    one = make_out(channels=("room",))
    there.losses = 1
    run()
    moving.withdraw(one.slug, "The garden is closed.", NOW, None)
    database.session.commit()
    run(NOW + timedelta(minutes=1))
    assert states() == [("room", "unsure", 2, "it was withdrawn, and may stand there")]
    assert len(there.events) == 1


def test_of_two_workers_one_takes_it(there: Forum) -> None:
    forum_channel(there)
    make_out(channels=("forum",))
    row = database.session.scalars(sa.select(Dispatch)).one()
    assert jobs.sending.begin(row.id, NOW) is not None
    assert jobs.sending.begin(row.id, NOW) is None


def test_a_channel_that_is_off_gets_nothing(there: Forum) -> None:
    make_channel("chat", "chat", f"{there.url}/chat/secret", state="off")
    make_out(channels=("chat", "nowhere"))
    run()
    assert sorted((row[0], row[1], row[3]) for row in states()) == [
        ("chat", "failed", "the channel is switched off"), ("nowhere", "failed", "the channel is gone"),
    ]  # fmt: skip
    assert there.chatted == []


def test_each_channel_speaks_its_language(there: Forum) -> None:
    make_channel("chat", "chat", f"{there.url}/chat/secret", language="pt-BR")
    make_out(texts=(Text("en", "The garden", "Gloves"), Text("pt", "O jardim", "Luvas")), channels=("chat",))
    run()
    assert there.chatted == ["O jardim\n\nLuvas\n\nhttp://localhost/news/the-garden"]


def test_nothing_waits_where_nothing_is_due(db: Any) -> None:
    with as_of(NOW):
        assert not jobs.dispatch_waits()
