"""Reads what a mail server says about a letter that did not arrive (RFC 3464). Bytes in, values out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default

from recognition.announcements.channels.mail import RETURNED_HEADER

MAX_BYTES = 1_000_000
PARTS_MAX = 50
_TOKEN = re.compile(rf"^{RETURNED_HEADER}:[ \t\r\n]*([\w.-]+)", re.ASCII | re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}", re.ASCII)


@dataclass(frozen=True)
class Returned:
    """`token`: what our letter carried; `status` as in RFC 3463, "5.1.1"."""

    token: str
    status: str

    @property
    def for_ever(self) -> bool:
        """A server's policy (5.7) is about who sends, and may change; it counts like a mailbox that is full."""
        return self.status.startswith("5") and not self.status.startswith("5.7.")


def read(content: bytes) -> Returned | None:
    """None for what is no word about a letter of ours that failed, such as an answer from somebody's holiday, a delay, or
    the word that it did arrive."""
    message = message_from_bytes(content[:MAX_BYTES], policy=default)
    parts = list(_parts(message))
    status = next((found for part in parts if (found := _failed(part))), "")
    token = next((found for part in parts if (found := _token(part))), "")
    return Returned(token, status) if status and token else None


def _parts(message: Message) -> Iterator[Message]:
    for place, part in enumerate(message.walk()):
        if place >= PARTS_MAX:
            return
        yield part


def _failed(part: Message) -> str:
    """The status of a reader for whom it failed; each field stands in a block of its own, read as headers."""
    if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
        return ""
    for block in part.get_payload():
        if isinstance(block, Message) and _word(block, "action") == "failed":
            found = _STATUS.match(_word(block, "status"))
            return found.group() if found and not found.group().startswith("2") else ""
    return ""


def _token(part: Message) -> str:
    """From the letter that came back, whole or its headers only."""
    if part.get_content_type() == "text/rfc822-headers":
        words = _words(part)
        found = _TOKEN.search(words)
        return found.group(1) if found else ""
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        return _word(part.get_payload(0), RETURNED_HEADER)  # type: ignore[arg-type]
    return ""


def _words(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("ascii", "replace") if isinstance(payload, bytes) else ""


def _word(block: Message, name: str) -> str:
    """One header as it came; a broken one counts as none."""
    try:
        found = block.get(name, "")
    except (ValueError, TypeError, IndexError, AttributeError):  # what the library cannot read
        return ""
    return "".join(str(found).split()) if isinstance(block, EmailMessage) or found else ""
