"""RDF Dataset Canonicalization (W3C RDFC-1.0): names for blank nodes that follow from what is said of them.

It must not take longer than honest badges need: with nodes that look alike the work grows as a factorial.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from itertools import permutations

from recognition.openbadges.jsonld import Quad
from recognition.openbadges.rules import TooLarge

MOST_WORK = 5_000
"""Orders of look-alike nodes that are tried: well below a second, and more than seven equal evidences ask for."""


def canonical(quads: Sequence[Quad]) -> str:
    """Canonical N-Quads. Raises TooLarge where telling the nodes apart takes too much work."""
    names = _Naming(quads).names()
    return "".join(sorted(line(quad, names) for quad in quads))


def line(quad: Quad, names: dict[str, str]) -> str:
    subject, object_ = names.get(quad.subject, quad.subject), names.get(quad.object, quad.object)
    graph = f" {names.get(quad.graph, quad.graph)}" if quad.graph else ""
    return f"{subject} {quad.predicate} {object_}{graph} .\n"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class _Naming:
    def __init__(self, quads: Sequence[Quad]) -> None:
        self.about: dict[str, list[Quad]] = defaultdict(list)
        for quad in quads:
            for node in dict.fromkeys(quad.nodes):
                self.about[node].append(quad)
        self.first = {node: self._first_degree(node) for node in self.about}
        self.final: dict[str, str] = {}
        self.work = 0

    def names(self) -> dict[str, str]:
        alike: dict[str, list[str]] = defaultdict(list)
        for node, hashed in self.first.items():
            alike[hashed].append(node)
        groups = [alike[hashed] for hashed in sorted(alike)]
        for group in groups:
            if len(group) == 1:
                _issue(self.final, group[0], "_:c14n")
        for group in groups:
            if len(group) > 1:
                self._tell_apart(group)
        return self.final

    def _tell_apart(self, group: list[str]) -> None:
        results = []
        for node in group:
            if node not in self.final:
                try:
                    results.append(self._n_degree(node, {node: "_:b0"}))
                except RecursionError as error:
                    raise TooLarge("nodes that look alike") from error
        for _, issued in sorted(results, key=lambda result: result[0]):
            for node in issued:
                _issue(self.final, node, "_:c14n")

    def _first_degree(self, node: str) -> str:
        lines = [line(quad, {other: "_:a" if other == node else "_:z" for other in quad.nodes}) for quad in self.about[node]]
        return digest("".join(sorted(lines)))

    def _related(self, other: str, quad: Quad, issued: dict[str, str], position: str) -> str:
        name = self.final.get(other) or issued.get(other) or self.first[other]
        return digest(f"{position}{'' if position == 'g' else quad.predicate}{name}")

    def _n_degree(self, node: str, issued: dict[str, str]) -> tuple[str, dict[str, str]]:
        """Hash of all that can be reached from the node, and the names given on the way."""
        related: dict[str, list[str]] = defaultdict(list)
        for quad in self.about[node]:
            for position, other in (("s", quad.subject), ("o", quad.object), ("g", quad.graph)):
                if other.startswith("_:") and other != node:
                    related[self._related(other, quad, issued, position)].append(other)
        said = []
        for hashed in sorted(related):
            path, issued = self._shortest(related[hashed], issued)
            said.append(hashed + path)
        return digest("".join(said)), issued

    def _shortest(self, others: list[str], issued: dict[str, str]) -> tuple[str, dict[str, str]]:
        """The least path over all orders of nodes that look alike from here, and the names it gave."""
        best, names = "", issued
        for order in permutations(others):
            self.work += 1
            if self.work > MOST_WORK:
                raise TooLarge("nodes that look alike")
            tried = self._path(order, dict(issued), best)
            if tried is not None:
                best, names = tried
        return best, names

    def _path(self, order: Sequence[str], issued: dict[str, str], best: str) -> tuple[str, dict[str, str]] | None:
        """None as soon as it cannot become less than the best."""
        path, deeper = "", []
        for other in order:
            if other not in self.final and other not in issued:
                deeper.append(other)
            path += self.final.get(other) or _issue(issued, other, "_:b")
            if best and len(path) >= len(best) and path > best:
                return None
        for other in deeper:
            hashed, found = self._n_degree(other, issued)
            path += f"{_issue(issued, other, '_:b')}<{hashed}>"
            issued = found
            if best and len(path) >= len(best) and path > best:
                return None
        return (path, issued) if not best or path < best else None


def _issue(names: dict[str, str], node: str, prefix: str) -> str:
    if node not in names:
        names[node] = f"{prefix}{len(names)}"
    return names[node]
