"""What a drawing may hold that strangers open: shapes, text and style, but nothing that acts, waits for an event or asks
elsewhere for something. Told in three sorts, so that a reader can be told what a picture holds."""

import re
from typing import Final

from recognition.openbadges.baking.reading import FOREIGN, HANDLER, SCRIPT
from recognition.openbadges.baking.walking import Attributes, Name

SVG: Final = "http://www.w3.org/2000/svg"
XLINK: Final = "http://www.w3.org/1999/xlink"
XML: Final = "http://www.w3.org/XML/1998/namespace"
_XHTML: Final = "http://www.w3.org/1999/xhtml"
_EVENTS: Final = "http://www.w3.org/2001/xml-events"
_ACTING: Final = frozenset(
    {"script", "handler", "listener", "foreignobject", "iframe", "embed", "object", "audio", "video", "canvas", "animation"}
)
_ANIMATING: Final = frozenset({"animate", "set", "animatecolor", "animatemotion", "animatetransform"})
_ADDRESSES: Final = frozenset({"href", "src", "base"})
_PICTURE: Final = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif)[;,]")
_OURS: Final = re.compile(r"#|data:(?:image/(?:png|jpe?g|gif|webp|avif)|font/|application/(?:x-)?font)")
_ACTING_ADDRESS: Final = re.compile(r"(?:javascript|vbscript|livescript):|data:(?!image/(?:png|jpe?g|gif|webp|avif))")
_BLANK: Final = re.compile(r"[\x00-\x20]+")
_ACTING_STYLE: Final = re.compile(r"expression\s*\(|javascript:|(?<![\w-])behavior\s*:|-moz-binding")
_ASKING_STYLE: Final = re.compile(r"@import|\\|image-set\s*\(|(?<![\w-])(?:image|src)\s*\(")
_URL: Final = re.compile(r"url\(\s*[\"']?\s*")


def of_element(name: Name, attributes: Attributes) -> str | None:
    """Why it has to go with all that it holds; None where it may stay as far as this is concerned."""
    local = name.local.lower()
    if name.space in (_XHTML, _EVENTS) or local in _ACTING:
        return SCRIPT
    if local in _ANIMATING:
        target = next((value.strip().lower() for key, value in attributes if key == ("", "attributeName")), "")
        if target.rpartition(":")[2] in _ADDRESSES or target.startswith("on"):
            return SCRIPT
    return None


def of_attribute(name: Name, value: str) -> str | None:
    local = name.local.lower()
    if name.space == _EVENTS or (not name.space and local.startswith("on")):
        return HANDLER
    if local in _ADDRESSES:
        return _of_address(local, value)
    return of_style(value) if local == "style" or "(" in value else None


def of_style(text: str) -> str | None:
    """CSS escapes are not undone but count as asking elsewhere: what is written plainly needs none."""
    low = text.lower()
    if _ACTING_STYLE.search(low):
        return SCRIPT
    if _ASKING_STYLE.search(low) or any(_OURS.match(low, found.end()) is None for found in _URL.finditer(low)):
        return FOREIGN
    return None


def _of_address(local: str, value: str) -> str | None:
    """Only a place in the same drawing, or a picture of pixels that comes with it."""
    low = _BLANK.sub("", value).lower()
    if local != "base" and (low.startswith("#") or not low or _PICTURE.match(low)):
        return None
    return SCRIPT if _ACTING_ADDRESS.match(low) else FOREIGN
