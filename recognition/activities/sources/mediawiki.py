"""MediaWiki: each edit of a page is a deed of whoever made it. Read from its export of pages (XML) or from its list of a
user's contributions (JSON). Edits without a name, and what the wiki itself hides, are nobody's."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from recognition.activities.sources.looked import Looked, host_of, moment_of, plain
from recognition.activities.sources.seen import Doer, Malformed, Seen, TooLarge, key_of

NAME = "mediawiki"
KIND = "Wiki edit"
MAX_BYTES = 50 * 1024 * 1024
EDITS_MAX = 10_000
_DEPTH_MAX = 20
_TEXT_MAX_CHARS = 500
_HIDDEN = ("userhidden", "suppressed", "anon")


def read(body: bytes, address: str, now: datetime) -> Looked:
    """`address`: of the wiki, such as https://wiki.example.org/w/api.php; an export tells its own host as well, and only
    edits of that very host are taken. Raises Malformed and TooLarge."""
    if len(body) > MAX_BYTES:
        raise TooLarge("The export is larger than 50 MiB.")
    host = host_of(address)
    start = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start not in (b"<", b"{"):
        raise Malformed("This is neither an export of pages nor a list of contributions.")
    found = _of_export(body, host, now) if start == b"<" else _of_list(body, address, host, now)
    told: dict[str, Seen] = {}
    left_out = 0
    for one in found:
        left_out += one is None
        if one is not None:
            told[one.source_key] = one
        if len(told) + left_out > EDITS_MAX:
            raise TooLarge("These are more than 10,000 edits. Take them in several parts.")
    return Looked(tuple(told.values()), host, left_out=left_out)


def _of_export(body: bytes, host: str, now: datetime) -> Iterator[Seen | None]:
    """Page by page, so that an export of fifty megabytes is never in memory as a tree."""
    title, base, depth = "", "", 0
    try:
        for event, element in iterparse(BytesIO(body), events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if depth > _DEPTH_MAX:
                raise TooLarge("The export is nested deeper than one of pages is.")
            if event == "start":
                continue
            name = _local(element)
            if name == "base":
                base = _base(element.text or "", host)
            elif name == "title":
                title = element.text or ""
            elif name == "revision":
                yield _of_revision(element, title, base, host, now)
                element.clear()
            elif name == "page":
                element.clear()
    except DefusedXmlException as fault:
        raise Malformed("The export declares a document type or entities.") from fault
    except ParseError as fault:
        raise Malformed("The export is not well-formed XML.") from fault


def _base(address: str, host: str) -> str:
    """The part of the address of a page before its title."""
    if host_of(address) != host:
        raise Malformed("The export is of another wiki.")
    return address.rpartition("/")[0] if urlsplit(address).scheme in ("http", "https") else ""


def _of_revision(element: Element, title: str, base: str, host: str, now: datetime) -> Seen | None:
    told = {_local(child): child for child in element}
    who = told.get("contributor")
    user = next((one.text for one in who if _local(one) == "username"), None) if who is not None else None
    number, comment = _text(told.get("id")), _text(told.get("comment"))
    url = f"{base}/{quote(title.replace(' ', '_'), safe='/:')}" if base else None
    return _seen(host, user or "", number, title, comment, _text(told.get("timestamp")), url, now)


def _of_list(body: bytes, address: str, host: str, now: datetime) -> Iterator[Seen | None]:
    try:
        rows = json.loads(body)["query"]["usercontribs"]
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise Malformed("This is not a list of contributions.") from fault
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Malformed("This is not a list of contributions.")
    script = address.partition("?")[0].rpartition("/")[0]
    for row in rows:
        yield None if any(row.get(name, False) is not False for name in _HIDDEN) else _of_row(row, script, host, now)


def _of_row(row: dict[str, Any], script: str, host: str, now: datetime) -> Seen | None:
    user, title, comment, moment = (_word(row.get(name)) for name in ("user", "title", "comment", "timestamp"))
    number = row.get("revid")
    if isinstance(number, bool) or not isinstance(number, int):
        return None
    return _seen(host, user, str(number), title, comment, moment, f"{script}/index.php?diff={number}", now)


def _seen(
    host: str, user: str, number: str, title: str, comment: str, moment: str, url: str | None, now: datetime
) -> Seen | None:
    occurred_at = moment_of(_moment(moment), now)
    if not user.strip() or not number.isdecimal() or occurred_at is None or not title:
        return None
    text = f"{plain(title)}: {plain(comment)}" if plain(comment) else plain(title)
    key = key_of(host, "edit", int(number[:20]))
    return Seen(Doer(host, user.strip()[:200]), key, occurred_at, occurred_at, KIND, text[:_TEXT_MAX_CHARS], url)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _word(value: object) -> str:
    """Without halves of surrogate pairs, which JSON can hold and nothing else."""
    return value.encode("utf-8", "ignore").decode() if isinstance(value, str) else ""
