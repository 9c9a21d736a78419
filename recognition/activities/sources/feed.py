"""RSS and Atom: each entry of a blog is a deed of who wrote it.

The parser of feeds forgives nearly everything, entities and declarations of strangers included, and opens what looks to it
like the name of a file. So it sees a document only after a strict look at the same bytes, and only as a stream."""

import calendar
import io
import re
import xml.sax
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.sax.handler import ContentHandler

import defusedxml.sax
import feedparser
from defusedxml.common import DefusedXmlException

from recognition.activities.sources.looked import Looked, document_of, host_of, moment_of, plain
from recognition.activities.sources.seen import Doer, Malformed, Seen, TooLarge, key_of

NAME = "feed"
KIND = "Blog post"
MAX_BYTES = 5 * 1024 * 1024
MAX_ENTRIES = 10_000
_MAX_ELEMENTS, _MAX_DEPTH, _MAX_DATE_CHARS = 400_000, 64, 100
_ENTRIES, _DATES = {"item", "entry"}, {"pubdate", "updated", "published", "modified", "issued", "created", "date"}
_TEXT_MAX_CHARS = 500
_DECLARED = re.compile(r"\A\s*<\?xml[^>]*?>")
_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,30})["']""")
_ENCODINGS = {
    "utf-8": "utf-8-sig", "utf8": "utf-8-sig", "us-ascii": "ascii", "ascii": "ascii", "iso-8859-1": "latin-1",
    "iso-8859-15": "iso-8859-15", "iso-8859-2": "iso-8859-2", "windows-1250": "cp1250", "windows-1251": "cp1251",
    "windows-1252": "cp1252", "koi8-r": "koi8-r", "shift_jis": "shift_jis", "euc-jp": "euc-jp", "gb2312": "gb18030",
    "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5", "euc-kr": "euc-kr", "utf-16": "utf-16",
}  # fmt: skip


def read(body: bytes, address: str, now: datetime) -> Looked:
    """`address` is where it came from. Raises Malformed and TooLarge."""
    document = _checked(body)
    found = feedparser.parse(
        io.BytesIO(document), resolve_relative_uris=False, sanitize_html=False,
        response_headers={"content-type": "application/xml; charset=utf-8"},
    )  # fmt: skip
    if not found.get("version") and not found.entries:
        raise Malformed("This is neither RSS nor Atom.")
    host, place = host_of(address), document_of(address)
    told = {
        one.source_key: one for one in (_seen(entry, found.feed, address, host, place, now) for entry in found.entries) if one
    }
    whole = found.feed
    about = " ".join(plain(whole.get(name)) for name in ("title", "subtitle", "description", "info", "rights"))
    home = _link(whole.get("link"), address) or ""
    left_out = len(found.entries) - len(told)
    return Looked(tuple(told.values()), plain(whole.get("title"))[:200], about, home, left_out)


def _checked(body: bytes) -> bytes:
    """The document in UTF-8 without declarations, well-formed, of a size that can be read in a moment."""
    if len(body) > MAX_BYTES:
        raise TooLarge("The feed is larger than 5 MiB.")
    document = _DECLARED.sub("", _decoded(body), count=1).lstrip().encode("utf-8")
    look = _Look()
    try:
        defusedxml.sax.parse(io.BytesIO(document), look, forbid_dtd=True)
    except DefusedXmlException as fault:
        raise Malformed("The feed declares a document type or entities. We read feeds without them.") from fault
    except (xml.sax.SAXException, ValueError) as fault:
        if isinstance(fault, Malformed):
            raise
        raise Malformed("The feed is not well-formed XML.") from fault
    return document


def _decoded(body: bytes) -> str:
    declared = _ENCODING.match(body)
    named = declared[1].decode("ascii").lower() if declared else "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        return body.decode(_ENCODINGS[named])
    except (KeyError, UnicodeError) as fault:
        raise Malformed("The feed is not written in the encoding that it names.") from fault


class _Look(ContentHandler):
    """Counts. A date of a million characters would keep the guessing of its form busy for long."""

    def __init__(self) -> None:
        super().__init__()
        self._elements = self._depth = self._entries = 0
        self._date: str = ""
        self._date_chars = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: ARG002, N802  the names that SAX gives
        self._elements += 1
        self._depth += 1
        local = name.rpartition(":")[2].lower()
        self._entries += local in _ENTRIES
        if self._entries > MAX_ENTRIES:
            raise TooLarge("The feed has more than 10,000 entries.")
        if self._elements > _MAX_ELEMENTS or self._depth > _MAX_DEPTH:
            raise TooLarge("The feed holds more than we can read.")
        self._date, self._date_chars = local if local in _DATES else "", 0

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802
        self._depth -= 1
        self._date = ""

    def characters(self, content: str) -> None:
        self._date_chars += len(content) if self._date else 0
        if self._date_chars > _MAX_DATE_CHARS:
            raise Malformed("The feed holds a date that is none.")


def _seen(entry: Any, whole: Any, address: str, host: str, place: str, now: datetime) -> Seen | None:
    """None: without a day it is no deed, and without a name it could not be known again."""
    occurred_at = _moment(entry, "published", now) or _moment(entry, "updated", now)
    link = _link(entry.get("link"), address)
    name = str(entry.get("id") or link or "")
    if occurred_at is None or not name:
        return None
    version_at = max(_moment(entry, "updated", now) or occurred_at, occurred_at)
    text = plain(entry.get("title")) or plain(entry.get("summary"))
    author = plain(entry.get("author") or whole.get("author"))
    tags = tuple(str(tag.get("term") or "") for tag in entry.get("tags") or ())
    return Seen(
        account=Doer(host, author[:200]),
        source_key=key_of(place, name),
        occurred_at=occurred_at,
        version_at=version_at,
        kind_label=KIND,
        text=text[:_TEXT_MAX_CHARS],
        url=link,
        tags=tuple(tag for tag in tags if tag)[:20],
    )


def _moment(entry: Any, name: str, now: datetime) -> datetime | None:
    parsed = entry.get(f"{name}_parsed") if f"{name}_parsed" in entry else None
    if parsed is None:
        return None
    try:
        return moment_of(datetime.fromtimestamp(calendar.timegm(parsed), UTC), now)
    except (ValueError, OverflowError, OSError):
        return None


def _link(link: object, address: str) -> str | None:
    try:
        url = urljoin(address, str(link)) if link else ""
        return url if urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname and len(url) <= 1000 else None
    except ValueError:
        return None
