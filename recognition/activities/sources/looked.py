"""What a document that we fetched says: the deeds in it, and what it says of itself."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from urllib.parse import urlsplit

import nh3

from recognition.activities.sources.seen import Malformed, Seen

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
WORDS_MAX_CHARS = 4000


@dataclass(frozen=True)
class Looked:
    """`about` is what only the keeper of the whole document writes: where a token proves that it is theirs. `home`: the
    page that it names as its own. `left_out`: entries that tell no deed, or none whose day we could read."""

    seen: tuple[Seen, ...]
    title: str = ""
    about: str = ""
    home: str = ""
    left_out: int = 0


def host_of(address: str) -> str:
    """In lower case. Raises Malformed where the address names none."""
    try:
        host = urlsplit(address).hostname
    except ValueError:
        host = None
    if not host:
        raise Malformed("This is no web address.")
    return host.lower()


def document_of(address: str) -> str:
    """What the keys of its entries begin with, so that nobody takes the place of an entry of somebody else's document: the
    address without what else it may be reached by (http or https, a last slash). Hashed: whoever knows the address of a
    private calendar can read it."""
    parts, host = urlsplit(address), host_of(address)
    place = f"{parts.netloc.rpartition('@')[2].lower()}{parts.path.rstrip('/')}?{parts.query}"
    return f"{host}:{hashlib.blake2b(place.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"


def plain(words: object) -> str:
    """Without markup, on one line."""
    text = unescape(nh3.clean(str(words or "")[:WORDS_MAX_CHARS], tags=set()))
    return " ".join(text.split())


def moment_of(value: object, now: datetime) -> datetime | None:
    """In UTC; a day is meant at noon, a moment without a zone in UTC. None: no moment, or one that no deed can have."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(12))
    if not isinstance(value, datetime):
        return None
    try:
        found = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return found if EARLIEST <= found <= now + AHEAD else None
