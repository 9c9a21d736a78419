"""What is found in a picture, what was odd about it, and how large either may be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from recognition.openbadges.rules import Malformed, TooLarge

Version = Literal["2.0", "3.0"]
VERSIONS: Final[tuple[Version, ...]] = ("2.0", "3.0")
PICTURE_BYTES = 8 * 1024 * 1024
TEXT_BYTES = 1024 * 1024

SEVERAL, COMPRESSED, LEGACY, TRAILING = "several", "compressed", "legacy", "trailing"
"""More than one badge of a version, of which the first was read; its text was compressed; it stands where only the oldest
badges had it; bytes follow the end of the picture."""
SCRIPT, HANDLER, FOREIGN = "script", "handler", "foreign"
"""Of an SVG: it holds scripts or what acts like one; attributes that wait for an event; references to elsewhere."""


@dataclass(frozen=True)
class Reading:
    """`texts`: JSON, a JWS, or in the oldest badges a URL, by version. `oddities`: words from above."""

    texts: Mapping[Version, str]
    oddities: frozenset[str] = field(default=frozenset())


_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")


def is_jws(text: str) -> bool:
    return _JWS.fullmatch(text) is not None


def check_picture(picture: bytes) -> None:
    if len(picture) > PICTURE_BYTES:
        raise TooLarge(f"a picture of {len(picture)} bytes; at most {PICTURE_BYTES} are read")


def encoded(text: str) -> bytes:
    """As it goes into a picture."""
    try:
        words = text.encode()
    except UnicodeEncodeError as error:
        raise Malformed("a badge with characters that are none") from error
    if b"\0" in words:
        raise Malformed("a badge with NUL in it")
    check_text(len(words))
    return words


def check_text(size_bytes: int) -> None:
    if size_bytes > TEXT_BYTES:
        raise TooLarge(f"a badge of more than {TEXT_BYTES} bytes in a picture")
