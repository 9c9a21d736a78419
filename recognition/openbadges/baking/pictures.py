"""One door for both kinds of picture."""

import re
from collections.abc import Mapping
from typing import Literal

from recognition.openbadges.baking import png, svg
from recognition.openbadges.baking.reading import Reading, Version
from recognition.openbadges.rules import Malformed

Kind = Literal["png", "svg"]
_LOOKED_AT_BYTES = 64 * 1024
_SVG = re.compile(
    rb"""(?> \s+ | <\?.*?\?> | <!--.*?--> | <!DOCTYPE\s+svg[^>\[]*(?:\[.*?\]\s*)?> )*+ <(?:[\w.-]+:)?svg[\s/>]""",
    re.VERBOSE | re.DOTALL,
)
"""What may stand before the root element; atomic, since comments can be told apart in too many ways otherwise."""


def kind_of(content: bytes) -> Kind | None:
    """By what it begins with. None: no picture that can carry a badge."""
    if content.startswith(png.SIGNATURE):
        return "png"
    begin = content[:_LOOKED_AT_BYTES].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    return "svg" if _SVG.match(begin) else None


def bake(picture: bytes, texts: Mapping[Version, str]) -> bytes:
    """Raises Malformed and TooLarge, as all three do."""
    return png.bake(picture, texts) if _known(picture) == "png" else svg.bake(picture, texts)


def unbake(picture: bytes) -> dict[Version, str]:
    return dict(read(picture).texts)


def read(picture: bytes) -> Reading:
    return png.read(picture) if _known(picture) == "png" else svg.read(picture)


def _known(picture: bytes) -> Kind:
    kind = kind_of(picture)
    if kind is None:
        raise Malformed("neither PNG nor SVG")
    return kind
