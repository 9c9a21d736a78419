"""Against a server on loopback: what is looked at, when, and what becomes of what stands there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.activities.models import Activity
from recognition.identity.models import Account, Member
from recognition.identity.services.roles import Said, reinstate, suspend
from recognition.inlets import jobs
from recognition.inlets.models import Inlet, Sighting
from recognition.inlets.outside import REACHABLE
from recognition.inlets.rules import INLETS_EACH, NotTaken
from recognition.inlets.services import feeds, looking
from recognition.inlets.services.feeds import Owner
from recognition.inlets.services.looking import EVERY, Look
from recognition.inlets.services.proving import token_of
from tests.factories.identity import make_group
from tests.inlets.documents import calendar, rss
from tests.openbadges.servers import Server, answering, server

NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)


@pytest.fixture
def door(app: Flask) -> Iterator[Server]:
    with server() as one:
        app.extensions[REACHABLE] = {one.address}
        yield one
        del app.extensions[REACHABLE]


@pytest.fixture(autouse=True)
def _today(app: Flask) -> Iterator[None]:
    with clock.as_of(NOW):
        yield


def own(db: Any, make_member: Any, door: Server, path: str = "/feed.xml", source: str = "feed") -> Inlet:
    ana = make_member("ana")
    inlet = feeds.add(source, door.url(path), Owner(member_id=ana.id), ana.id, NOW)
    db.session.commit()
    return inlet


def look(db: Any, inlet: Inlet, now: datetime = NOW) -> Look:
    found = looking.look(inlet.id, now)
    db.session.commit()
    assert found is not None
    return found


def sightings(db: Any) -> list[tuple[Any, ...]]:
    rows = db.session.execute(sa.select(Sighting.state, Sighting.member_id, Sighting.account).order_by(Sighting.id))
    return [tuple(row) for row in rows]


def test_a_members_feed_counts_once_the_token_stands_in_its_description(db: Any, make_member: Any, door: Server) -> None:
    inlet = own(db, make_member, door)
    door.handler = answering(rss(["One", "Two"]))
    assert look(db, inlet) == Look(entries=2)
    assert (inlet.state, inlet.due_at, sightings(db)) == ("off", None, [])
    door.handler = answering(rss(["One", "Two"], about=f"Maps {token_of(inlet)}"), ETag='"v2"')
    assert look(db, inlet) == Look(news=2, entries=2, proven=True)
    assert (inlet.state, inlet.due_at, inlet.config["proven"]) == ("on", NOW + EVERY, True)
    assert sightings(db) == [("asked", inlet.member_id, ""), ("asked", inlet.member_id, "")]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 0


def test_the_token_in_an_entry_proves_nothing(db: Any, make_member: Any, door: Server) -> None:
    """Who comments on a blog would be its author by that."""
    inlet = own(db, make_member, door)
    door.handler = answering(rss([f"A comment: {token_of(inlet)}"]))
    assert look(db, inlet) == Look(entries=1)
    assert (inlet.state, sightings(db)) == ("off", [])


@pytest.mark.parametrize(
    ("page", "proven"),
    [
        ('<head><meta name="recognition" content="{token}"></head>', True),
        ("<head><meta content='{token}' name='recognition'></head>", True),
        ('<head></head><body><meta name="recognition" content="{token}"></body>', False),
        ('<head><meta name="description" content="{token}"></head>', False),
        ("<p>{token}</p>", False),
    ],
)
def test_the_head_of_its_page_proves_it_and_nothing_below(
    db: Any, make_member: Any, door: Server, page: str, proven: bool
) -> None:
    inlet = own(db, make_member, door)
    html = answering(page.format(token=token_of(inlet)).encode(), Content_Type="text/html; charset=utf-8")
    feed = answering(rss(["One"], home=door.url("/")))
    door.handler = lambda connection, head: (html if head.startswith("GET / ") else feed)(connection, head)
    assert look(db, inlet).proven is proven
    assert inlet.state == ("on" if proven else "off")


def test_a_page_of_another_host_is_not_asked(db: Any, make_member: Any, door: Server) -> None:
    inlet = own(db, make_member, door)
    door.handler = answering(rss(["One"], home=f"http://localhost:{door.port}/"))
    assert look(db, inlet) == Look(entries=1)
    assert door.connections == 1


def test_what_is_known_is_not_fetched_again(db: Any, make_member: Any, door: Server) -> None:
    inlet = own(db, make_member, door)
    day = "Sat, 21 Nov 2026 10:00:00 GMT"
    door.handler = answering(rss(["One"], about=token_of(inlet)), ETag='"v1"', Last_Modified=day)
    look(db, inlet)
    door.handler = answering(b"", status="304 Not Modified")
    assert look(db, inlet) == Look()
    assert 'If-None-Match: "v1"' in door.heads[-1].splitlines()
    assert f"If-Modified-Since: {day}" in door.heads[-1].splitlines()
    look(db, inlet)
    assert 'If-None-Match: "v1"' in door.heads[-1].splitlines()


def test_looking_again_changes_nothing_and_what_changed_there_changes_here(db: Any, make_member: Any, door: Server) -> None:
    inlet = own(db, make_member, door)
    door.handler = answering(rss(["One", "Two"], about=token_of(inlet)))
    look(db, inlet)
    assert look(db, inlet) == Look(entries=2)
    door.handler = answering(rss(["One", "Two, mended"]))
    assert look(db, inlet).news == 1
    assert [row.draft["text"] for row in db.session.scalars(sa.select(Sighting).order_by(Sighting.id))] == ["One", "Two, mended"]


def test_what_is_wanted_unasked_goes_into_the_log_with_its_source(db: Any, make_member: Any, door: Server) -> None:
    inlet = own(db, make_member, door)
    feeds.set_mode(inlet, "take")
    db.session.commit()
    door.handler = answering(rss(["A map of Yaoundé"], about=token_of(inlet)))
    look(db, inlet)
    deed = db.session.scalars(sa.select(Activity)).one()
    assert (deed.member_id, deed.source, deed.evidence, deed.kind) == (inlet.member_id, "feed", 1, "blog-post")
    assert (deed.text, deed.url) == ("A map of Yaoundé", door.url("/posts/0"))
    assert deed.occurred_at == datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def test_a_calendar_is_never_taken_unasked(db: Any, make_member: Any, door: Server) -> None:
    inlet = own(db, make_member, door, "/mine.ics", "ical")
    feeds.set_mode(inlet, "take")
    assert inlet.config["mode"] == "ask"


def test_taken_away_and_added_again_nothing_comes_twice(db: Any, make_member: Any, door: Server) -> None:
    inlet = own(db, make_member, door)
    document = rss(["One", "Two"], about=token_of(inlet))
    door.handler = answering(document)
    look(db, inlet)
    feeds.remove(inlet, inlet.member_id or 0)
    db.session.commit()
    again = feeds.add("feed", door.url("/feed.xml"), Owner(member_id=db.session.scalar(sa.select(Sighting.member_id))), 1, NOW)
    again.config, again.state = {**again.config, "proven": True}, "on"
    db.session.commit()
    assert look(db, again) == Look(entries=2)
    assert len(sightings(db)) == 2


EVENT = """
UID:call-1@example.org
DTSTART:20261120T180000Z
DTEND:20261120T190000Z
SUMMARY:Weekly call
ORGANIZER:mailto:Olu@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ana@example.org
ATTENDEE;PARTSTAT=DECLINED:mailto:ben@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:stranger@example.org
"""


def test_a_groups_calendar_asks_those_who_said_yes(db: Any, make_member: Any, door: Server) -> None:
    ana, ben = make_member("ana"), make_member("ben")
    group = make_group("menders")
    for member in (ana, ben):
        db.session.add(Account(member_id=member.id, issuer="https://id.example", subject=member.handle, created_at=NOW,
                               email=f"{member.handle}@example.org", email_verified=True))  # fmt: skip
    inlet = feeds.add("ical", door.url("/ours.ics"), Owner(group_id=group.id), ana.id, NOW)
    db.session.commit()
    door.handler = answering(calendar(EVENT))
    assert jobs.look() == 1
    assert sorted(sightings(db), key=str) == [
        ("asked", ana.id, "ana@example.org"), ("new", None, "ben@example.org"), ("new", None, "olu@example.org"),
        ("new", None, "stranger@example.org"),
    ]  # fmt: skip
    assert db.session.get_one(Inlet, inlet.id).due_at == NOW + EVERY
    assert jobs.look() == 0


def test_one_that_fails_waits_ever_longer_and_holds_up_no_other(db: Any, make_member: Any, door: Server) -> None:
    ana = make_member("ana")
    bad = feeds.add("feed", door.url("/bad.xml"), Owner(), ana.id, NOW - timedelta(hours=1))
    good = feeds.add("feed", door.url("/good.xml"), Owner(), ana.id, NOW)
    db.session.commit()
    fine = answering(rss(["One"]))
    broken = answering(b"<rss><channel>", Content_Type="application/rss+xml")
    door.handler = lambda connection, head: (fine if "good" in head.splitlines()[0] else broken)(connection, head)
    assert jobs.look() == 2
    assert (bad.failures, bad.error, bad.due_at) == (1, "The feed is not well-formed XML.", NOW + timedelta(hours=2))
    assert (good.failures, good.error, good.due_at) == (0, "", NOW + EVERY)
    assert look(db, bad, NOW + timedelta(hours=2)).fault == "The feed is not well-formed XML."
    assert bad.due_at == NOW + timedelta(hours=6)
    door.handler = fine
    look(db, bad, NOW + timedelta(hours=6))
    assert (bad.failures, bad.error, bad.due_at) == (0, "", NOW + timedelta(hours=7))


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (answering(b"gone", status="404 Not Found"), "status 404"),
        (answering(b"x", Content_Length="999999999"), "large"),
        (answering(b"SSH-2.0", Content_Length="1000"), "garbled"),
    ],
)
def test_what_went_wrong_is_kept(db: Any, make_member: Any, door: Server, answer: Any, fault: str) -> None:
    inlet = own(db, make_member, door)
    door.handler = answer
    assert look(db, inlet) == Look(fault=fault)
    assert inlet.error == fault


def test_what_is_not_public_is_not_asked(db: Any, make_member: Any) -> None:
    ana = make_member("ana")
    with server() as inside:
        inlet = feeds.add("feed", inside.url("/"), Owner(member_id=ana.id), ana.id, NOW)
        db.session.commit()
        assert look(db, inlet) == Look(fault="private")
        assert inside.connections == 0


def test_somebody_looks_and_nobody_else_does(db: Any, make_member: Any) -> None:
    ana = make_member("ana")
    inlet = feeds.add("feed", "https://blog.example.org/", Owner(), ana.id, NOW)
    db.session.commit()
    assert [looking.claim(inlet.id, NOW), looking.claim(inlet.id, NOW)] == [True, False]


def test_for_a_suspended_member_nobody_looks_until_they_are_back(db: Any, make_member: Any, door: Server) -> None:
    inlet = own(db, make_member, door)
    door.handler = answering(rss(["One"], about=token_of(inlet)))
    look(db, inlet)
    ana, later = db.session.get(Member, inlet.member_id), NOW + EVERY
    suspend(ana, None, NOW, Said(None, "Spam"))
    db.session.commit()
    assert (looking.due(later), looking.claim(inlet.id, later)) == ([], False)
    reinstate(ana, None)
    db.session.commit()
    assert (looking.due(later), looking.claim(inlet.id, later)) == ([inlet.id], True)


def test_the_same_address_is_added_once_and_there_is_an_end_to_them(db: Any, make_member: Any) -> None:
    ana = make_member("ana")
    first = feeds.add("feed", "https://blog.example.org/feed", Owner(member_id=ana.id), ana.id, NOW)
    assert feeds.add("feed", "http://BLOG.example.org/feed/", Owner(member_id=ana.id), ana.id, NOW) is first
    for number in range(INLETS_EACH - 1):
        feeds.add("feed", f"https://blog.example.org/{number}", Owner(member_id=ana.id), ana.id, NOW)
    with pytest.raises(NotTaken):
        feeds.add("feed", "https://blog.example.org/more", Owner(member_id=ana.id), ana.id, NOW)
