"""What two documents must have in common for their canonical forms to differ in places that are known beforehand.

Texts are divided into those that certainly are the address of something wherever an address is asked for, and all others.
Members, types, contexts, numbers and the number of entries are part of the shape.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from recognition.openbadges.jsonld import ADDRESS

PLAIN = re.compile(r"(?:https?://|did:|urn:|mailto:|data:)")
"""Beginnings that no context defines as a prefix, so that an address stays as it is."""
WORDS = ("type", "@type")


class Shape(NamedTuple):
    """`tokens` and `pattern` are the same for documents of one shape; `texts` are what may differ, in their order.

    `pattern` tells which addresses are equal, since equal ones are one node: the place of the first equal one, or -1 for a
    text that is no address.
    """

    tokens: tuple[object, ...]
    pattern: tuple[int, ...]
    texts: tuple[str, ...]


def of(document: dict[str, Any]) -> Shape:
    reading = _Reading()
    reading.read(document, "")
    return Shape(tuple(reading.tokens), tuple(reading.pattern), tuple(reading.texts))


class _Reading:
    def __init__(self) -> None:
        self.tokens: list[object] = []
        self.pattern: list[int] = []
        self.texts: list[str] = []
        self._first: dict[str, int] = {}

    def read(self, value: object, key: str) -> None:
        if isinstance(value, str) and key not in WORDS:
            self._text(value)
        elif isinstance(value, dict):
            self.tokens.append(("{", *value))
            for name, part in value.items():
                if name == "@context":
                    self.tokens.append(repr(part))
                else:
                    self.read(part, name)
        elif isinstance(value, list):
            self.tokens.append(("[", len(value)))
            for part in value:
                self.read(part, key)
        else:
            self.tokens.append((type(value), value))

    def _text(self, text: str) -> None:
        plain = PLAIN.match(text) is not None and ADDRESS.match(text) is not None
        self.tokens.append(plain)
        self.pattern.append(self._first.setdefault(text, len(self.texts)) if plain else -1)
        self.texts.append(text)


def filled(value: Any, texts: Iterator[str], key: str = "") -> Any:
    """The document with other texts, in the order that `of` found them in."""
    if isinstance(value, str) and key not in WORDS:
        return next(texts)
    if isinstance(value, dict):
        return {name: part if name == "@context" else filled(part, texts, name) for name, part in value.items()}
    if isinstance(value, list):
        return [filled(part, texts, key) for part in value]
    return value
