"""From JSON-LD to RDF statements, strictly: whatever would not be signed is refused, not left out.

Expansion is pyld's; what comes after it is done here, since it is linear in the document and the same for documents we sign
and for those of strangers.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pyld import jsonld
from pyld.context_resolver import ContextResolver

from recognition.openbadges import contexts
from recognition.openbadges.rules import Malformed, TooLarge, Unfit, UnknownContext, UnknownTerm

MOST_OBJECTS, MOST_VALUES, DEEPEST = 600, 4_000, 60
MOST_CONTEXTS = 100
"""Seven times what a badge with every member of the standard has: expansion takes up to a millisecond for each object, and
three for each mention of a context. All contexts of a document are counted, since each endorsement in it has its own."""
MOST_INNER_CONTEXTS = 1_000
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE, FIRST, REST, NIL = f"<{RDF}type>", f"<{RDF}first>", f"<{RDF}rest>", f"<{RDF}nil>"
ADDRESS = re.compile(r'(?:[A-Za-z][A-Za-z0-9+.\-]*|_):[^\x00-\x20\x7f-\x9f<>"{}|^`\\\s]*\Z')
"""Signs no IRI may hold are refused: implementations differ in how they write them, so they would differ in what is signed."""
ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f]')
NAMED = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_mine = threading.local()


class Quad(NamedTuple):
    """Terms in canonical N-Quads; blank nodes start with `_:`. `graph` is empty for the default graph."""

    subject: str
    predicate: str
    object: str
    graph: str

    @property
    def nodes(self) -> tuple[str, ...]:
        return tuple(term for term in (self.subject, self.object, self.graph) if term.startswith("_:"))


def is_address(text: str) -> bool:
    """Whether this can be the `id` of something: an absolute IRI."""
    return ADDRESS.match(text) is not None and not text.startswith("_:")


def quads(document: dict[str, Any]) -> list[Quad]:
    """Each statement once. Raises UnknownTerm, UnknownContext, TooLarge, Malformed."""
    _bounded(document)
    found = _Statements()
    for node in expanded(document):
        found.node(node, "")
    return list(found.quads)


def expanded(document: dict[str, Any]) -> list[dict[str, Any]]:
    """pyld's own caches are not safe with threads, so each thread has its own."""
    if not hasattr(_mine, "resolver"):
        _mine.resolver = _Resolver()
    # Without a base, what is relative stays so and is noticed; pyld would otherwise make up an address.
    options = {"base": None, "contextResolver": _mine.resolver}
    try:
        nodes: list[dict[str, Any]] = jsonld.JsonLdProcessor(on_property_dropped=_unknown).expand(document, options)
    except Unfit:
        raise
    except RecursionError as error:
        raise TooLarge("nested too deeply") from error
    except Exception as error:
        # Strangers' documents bring pyld to all kinds of exceptions.
        raise _cause(error) from error
    return nodes


class _Resolver(ContextResolver):  # type: ignore[misc]
    """Knows the contexts inside of contexts by the objects they are: a third of an expansion goes into writing them out, to
    compare them by their text. It holds each object, so no other one can get its address."""

    def __init__(self) -> None:
        super().__init__({}, contexts.loader)
        self._inner: dict[int, tuple[object, list[Any]]] = {}

    def resolve(self, active_ctx: Any, context: Any, base: Any, cycles: Any = None) -> list[Any]:
        known = self._inner.get(id(context))
        if known is not None:
            return known[1]
        resolved: list[Any] = super().resolve(active_ctx, context, base, cycles)
        if isinstance(context, Mapping):
            if len(self._inner) >= MOST_INNER_CONTEXTS:
                self._inner.clear()
            self._inner[id(context)] = context, resolved
        return resolved


def literal(text: str) -> str:
    """A string in quotes, escaped as RDFC-1.0 wants it."""
    return '"' + ESCAPED.sub(_escape, text) + '"'


def _escape(found: re.Match[str]) -> str:
    return NAMED.get(found[0]) or f"\\u{ord(found[0]):04X}"


def _unknown(term: str | None) -> None:
    raise UnknownTerm(str(term))


def _cause(error: BaseException) -> Unfit:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, Unfit):
            return cause
        cause = cause.__cause__
    return Malformed(f"no JSON-LD document: {str(error)[:200]}")


def _bounded(document: object) -> None:
    """Members are named by terms alone: an address, a keyword or a type as a name would be signed, but read by nobody."""
    objects = mentioned = 0
    for values, (key, value, depth) in enumerate(_walk(document)):
        objects += isinstance(value, dict)
        if depth > DEEPEST or values > MOST_VALUES or objects > MOST_OBJECTS:
            raise TooLarge("more content than any badge has")
        if key == "@context":
            mentioned += _known(value, MOST_CONTEXTS - mentioned)
        elif key.startswith("@") or ":" in key or key[:1].isupper():
            raise UnknownTerm(key)
        elif isinstance(value, str) and not value.isascii():
            _encodable(value)


