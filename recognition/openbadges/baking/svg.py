"""Badges in SVG: one element a version, the first ones in the drawing (Open Badges 2.0, baking; 3.0, section 5.3). What is
baked is written anew: only elements of SVG, without scripts, handlers and references to elsewhere."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from recognition.openbadges.baking import harmless
from recognition.openbadges.baking.harmless import SVG, XLINK, XML
from recognition.openbadges.baking.reading import (
    FOREIGN,
    SEVERAL,
    VERSIONS,
    Reading,
    Version,
    check_picture,
    check_text,
    encoded,
    is_jws,
)
from recognition.openbadges.baking.walking import Attributes, Name, walk
from recognition.openbadges.rules import Malformed

ELEMENTS: Final[Mapping[Version, Name]] = {
    "2.0": Name("http://openbadges.org", "assertion"),
    "3.0": Name("https://purl.imsglobal.org/ob/v3p0", "credential"),
}
_VERSION_OF: Final = {name: version for version, name in ELEMENTS.items()}
_PREFIXES: Final = {"": "", XML: "xml:", XLINK: "xlink:"}
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_IN_TEXT: Final = str.maketrans(_ESCAPES)
_IN_VALUE: Final = str.maketrans(_ESCAPES | {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def bake(picture: bytes, texts: Mapping[Version, str]) -> bytes:
    """The drawing with these badges in it and none older of the same versions; one of the other version stays."""
    drawing = _kept_drawing(picture)
    held = {**drawing.texts, **texts}
    for text in held.values():
        encoded(text)
    baked = drawing.written({version: held[version] for version in VERSIONS if version in held}).encode()
    check_picture(baked)
    return baked


def unbake(picture: bytes) -> dict[Version, str]:
    """Raises Malformed and TooLarge."""
    return dict(read(picture).texts)


def read(picture: bytes) -> Reading:
    drawing = _drawing(picture)
    return Reading(drawing.texts, frozenset(drawing.oddities))


def _drawing(picture: bytes) -> "_Drawing":
    check_picture(picture)
    drawing = _Drawing()
    walk(picture, drawing)
    return drawing


@lru_cache(maxsize=16)
def _kept_drawing(picture: bytes) -> "_Drawing":
    """Many badges go into one drawing, and reading it is nearly all of the work."""
    return _drawing(picture)


class _Drawing:
    """Listens to a drawing, keeps its badges and what is harmless of the rest, and writes it again."""

    def __init__(self) -> None:
        self.texts: dict[Version, str] = {}
        self.oddities: set[str] = set()
        self.root: list[str] = []
        self.parts: list[str] = []
        self.open: list[str] = []
        self.within = 0
        """How deep inside something that goes, or inside a badge."""
        self.badge: tuple[Version, str] | None = None
        self.heard: list[str] = []
        self.style: list[str] | None = None

    def opened(self, name: Name, attributes: Attributes) -> None:
        if not self.root:
            return self._begin(name, attributes)
        if self.within or self.style is not None:
            self.within += 1
            return None
        fault = harmless.of_element(name, attributes)
        if fault:
            self.oddities.add(fault)
        if name in _VERSION_OF:
            self.badge = _VERSION_OF[name], next((value for key, value in attributes if key == ("", "verify")), "").strip()
        if fault or name.space != SVG:
            self.within = 1
            return None
        self.parts.append(f"<{name.local}{self._kept(attributes)}>")
        self.open.append(name.local)
        if name.local.lower() == "style":
            self.style = []
        return None

    def closed(self) -> None:
        if self.within:
            self.within -= 1
            if not self.within and self.badge:
                self._keep_badge()
            return
        if self.style is not None:
            self._close_style("".join(self.style))
        self.parts.append(f"</{self.open.pop()}>")

    def said(self, text: str) -> None:
        if self.badge:
            if self.within == 1:
                self.heard.append(text)
        elif self.within:
            return
        elif self.style is not None:
            self.style.append(text)
        else:
            self.parts.append(text.translate(_IN_TEXT))

    def instructed(self, target: str) -> None:
        if target.lower() == "xml-stylesheet":
            self.oddities.add(FOREIGN)

    def written(self, badges: Mapping[Version, str]) -> str:
        name, kept = self.root
        first = next(iter(badges), None)
        spaces = f' xmlns="{SVG}" xmlns:xlink="{XLINK}"' + (f' xmlns:openbadges="{ELEMENTS[first].space}"' if first else "")
        # Some readers look for the prefix and not for what it stands for, so the second badge gets the same one.
        inside = "".join(_element(version, text, declared=version == first) for version, text in badges.items())
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}{spaces}{kept}>{inside}{"".join(self.parts)}\n'

    def _begin(self, name: Name, attributes: Attributes) -> None:
        if name != (SVG, "svg"):
            raise Malformed("XML that is no SVG")
        self.root = [name.local, self._kept(attributes)]
        self.open.append(name.local)

    def _kept(self, attributes: Attributes) -> str:
        """Nothing that scripts, waits or asks; of other namespaces only what SVG itself takes from them."""
        kept = []
        for name, value in attributes:
            fault = harmless.of_attribute(name, value)
            if fault:
                self.oddities.add(fault)
            elif name.space in _PREFIXES:
                kept.append(f' {_PREFIXES[name.space]}{name.local}="{value.translate(_IN_VALUE)}"')
        return "".join(kept)

    def _close_style(self, text: str) -> None:
        fault = harmless.of_style(text)
        if fault:
            self.oddities.add(fault)
        else:
            self.parts.append(text.translate(_IN_TEXT))
        self.style = None

    def _keep_badge(self) -> None:
        version, verify = self.badge or ("2.0", "")
        text = "".join(self.heard).strip()
        self.badge, self.heard = None, []
        if version in self.texts:
            self.oddities.add(SEVERAL)
            return
        text = verify if is_jws(verify) or not text else text
        check_text(len(text.encode()))
        self.texts[version] = text


def _element(version: Version, text: str, declared: bool) -> str:
    """JSON stands in it as it is, anything else in `verify` alone. OB 2.0 also says there where the assertion is hosted."""
    space, local = ELEMENTS[version]
    begin = f"<openbadges:{local}" + ("" if declared else f' xmlns:openbadges="{space}"')
    if not text.lstrip().startswith("{"):
        return f'{begin} verify="{_value(text)}"/>'
    if version == "2.0":
        begin += f' verify="{_value(_hosted(text))}"'
    # What XML cannot hold can stand only in a JSON string, where its escape means the same.
    words = _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text).replace("]]>", "]]]]><![CDATA[>")
    return f"{begin}><![CDATA[{words}]]></openbadges:{local}>"


def _value(text: str) -> str:
    return _NOT_XML.sub("", text).translate(_IN_VALUE)


def _hosted(text: str) -> str:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("a badge that is no JSON") from error
    return str(told.get("id", ""))
