"""Many credentials of one shape, signed without expanding each: equal, byte for byte, to `proofs.signed`.

A shape is expanded once with stand-ins for its texts. What comes out tells for each statement which text goes where. The names
of blank nodes follow from the real texts, so they are computed anew for each document, from its first-degree hashes. Where two
of these are equal, where two statements would be one, or where a text can change what the document says, the full way is gone.
"""

import hashlib
import re
import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from recognition.openbadges import jsonld, proofs, shapes
from recognition.openbadges.jsonld import Quad
from recognition.openbadges.shapes import Shape

MOST_SHAPES = 1_000
STAND_IN = re.compile(r"urn:x-([0-9a-f]{32}):(\d+)")
TEXT = re.compile(r'(?:<(?P<address>[^>]*)>|"(?P<literal>[^"]*)"(?P<type>.*))', re.DOTALL)


class Batch:
    """Signs whole documents; shapes it has met before go by template, all others the full way. One batch, one thread."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], _Known | None] = {}

    def signed(self, document: dict[str, Any], private: Ed25519PrivateKey, method: str, created: datetime) -> dict[str, Any]:
        """The same answer as `proofs.signed`, and the same errors."""
        unsigned = {key: value for key, value in document.items() if key != "proof"}
        said = proofs.options(method, created)
        return proofs.with_proof(unsigned, proofs.sha256(self.canonical(unsigned)), private, said)

    def canonical(self, document: dict[str, Any]) -> str:
        """The same answer as `proofs.canonical`, and the same errors."""
        shape = shapes.of(document)
        template = self._template(document, shape)
        form = template.canonical(shape.texts) if template else None
        return proofs.canonical(document) if form is None else form

    def _template(self, document: dict[str, Any], shape: Shape) -> "Template | None":
        """None for a shape that is met for the first time: making a template costs more than one full way."""
        key = (shape.tokens, shape.pattern)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MOST_SHAPES:
                self._known.clear()
            # The first time it is only remembered that there is such a shape.
            self._known[key] = _Known(fixed(document, shape), {}) if key in self._known else None
            return None
        kept = tuple(shape.texts[place] for place in known.places)
        if kept not in known.templates:
            if len(known.templates) >= MOST_SHAPES:
                known.templates.clear()
            known.templates[kept] = Template(document, shape, known.places)
        return known.templates[kept]


class _Known(NamedTuple):
    """Of a shape: places of the texts that are part of a template, and the templates by these texts."""

    places: tuple[int, ...]
    templates: dict[tuple[str, ...], "Template"]


class _Hole(NamedTuple):
    """Where a text goes among the terms; `suffix` is None for an address, else what follows the quoted text."""

    term: int
    text: int
    suffix: str | None


class _Line(NamedTuple):
    """A statement by the places of its terms; `graph` is -1 for the default graph."""

    subject: int
    predicate: str
    object: int
    graph: int


class Template:
    """For documents of one shape that also agree in the texts at the places `kept`."""

    def __init__(self, document: dict[str, Any], shape: Shape, kept: Sequence[int]) -> None:
        nonce = secrets.token_hex(16)
        stand_ins = list(_stand_ins(shape, nonce))
        for place in kept:
            stand_ins[place] = shape.texts[place]
        self._terms: list[str] = []
        self._holes: list[_Hole] = []
        self._lines: list[_Line] = []
        self._build(jsonld.quads(shapes.filled(document, iter(stand_ins))), nonce)
        nodes = [place for place, term in enumerate(self._terms) if term == "_:z"]
        self._about = [
            (node, [line for line in self._lines if node in (line.subject, line.object, line.graph)]) for node in nodes
        ]
        self._apart = list(self._siblings())

    def canonical(self, texts: Sequence[str]) -> str | None:
        """None: this document has to go the full way."""
        terms = self._terms.copy()
        for term, text, suffix in self._holes:
            terms[term] = f"<{texts[text]}>" if suffix is None else jsonld.literal(texts[text]) + suffix
        if any(len({terms[place] for place in places}) < len(places) for places in self._apart):
            return None
        try:
            named = self._name(terms)
            form = "".join(sorted(_rendered(self._lines, terms)))
            form.encode()
        except UnicodeEncodeError:
            return None
        return form if named else None

    def _name(self, terms: list[str]) -> bool:
        """Whether the first-degree hashes tell all blank nodes apart."""
        found: dict[bytes, int] = {}
        for node, lines in self._about:
            terms[node] = "_:a"
            found[hashlib.sha256("".join(sorted(_rendered(lines, terms))).encode()).digest()] = node
            terms[node] = "_:z"
        for number, digest in enumerate(sorted(found)):
            terms[found[digest]] = f"_:c14n{number}"
        return len(found) == len(self._about)

    def _build(self, quads: Sequence[Quad], nonce: str) -> None:
        places: dict[str, int] = {}
        for quad in quads:
            subject, object_, graph = (self._place(term, places, nonce) for term in (quad.subject, quad.object, quad.graph))
            self._lines.append(_Line(subject, quad.predicate, object_, graph))

    def _place(self, term: str, places: dict[str, int], nonce: str) -> int:
        if not term:
            return -1
        if term not in places:
            places[term] = len(self._terms)
            self._terms.append("_:z" if term.startswith("_:") else term)
            parts = TEXT.fullmatch(term)
            found = parts and STAND_IN.fullmatch(parts["address"] or parts["literal"] or "")
            if parts and found and found[1] == nonce:
                self._holes.append(_Hole(places[term], int(found[2]), parts["type"]))
        return places[term]

    def _siblings(self) -> Iterator[list[int]]:
        """Terms said of one node by one predicate. Were two of them equal, there would be one statement less."""
        groups: dict[tuple[int, str, int], list[int]] = defaultdict(list)
        for line in self._lines:
            if self._terms[line.object] != "_:z":
                groups[line.subject, line.predicate, line.graph].append(line.object)
        holes = {hole.term for hole in self._holes}
        return (places for places in groups.values() if len(places) > 1 and holes & set(places))


def _rendered(lines: Sequence[_Line], terms: Sequence[str]) -> list[str]:
    return [
        f"{terms[subject]} {predicate} {terms[object_]} .\n"
        if graph < 0
        else f"{terms[subject]} {predicate} {terms[object_]} {terms[graph]} .\n"
        for subject, predicate, object_, graph in lines
    ]


def fixed(document: dict[str, Any], shape: Shape) -> tuple[int, ...]:
    """Places of texts that are not simply carried over: words of a vocabulary, relative addresses, numbers in quotes."""
    nonce = secrets.token_hex(16)
    carried: dict[int, int] = defaultdict(int)
    for stand_in, is_address in _found(jsonld.expanded(shapes.filled(document, _stand_ins(shape, nonce)))):
        place = int(stand_in.rpartition(":")[2])
        carried[place] += not is_address or shape.pattern[place] >= 0
    names = [place if first < 0 else first for place, first in enumerate(shape.pattern)]
    return tuple(place for place, name in enumerate(names) if carried[name] != names.count(name))


def _stand_ins(shape: Shape, nonce: str) -> Iterator[str]:
    """Equal addresses get the same one."""
    return (f"urn:x-{nonce}:{place if first < 0 else first}" for place, first in enumerate(shape.pattern))


def _found(value: object) -> Iterator[tuple[str, bool]]:
    """Stand-ins that are a whole value or the name of a node, and whether they are the latter."""
    if isinstance(value, list):
        for part in value:
            yield from _found(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            if not isinstance(part, str):
                yield from _found(part)
            elif _is_carried(key, value) and STAND_IN.fullmatch(part):
                yield part, key == "@id"


def _is_carried(key: str, value: dict[str, Any]) -> bool:
    return key == "@id" or (key == "@value" and value.get("@type") not in ("@json", jsonld.XSD + "double"))
