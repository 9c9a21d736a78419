"""What a report may be, how a likely repeat is known, and the errors of this package."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from recognition import clock
from recognition.text import is_blank, is_showable

INTERNAL_KINDS = (
    "activity.confirmed", "badge.awarded", "campaign.joined", "confirmation.given", "contest.entered", "contest.placed",
    "contest.voted", "quest.finished", "quest.step", "reflection", "thanks.given", "thanks.received",
)  # fmt: skip
"""Facts that the product writes by itself. A rule that names no kind does not mean them."""

RESERVED_SOURCES = ("badges", "campaigns", "confirmations", "contests", "list", "quests", "thanks",
                    "together", "web")  # fmt: skip
"""Sources whose keys the product makes up itself: taking one of them would keep a later fact out of the log."""

DEFAULT_KIND = "other"
DEFAULT_POINTS = 5
TEXT_MAX_CHARS = 20_000
TAGS_MAX = 20
THANKS_MAX_CHARS = 500
THANKS_A_DAY = 30
COMMENT_MAX_CHARS = 2_000
COMMENTS_A_DAY = 100
FLAG_MAX_CHARS = 500
FLAGS_A_DAY = 50
CLOCK_SKEW = timedelta(days=1)
"""A deed of today may carry tomorrow's date east of us; anything later is the future."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
VISIBILITIES = ("public", "members", "me")

_NOT_SLUG = re.compile(r"[^a-z0-9.]+")
_NOT_TAG = re.compile(r"[^\w-]+")
HASHTAG = re.compile(r"(?<![\w/&])#(\w[\w-]{0,63})")
MENTION = re.compile(r"(?<![\w@/.-])@([a-z0-9]+(?:-[a-z0-9]+)*)", re.IGNORECASE)
LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_AFTER_LINK = ".,;:!?)]}'»”’…"


class BadReport(ValueError):
    """`field` is the input's name, `reason` a sentence for the person who sent it."""

    def __init__(self, field_name: str, reason: str) -> None:
        self.field, self.reason = field_name, reason
        super().__init__(f"{field_name}: {reason}")


class AlreadyWithdrawn(Exception):
    """Its text is a sentence for the person who tried."""


class NotThanked(Exception):
    """Its text is a sentence for the person who tried."""


class NotFlagged(Exception):
    """Its text is a sentence for the person who tried."""


class NotCommented(Exception):
    """Its text is a sentence for the person who tried."""


class NotAWitness(Exception):
    """Its text is a sentence for the person who tried."""


@dataclass(frozen=True)
class Report:
    """One deed, checked, ready for the log. `fingerprinted` False: rows that the product writes never look alike by
    accident."""

    member_id: int
    source: str
    source_key: str
    occurred_at: datetime
    kind: str = DEFAULT_KIND
    kind_label: str = ""
    text: str = ""
    tags: tuple[str, ...] = ()
    url: str | None = None
    place: str | None = None
    picture_id: int | None = None
    group_id: int | None = None
    campaign: str | None = None
    object: str | None = None
    evidence: int = 0
    visibility: str = "members"
    reporter_id: int | None = None
    data: dict[str, Any] | None = field(default=None, hash=False)
    fingerprinted: bool = True


def slugify(text: str) -> str:
    """ "Attended an Event" becomes "attended-an-event"; the dot of "quest.finished" stays."""
    ascii_text = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return _NOT_SLUG.sub("-", ascii_text).strip("-.")[:80]


@lru_cache(maxsize=4096)
def slug_of(label: str) -> str:
    """A slug for any words, also those written without a Latin letter."""
    return slugify(label) or "x-" + hashlib.blake2b(label.encode(), digest_size=6).hexdigest()


