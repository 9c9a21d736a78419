"""What stands at an inlet's address now. Takes values and no rows: nothing is locked while a stranger's server thinks."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from recognition.activities.sources import feed, ical, icalfields
from recognition.activities.sources.looked import Looked
from recognition.activities.sources.seen import Malformed
from recognition.inlets.outside import client
from recognition.openbadges.addresses import Forbidden
from recognition.openbadges.fetching import Answer, Client, Unreachable

ACCEPT = {
    feed.NAME: "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8",
    ical.NAME: "text/calendar",
}
"""The sources that we look at by ourselves, and what we ask for there."""
MOST_BYTES = max(feed.MAX_BYTES, icalfields.MAX_BYTES)
META = "recognition"
_META = re.compile(r"<meta\s[^<>]{0,400}>", re.IGNORECASE)
_HEAD_BYTES = 200_000


@dataclass(frozen=True)
class Asked:
    """`known`: what the last look left. `token`: what to find where the owner has not shown yet that it is theirs."""

    source: str
    address: str
    own: bool
    known: dict[str, Any] = field(default_factory=dict)
    token: str = ""


@dataclass(frozen=True)
class Found:
    """`looked` None: nothing is new, or `fault` says what went wrong, in one word or in a sentence of the adapter."""

    looked: Looked | None = None
    fault: str = ""
    cursor: dict[str, Any] | None = None
    proven: bool = False


def find(asked: Asked, now: datetime) -> Found:
    """Two questions at most, and ten seconds for both."""
    fetch = client(MOST_BYTES)
    try:
        answer = fetch(asked.address, ACCEPT[asked.source], _headers(asked))
        if answer.status == 304:
            return Found(cursor=asked.known)
        if answer.status != 200:
            return Found(fault=f"status {answer.status}")
        looked = _read(asked, answer.body, now)
        proven = bool(asked.token) and (asked.token in looked.about or _is_in_head(fetch, asked, looked.home))
    except (Forbidden, Unreachable) as fault:
        return Found(fault=fault.reason)
    except Malformed as fault:
        return Found(fault=str(fault))
    return Found(looked, cursor=_cursor(answer), proven=proven)


def _headers(asked: Asked) -> dict[str, str]:
    """Whoever looks for a token wants to see the whole."""
    if asked.token:
        return {}
    names = {"version": "If-None-Match", "modified": "If-Modified-Since"}
    return {header: str(asked.known[name]) for name, header in names.items() if asked.known.get(name)}


def _read(asked: Asked, body: bytes, now: datetime) -> Looked:
    if asked.source == ical.NAME:
        return ical.read(body, asked.address, now, asked.own)
    return feed.read(body, asked.address, now)


def _cursor(answer: Answer) -> dict[str, Any]:
    return {"version": answer.version, "modified": answer.modified}


def _is_in_head(fetch: Client, asked: Asked, home: str) -> bool:
    """In a `<meta name="recognition">` of the page that the feed calls its own, on the very host of the feed. Comments stand
    in the body of a page: what a passer-by can write is no proof."""
    if asked.source != feed.NAME or urlsplit(home).netloc != urlsplit(asked.address).netloc:
        return False
    try:
        page = fetch(home, "text/html")
    except (Forbidden, Unreachable):
        return False
    if page.status != 200 or page.media_type != "text/html":
        return False
    head = re.split(r"<body|</head", page.body[:_HEAD_BYTES].decode("utf-8", "replace"), maxsplit=1, flags=re.IGNORECASE)[0]
    metas = (meta for meta in _META.findall(head) if f'name="{META}"' in meta or f"name='{META}'" in meta)
    return any(asked.token in meta for meta in metas)
