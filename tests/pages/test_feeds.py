"""Feeds of public deeds: what other programs' readers make of them, and that nothing else is in them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import feedparser
import icalendar
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from recognition.activities.models import Activity
from recognition.activities.queries import Deed
from recognition.identity.queries import member_by_handle
from recognition.identity.rules import ProfileView
from recognition.pages import feeds
from tests.factories.activities import REPORTED, make_activity
from tests.factories.identity import make_member

NASTY = "<b>Fish & \"chips\"</b> ]]> 'á' \U0001f41f ﷽\nsecond line; with, signs: =1+1"
ADDRESSES = [f"/feeds/activities.{ending}" for ending in ("atom", "json", "ics")]


@pytest.fixture
def deed(db) -> int:
    ada = make_member("ada", name="Ada <Lovelace> & co.")
    made = make_activity(
        ada.id, text=NASTY, tags=("mdm", "ünï"), kind="talk", visibility="public", url="https://a.example/?x=1&y=2"
    )
    make_activity(ada.id, text="For members", visibility="members")
    make_activity(ada.id, text="For me", visibility="me")
    make_activity(make_member("shy", name="Hidden Name", visibility={"name": "me"}).id, text="Shy deed", visibility="public",
                  occurred_at=REPORTED - timedelta(days=300))  # fmt: skip
    make_activity(make_member("gone", name="Gone", state="suspended").id, text="Gone deed", visibility="public")
    db.session.commit()
    return made.id


def test_atom(client, deed):
    answer = client.get("/feeds/activities.atom")
    assert (answer.status_code, answer.content_type) == (200, "application/atom+xml; charset=utf-8")
    etree.fromstring(answer.data)
    found = feedparser.parse(answer.data)
    assert (found.bozo, found.version, found.feed.id) == (False, "atom10", "http://localhost/feeds/activities.atom")
    assert found.feed.updated_parsed[:3] == (2026, 11, 21)
    first, second = found.entries
    assert (first.id, first.link) == (f"http://localhost/activities/{deed}",) * 2
    assert (first.title, first.content[0].value) == (NASTY.split("\n", maxsplit=1)[0], NASTY)
    assert (first.author_detail.name, first.author_detail.href) == ("Ada <Lovelace> & co.", "http://localhost/members/ada")
    assert [tag.term for tag in first.tags] == ["mdm", "ünï"]
    assert [link.href for link in first.links if link.rel == "related"] == ["https://a.example/?x=1&y=2"]
    assert (second.author, second.title) == ("@shy", "Shy deed")


def test_json(client, deed):
    answer = client.get("/feeds/activities.json?tag=mdm")
    assert answer.content_type == "application/feed+json; charset=utf-8"
    assert answer.get_json(force=True) == {
        "version": "https://jsonfeed.org/version/1.1", "title": "Deeds: #mdm",
        "home_page_url": "http://localhost/activities/?tag=mdm", "feed_url": "http://localhost/feeds/activities.json?tag=mdm",
        "items": [{
            "id": f"http://localhost/activities/{deed}", "url": f"http://localhost/activities/{deed}",
            "title": NASTY.split("\n", maxsplit=1)[0], "content_text": NASTY, "date_published": "2026-11-21T12:00:00Z",
            "authors": [{"name": "Ada <Lovelace> & co.", "url": "http://localhost/members/ada"}], "tags": ["mdm", "ünï"],
            "external_url": "https://a.example/?x=1&y=2",
        }],
    }  # fmt: skip


def test_calendar(client, deed):
    answer = client.get("/feeds/activities.ics?member=ada")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert max(len(line) for line in answer.data.split(b"\r\n")) <= 75
    (event,) = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert (event["uid"], event["dtstart"].dt, event["dtstamp"].dt) == (f"activity-{deed}@localhost", date(2026, 11, 2), REPORTED)
    assert (event["summary"], event["description"]) == (f"Ada <Lovelace> & co.: {NASTY.splitlines()[0]}", NASTY)
    assert [str(one) for one in event["categories"].cats] == ["mdm", "ünï"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_else_is_in_them_whoever_asks(app, db, deed, sign_in, address):
    guest = app.test_client().get(address)
    own = app.test_client()
    sign_in(own, member_by_handle("ada"))
    assert own.get(address).data == guest.data
    for hidden in ("For me", "For members", "Hidden Name", "Gone"):
        assert hidden not in guest.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_asked_again_it_costs_no_words(client, db, deed, count_queries, address):
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, first.headers["Cache-Control"]) == (304, b"", "public, no-cache")
    db.session.execute(sa.update(Activity).where(Activity.id == deed).values(visibility="members"))
    db.session.commit()
    with count_queries() as asked:
        changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, len(asked) <= 6, NASTY[3:7] in changed.text) == (200, True, False)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_empty_one_is_whole_too(client, db, address):
    answer = client.get(f"{address}?tag=nobody-knows")
    assert answer.status_code == 200
    if address.endswith("atom"):
        assert feedparser.parse(answer.data).bozo is False


def test_page_after_page(client, db):
    ada = make_member("ada")
    for number in range(120):
        make_activity(ada.id, text=f"n{number}", visibility="public", fingerprinted=False,
                      occurred_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number))  # fmt: skip
    db.session.commit()
    titles, address = [], "http://localhost/feeds/activities.json?member=ada"
    while address:
        found: dict[str, Any] = client.get(address.removeprefix("http://localhost")).get_json(force=True)
        titles += [one["title"] for one in found["items"]]
        address = found.get("next_url", "")
    assert titles == [f"n{number}" for number in reversed(range(120))]
    atom = feedparser.parse(client.get("/feeds/activities.atom?member=ada").data)
    assert next(link.href for link in atom.feed.links if link.rel == "next").startswith(
        "http://localhost/feeds/activities.atom?member=ada&after="
    )


@pytest.mark.parametrize(
    "asked", ["from=yesterday", "to=2026-13-01", "from=0001-01-01", "to=9999-12-31", "after=%00", "after=e30"]
)
def test_what_cannot_be_asked(client, db, asked):
    for address in [*ADDRESSES, "/activities/"]:
        assert client.get(f"{address}?{asked}").status_code == 400


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200), tag=st.text(min_size=1, max_size=20))
def test_any_words_make_a_feed_that_parses(app, text, tag):
    """Also such as no door lets in today."""
    item = feeds._item(_deed(text, tag), "https://hall.example")
    feed = feeds.Feed("All", "https://hall.example/a", "https://hall.example/b", "", [item])
    with app.test_request_context("/feeds/activities.atom"):
        atom = etree.fromstring(feeds._atom(feed))
    read = atom.findtext(".//{*}entry/{*}content") or ""
    assert read == item.text.replace("\r\n", "\n").replace("\r", "\n")
    (event,) = icalendar.Calendar.from_ical(feeds._calendar(feed)).walk("VEVENT")
    assert event["uid"] == "activity-1@hall.example"


def _deed(text: str, tag: str) -> Any:
    return Deed(id=1, person=ProfileView(1, "ada", "active", False), text=text, occurred_at=REPORTED, kind="other",
                kind_label="Other", family="helping", link=None, group=None, campaign=None, evidence=0, visibility="public",
                source="web", source_key="k", told_at=REPORTED, tags=(tag,))  # fmt: skip
