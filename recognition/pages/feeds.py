"""Public deeds for other programs: Atom (RFC 4287), JSON Feed 1.1 and iCalendar (RFC 5545). Whoever asks gets what a guest
may see, so that an address can be given to anybody."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import icalendar
from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext as _

from recognition.activities.queries import Deed, deeds, offered_kinds
from recognition.pages import deed_filters
from recognition.text import shown_only
from recognition.web.access import public
from recognition.web.templating import iso

blueprint = Blueprint("deed_feeds", __name__, url_prefix="/feeds")
ITEMS = 50
TITLE_MAX_CHARS = 80
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""When a feed was changed that has nothing in it."""
MIMETYPES = {"atom": "application/atom+xml", "json": "application/feed+json", "ics": "text/calendar"}


@dataclass(frozen=True)
class Item:
    """A deed with whole addresses. `day`: when it happened; `told_at`: when we heard of it."""

    id: int
    url: str
    title: str
    text: str
    day: date
    told_at: datetime
    who: str
    who_url: str
    link: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Feed:
    """`further`: the address of what is older, or empty."""

    title: str
    own: str
    page: str
    further: str
    items: Sequence[Item]

    @property
    def updated(self) -> datetime:
        return max((one.told_at for one in self.items), default=BEGINNING)


@blueprint.get("/activities.<any(atom,json,ics):ending>")
@public
def activities(ending: str) -> Any:
    """The filters of /activities/. `after` goes on where the last page ended."""
    written: Callable[[Feed], bytes] = {"atom": _atom, "json": _json, "ics": _calendar}[ending]
    response = Response(written(_feed(ending)), content_type=f"{MIMETYPES[ending]}; charset=utf-8")
    # Kept by whoever likes, and asked about each time: a deed that is taken back is gone at once.
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    return response.make_conditional(request)


def _feed(ending: str) -> Feed:
    wanted = deed_filters.asked(request.args)
    home: str = current_app.extensions["settings"].base_url
    found = deeds(None, wanted, request.args.get("after"), ITEMS)
    told = deed_filters.chosen(wanted)
    further = url_for(".activities", ending=ending, **told, after=found.next_cursor) if found.next_cursor else ""
    words = [chip.words for chip in deed_filters.chips(wanted, offered_kinds(), None)]
    title = _("Deeds: %(words)s", words=", ".join(words)) if words else _("What people did")
    return Feed(
        title=shown_only(title), own=home + url_for(".activities", ending=ending, **told),
        page=home + url_for("activities.index", **told), further=home + further if further else "",
        items=[_item(deed, home) for deed in found.items],
    )  # fmt: skip


def _item(deed: Deed, home: str) -> Item:
    """Without signs that these formats cannot hold, whatever way the words came in."""
    text = shown_only(deed.text) or shown_only(deed.kind_label)
    return Item(
        id=deed.id, url=f"{home}/activities/{deed.id}", title=_title(text), text=text, day=deed.occurred_at.date(),
        told_at=deed.told_at, who=shown_only(deed.person.called), who_url=home + deed.person.url,
        link=shown_only(deed.link or "") or None, tags=tuple(tag for tag in map(shown_only, deed.tags) if tag),
    )  # fmt: skip


def _title(text: str) -> str:
    first = " ".join(text.strip().split("\n", 1)[0].split())
    return first if len(first) <= TITLE_MAX_CHARS else first[: TITLE_MAX_CHARS - 1].rstrip() + "…"


def _atom(feed: Feed) -> bytes:
    filled = {name: getattr(feed, name) for name in ("title", "own", "page", "further", "items", "updated")}
    return render_template("feeds/activities.xml", **filled).encode()


def _json(feed: Feed) -> bytes:
    told: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1", "title": feed.title, "home_page_url": feed.page, "feed_url": feed.own,
        "items": [_json_item(one) for one in feed.items],
    }  # fmt: skip
    if feed.further:
        told["next_url"] = feed.further
    return json.dumps(told, ensure_ascii=False).encode()


def _json_item(one: Item) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": one.url, "url": one.url, "title": one.title, "content_text": one.text, "date_published": iso(one.told_at),
        "authors": [{"name": one.who, "url": one.who_url}], "tags": list(one.tags),
    }  # fmt: skip
    return item | ({"external_url": one.link} if one.link else {})


def _calendar(feed: Feed) -> bytes:
    """Each deed is a note on its day, which keeps nobody busy."""
    calendar = icalendar.Calendar()
    for name, value in {"prodid": "-//Recognition//Deeds//EN", "version": "2.0", "x-wr-calname": feed.title}.items():
        calendar.add(name, value)
    host = urlsplit(feed.own).hostname or "recognition"
    for one in feed.items:
        event = icalendar.Event()
        event.add("uid", f"activity-{one.id}@{host}")
        event.add("dtstamp", one.told_at)
        event.add("dtstart", one.day)
        event.add("summary", f"{one.who}: {one.title}")
        event.add("description", one.text)
        event.add("url", one.url)
        event.add("transp", "TRANSPARENT")
        if one.tags:
            event.add("categories", list(one.tags))
        calendar.add_component(event)
    return bytes(calendar.to_ical())