def _encodable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Malformed("half a character") from error


def _walk(document: object) -> Iterator[tuple[str, object, int]]:
    """Every value below the document with the name it has and its depth; contexts are not entered."""
    waiting: list[tuple[str, object, int]] = [("", document, 0)]
    while waiting:
        key, value, depth = waiting.pop()
        yield key, value, depth
        if isinstance(value, dict) and key != "@context":
            waiting += [(str(name), part, depth + 1) for name, part in value.items()]
        elif isinstance(value, list) and key != "@context":
            waiting += [(key, part, depth + 1) for part in value]


def _known(context: object, most: int) -> int:
    """How many are mentioned. One that is written out in the document could give known names another meaning."""
    mentioned = context if isinstance(context, list) else [context]
    if len(mentioned) > most:
        raise TooLarge("more contexts than any badge has")
    for one in mentioned:
        if not isinstance(one, str):
            raise UnknownContext("written out in the document")
        contexts.load(one)
    return len(mentioned)


class _Statements:
    def __init__(self) -> None:
        self.quads: dict[Quad, None] = {}
        self._names: dict[str, str] = {}
        self._count = 0

    def node(self, node: dict[str, Any], graph: str) -> str:
        """Add what is said of this node and below; the term it is named by."""
        name = self._name(node["@id"]) if "@id" in node else self._fresh()
        for property_, values in node.items():
            if property_ == "@type":
                for type_ in values:
                    self._add(name, TYPE, self._type(type_), graph)
            elif property_ == "@graph":
                for inner in values:
                    self.node(inner, name)
            elif property_ not in ("@id", "@index"):
                self._values(name, property_, values, graph)
        return name

    def _values(self, name: str, property_: str, values: list[dict[str, Any]], graph: str) -> None:
        # pyld refuses relative names; a keyword here is one that no badge has, such as @reverse.
        if not is_address(property_):
            raise Malformed(f"statements by {property_}")
        for value in values:
            self._add(name, f"<{property_}>", self._object(value, graph), graph)

    def _object(self, value: dict[str, Any], graph: str) -> str:
        if "@value" in value:
            return _value(value)
        if "@list" in value:
            return self._list(value["@list"], graph)
        return self.node(value, graph)

    def _list(self, values: list[dict[str, Any]], graph: str) -> str:
        head = NIL
        for value in reversed(values):
            cell, content = self._fresh(), self._object(value, graph)
            self._add(cell, FIRST, content, graph)
            self._add(cell, REST, head, graph)
            head = cell
        return head

    def _add(self, subject: str, predicate: str, object_: str, graph: str) -> None:
        self.quads[Quad(subject, predicate, object_, graph)] = None

    def _fresh(self) -> str:
        self._count += 1
        return f"_:b{self._count}"

    def _name(self, name: object) -> str:
        if not isinstance(name, str) or not ADDRESS.match(name):
            raise Malformed(f"no absolute address: {str(name)[:200]}")
        if not name.startswith("_:"):
            return f"<{name}>"
        if name not in self._names:
            self._names[name] = self._fresh()
        return self._names[name]

    def _type(self, name: object) -> str:
        """A type that no context knows stays the bare word it was."""
        if not isinstance(name, str) or not ADDRESS.match(name):
            raise UnknownTerm(str(name)[:200])
        return self._name(name)


def _value(value: dict[str, Any]) -> str:
    content, type_ = value["@value"], value.get("@type")
    if value.keys() & {"@direction", "@language"} or type_ == "@json" or not isinstance(content, str | bool | int | float):
        raise Malformed("a kind of value that no badge has")
    text, own = _lexical(content, type_)
    type_ = type_ or own
    if type_ == XSD + "string":
        return literal(text)
    if not is_address(type_):
        raise Malformed("a type of values that is no address")
    return f"{literal(text)}^^<{type_}>"


def _lexical(content: str | float, type_: str | None) -> tuple[str, str]:
    """How JSON-LD writes a value, and the type it has by itself."""
    if isinstance(content, bool):
        return ("true" if content else "false"), XSD + "boolean"
    if isinstance(content, str) and type_ == XSD + "double":
        try:
            return _double(float(content)), type_
        except ValueError:
            return content, type_
    if isinstance(content, str):
        return content, XSD + "string"
    whole = isinstance(content, int) or content.is_integer()
    if whole and abs(content) < 10**21 and type_ != XSD + "double":
        return str(int(content)), XSD + "integer"
    try:
        return _double(float(content)), XSD + "double"
    except OverflowError as error:
        raise Malformed("a number without end") from error


def _double(number: float) -> str:
    """XSD's canonical form: one digit before the point, at least one after it, no needless zeros."""
    digits, _, power = f"{number:.15E}".partition("E")
    if not power:
        raise Malformed("no finite number")
    return f"{digits.rstrip('0')}{'0' if digits.rstrip('0').endswith('.') else ''}E{int(power)}"
