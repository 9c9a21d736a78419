"""A mail to one's own address here is a report. Who wrote it is told by the address that it was written to, which only its
member knows; senders can be made up, and whether a mail server vouched for one is not for us to decide."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import policy
from email.errors import HeaderParseError
from email.header import Header, decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from html import unescape

import nh3

from recognition.activities.sources.seen import Malformed, NotForUs, TooLarge

NAME = "mail"
MAX_BYTES = 25 * 1024 * 1024
PARTS_MAX = 50
LATE = timedelta(days=7)
_TEXT_MAX_CHARS = 20_000
_DECODED_BYTES, _HEADER_CHARS, _ADDRESSES_CHARS = 100_000, 2000, 100_000
"""Some encodings that a mail may name take a time that grows with the square of what they are given."""
_TOKEN = re.compile(r"(?<![\w.+-])report\+([a-z0-9]{1,32}-[a-z0-9]{1,64})@", re.IGNORECASE | re.ASCII)
_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_QUOTES_BEGIN = re.compile(
    r"^(-{2,} ?(original message|forwarded message|ursprüngliche nachricht|message d'origine)|_{10,}$|begin forwarded message:)",
    re.IGNORECASE,
)
_WROTE = re.compile(r"(wrote|schrieb|a écrit|escribió|ha scritto|escreveu)[^\n]{0,80}:$", re.IGNORECASE)
_LINES = {"p", "br", "div", "li", "tr", "h1", "h2", "h3"}
_BREAKS = re.compile(r"</?(?:p|br|div|li|tr|h[1-3])>")


@dataclass(frozen=True)
class Letter:
    """`tokens`: what stands in the addresses that it went to, in lower case; one of them may be a member's. `name` is the
    same however often it is delivered."""

    tokens: tuple[str, ...]
    name: str
    sent_at: datetime
    text: str


def read(message: bytes, now: datetime, recipient: str = "") -> Letter:
    """`recipient`: the address that the mail server delivers to, where it says so. Raises Malformed, TooLarge, and NotForUs
    for what no person wrote just now: answers of machines, bounces, lists."""
    if len(message) > MAX_BYTES:
        raise TooLarge("The mail is larger than 25 MiB.")
    if message.lower().count(b"boundary") > PARTS_MAX:
        raise TooLarge("The mail has more parts than we look at.")
    try:
        mail = BytesParser(policy=policy.compat32).parsebytes(message)
    except (RecursionError, ValueError, LookupError, IndexError, TypeError) as fault:
        raise Malformed("This is not a mail that we can read.") from fault
    if _is_of_a_machine(mail):
        raise NotForUs("No person wrote this mail.")
    tokens = _tokens(mail, recipient)
    if not tokens:
        raise Malformed("The mail was not written to an address for reports.")
    text = _text(mail)
    if not text:
        raise NotForUs("There is no text in the mail.")
    named = _header(mail, "Message-ID").strip() or hashlib.sha256(message).hexdigest()
    return Letter(
        tokens, hashlib.blake2b(named.encode("utf-8", "replace"), digest_size=16).hexdigest(), _sent_at(mail, now), text
    )


def _is_of_a_machine(mail: Message) -> bool:
    """By RFC 3834, and by what is in use beside it."""
    answered = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        answered not in ("", "no")
        or _header(mail, "Precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply")
        or _header(mail, "Return-Path").strip() == "<>"
        or mail.get_content_type() in ("multipart/report", "message/delivery-status")
        or any(name in mail for name in ("List-Id", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients"))
        or _header(mail, "From").lower().lstrip("<\"' ").startswith(("mailer-daemon", "postmaster"))
    )


def _tokens(mail: Message, recipient: str) -> tuple[str, ...]:
    written = [str(value) for name in _TO for value in mail.get_all(name, [])]
    found = (match for text in (recipient, *written) for match in _TOKEN.finditer(text[:_ADDRESSES_CHARS]))
    return tuple(dict.fromkeys(match[1].lower() for match in found))[:5]


def _sent_at(mail: Message, now: datetime) -> datetime:
    """The day on which it was written, where that is not long ago: mails lie around for a while, not for a month."""
    try:
        sent = parsedate_to_datetime(_header(mail, "Date"))
        sent = sent.astimezone(UTC) if sent.tzinfo else sent.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return now
    return sent if now - LATE <= sent <= now else now


def _text(mail: Message) -> str:
    """The subject, and below it what was written anew."""
    subject = " ".join(_header(mail, "Subject").split())[:300]
    written = "\n".join(_own_lines(_words(mail))).strip()
    return f"{subject}\n\n{written}".strip()[:_TEXT_MAX_CHARS]


def _words(mail: Message) -> str:
    """Of the first plain part; of the first one in HTML if there is none."""
    parts = [part for part in mail.walk() if not part.is_multipart() and part.get_content_disposition() != "attachment"]
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind:
                words = _decoded(part)
                return words if kind == "text/plain" else _without_markup(words)
    return ""


def _decoded(part: Message) -> str:
    raw = part.get_payload(decode=True)
    body = raw[:_DECODED_BYTES] if isinstance(raw, bytes) else b""
    try:
        return body.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return body.decode("utf-8", "replace")


def _without_markup(words: str) -> str:
    """Without what is quoted, which stands in an element of its own."""
    dropped = {"script", "style", "title", "blockquote"}
    kept = nh3.clean(words[: 4 * _TEXT_MAX_CHARS], tags=_LINES, attributes={}, clean_content_tags=dropped)
    lines = (" ".join(unescape(line).split()) for line in _BREAKS.split(kept))
    return "\n".join(filter(None, lines))


def _own_lines(words: str) -> Iterator[str]:
    """Up to the signature or to what is quoted below; lines that quote are left out. The line that says who wrote what is
    quoted may be broken in two."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines):
        if line in ("-- ", "--") or _QUOTES_BEGIN.match(line.strip()):
            return
        if line.startswith(">") or _introduces(lines, number):
            continue
        yield line.rstrip()


def _introduces(lines: list[str], number: int) -> bool:
    for last in (number, number + 1):
        following = next((line for line in lines[last + 1 : last + 3] if line.strip()), "")
        if last < len(lines) and following.startswith(">") and _WROTE.search(lines[last].strip()[-200:]):
            return bool(lines[number].strip())
    return False


def _header(mail: Message, name: str) -> str:
    """Decoded; what cannot be is taken as it stands."""
    raw: str | Header | None = mail.get(name)
    if raw is None:
        return ""
    raw = raw[:_HEADER_CHARS] if isinstance(raw, str) else raw
    try:
        return str(make_header(decode_header(raw)))
    except (HeaderParseError, LookupError, ValueError, TypeError):
        return str(raw)
