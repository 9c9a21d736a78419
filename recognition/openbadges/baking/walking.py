"""Reads XML event by event, with no DTD, no entity and nothing from elsewhere, and no deeper than anybody draws."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol
from xml.parsers import expat

from recognition.openbadges.rules import Malformed, TooLarge

DEEPEST = 256
MOST_ELEMENTS = 200_000


class Name(NamedTuple):
    """`space` is the namespace's address, or empty."""

    space: str
    local: str


Attributes = Sequence[tuple[Name, str]]


class Listener(Protocol):
    def opened(self, name: Name, attributes: Attributes) -> None: ...

    def closed(self) -> None: ...

    def said(self, text: str) -> None: ...

    def instructed(self, target: str) -> None: ...


def walk(document: bytes, listener: Listener) -> None:
    """Comments are passed over, prefixes are resolved. A DOCTYPE that only names its DTD is too, since
    nothing is fetched; one that brings definitions of its own is refused. Raises Malformed and TooLarge."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = parser.ordered_attributes = parser.specified_attributes = True
    steps = _Steps(listener)
    parser.StartElementHandler, parser.EndElementHandler = steps.open, steps.close
    parser.CharacterDataHandler = listener.said
    parser.ProcessingInstructionHandler = lambda target, _data: listener.instructed(target)
    parser.StartDoctypeDeclHandler = _refuse_definitions
    parser.SkippedEntityHandler = _refuse_entity
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Malformed(f"no XML: {error}") from error


class _Steps:
    def __init__(self, listener: Listener) -> None:
        self.listener, self.depth, self.count = listener, 0, 0

    def open(self, name: str, attributes: list[str]) -> None:
        self.depth, self.count = self.depth + 1, self.count + 1
        if self.depth > DEEPEST or self.count > MOST_ELEMENTS:
            raise TooLarge("a drawing with more parts than anybody draws")
        pairs = zip(map(_name, attributes[::2]), attributes[1::2], strict=True)
        self.listener.opened(_name(name), list(pairs))

    def close(self, _name: str) -> None:
        self.depth -= 1
        self.listener.closed()


def _name(told: str) -> Name:
    space, _gap, local = told.rpartition(" ")
    return Name(space, local)


def _refuse_definitions(_name: str, _system: str | None, _public: str | None, has_definitions: bool) -> None:
    if has_definitions:
        raise Malformed("XML that defines entities of its own")


def _refuse_entity(name: str, _is_parameter: bool) -> None:
    raise Malformed(f"XML with an entity {name} that nobody defined")
