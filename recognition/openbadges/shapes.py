"""What two documents must have in common for their canonical forms to differ in places that are known beforehand.

Texts are divided into those that certainly are the address of something wherever an address is asked for, and all others.
Members, types, contexts, numbers and the number of entries are part of the shape.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from recognition.openbadges.jsonld import ADDRESS

PLAIN = re.compile(rf"(?=https?://|did:|urn:|mailto:|data:){ADDRESS.pattern}")
"""Addresses with beginnings that no context defines as a prefix, so that they stay as they are."""
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
    tokens: list[object] = []
    pattern: list[int] = []
    texts: list[str] = []
    first: dict[str, int] = {}

    # This runs for each badge and is most of what a template costs, so it is one function that asks for exact types.
    def read(value: object, key: str) -> None:
        if type(value) is str and key not in WORDS:
            pattern.append(first.setdefault(value, len(texts)) if PLAIN.match(value) else -1)
            texts.append(value)
            tokens.append(None)
        elif type(value) is dict:
            tokens.append(tuple(value))
            for name, part in value.items():
                if name == "@context":
                    tokens.append(repr(part))
                else:
                    read(part, name)
        elif type(value) is list:
            tokens.append(len(value))
            for part in value:
                read(part, key)
        else:
            tokens.append((type(value), value))

    read(document, "")
    return Shape(tuple(tokens), tuple(pattern), tuple(texts))


def filled(value: Any, texts: Iterator[str], key: str = "") -> Any:
    """The document with other texts, in the order that `of` found them in."""
    if isinstance(value, str) and key not in WORDS:
        return next(texts)
    if isinstance(value, dict):
        return {name: part if name == "@context" else filled(part, texts, name) for name, part in value.items()}
    if isinstance(value, list):
        return [filled(part, texts, key) for part in value]
    return value