def clean_text(value: Any, name: str, limit: int = TEXT_MAX_CHARS) -> str:
    """Composed and trimmed; empty if nothing of it can be seen. Raises BadReport."""
    if not isinstance(value, str):
        raise BadReport(name, "must be text")
    if len(value) > limit:
        raise BadReport(name, f"is longer than {limit:,} characters; nothing was stored, so please shorten it")
    if value.isascii() and value.isprintable():
        return value.strip()
    if not is_showable(value):
        raise BadReport(name, "holds control characters that cannot be shown")
    return "" if is_blank(value) else unicodedata.normalize("NFC", value).strip()


def clean_tags(values: Iterable[Any]) -> tuple[str, ...]:
    """Folded so that #MozCafé and #mozcafé are one tag; order kept, repeats dropped."""
    tags: dict[str, None] = {}
    for value in values:
        if not isinstance(value, str):
            raise BadReport("tags", "must be a list of words")
        tag = _NOT_TAG.sub("-", unicodedata.normalize("NFC", value.strip().lstrip("#").casefold())).strip("-")
        if len(tag) > 64:
            raise BadReport("tags", "a tag may have at most 64 characters")
        if tag:
            tags[tag] = None
    if len(tags) > TAGS_MAX:
        raise BadReport("tags", f"at most {TAGS_MAX} tags, please")
    return tuple(tags)


def tags_in(text: str) -> list[str]:
    return HASHTAG.findall(text)


def with_tags_of(text: str, tags: tuple[str, ...]) -> tuple[str, ...]:
    """What stands in the words joins what was chosen, as far as there is room: words are never refused for their tags."""
    found = dict.fromkeys(tags)
    for word in tags_in(text):
        try:
            found |= dict.fromkeys(clean_tags([word]))
        except BadReport:
            continue
    return tuple(found)[:TAGS_MAX]


def handles_in(text: str) -> list[str]:
    """Whom the words name, each once, in their order."""
    return list(dict.fromkeys(handle.lower() for handle in MENTION.findall(text)))


def link_in(text: str) -> str | None:
    """The first web address in the words, without the sentence's own signs behind it."""
    for found in LINK.findall(text):
        try:
            return clean_url(found.rstrip(_AFTER_LINK))
        except BadReport:
            continue
    return None


def clean_url(value: Any) -> str | None:
    if value in (None, ""):
        return None
    text = clean_text(value, "url", 1000)
    try:
        parts = urlsplit(text)
        ok = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        ok = False
    if not ok:
        raise BadReport("url", "must be a web address that starts with http:// or https://")
    return text


def clean_moment(value: Any, now: datetime, name: str = "occurred_at") -> datetime:
    """A date (noon UTC, so that it is that day nearly everywhere), or a moment with its time zone."""
    moment = _moment(value) if isinstance(value, str) else None
    if moment is None:
        raise BadReport(name, "is not a date such as 2026-11-21 or 2026-11-21T18:00:00Z")
    if moment.tzinfo is None:
        raise BadReport(name, "needs a time zone, such as Z for UTC")
    if moment > now + CLOCK_SKEW:
        raise BadReport(name, "is in the future; report it once it has happened")
    if moment < EARLIEST:
        raise BadReport(name, "is too long ago")
    return moment


@lru_cache(maxsize=4096)
def _moment(text: str) -> datetime | None:
    """In UTC if the text names a zone. None: not a moment, or one at the very end of the calendar."""
    try:
        moment = datetime.fromisoformat(text)
        if len(text) == 10 and text[4] == text[7] == "-":
            return moment.replace(hour=12, tzinfo=UTC)
        return moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None


def fingerprint(report: Report) -> str | None:
    """Equal for the same member, day, kind, campaign, place on the web and words: likely the same deed told twice."""
    if not report.fingerprinted:
        return None
    words = report.text or str((report.data or {}).get("text_key") or "")
    parts = (str(report.member_id), str(clock.day_number(report.occurred_at)), report.kind, report.campaign or "",
             report.url or "", report.object or "", " ".join(words.casefold().split()))  # fmt: skip
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
