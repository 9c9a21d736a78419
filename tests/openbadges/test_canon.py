"""RDFC-1.0: by pyld where both do the same, by hand where pyld does less than the standard."""

import hashlib
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld.canon import URDNA2015
from pyld.nquads import parse_nquads

from recognition.openbadges import canon, jsonld, proofs
from recognition.openbadges.jsonld import Quad
from recognition.openbadges.rules import Malformed, TooLarge
from tests.factories.openbadges import make_achievement, make_credential, make_evidence

NODES = [f"_:n{number}" for number in range(5)]
TERMS = st.sampled_from([*NODES, "<urn:a>", "<urn:b>"])
QUADS = st.builds(
    Quad,
    TERMS,
    st.sampled_from(["<urn:p>", "<urn:q>"]),
    TERMS | st.sampled_from(['"x"', '"y"']),
    st.sampled_from(["", "", "_:n0", "<urn:g>"]),
)


def by_pyld(quads: list[Quad]) -> str:
    dataset = parse_nquads("".join(canon.line(quad, {}) for quad in quads))
    form: str = URDNA2015().main(dataset, {"format": "application/n-quads"})
    return form


# pyld counts a statement about a node and itself twice, against the standard.
@settings(max_examples=150, deadline=None)
@given(st.lists(QUADS.filter(lambda quad: len(set(quad.nodes)) == len(quad.nodes)), max_size=9, unique=True))
def test_graphs_of_any_kind_have_the_form_that_pyld_gives(quads: list[Quad]) -> None:
    assert canon.canonical(quads) == by_pyld(quads)


@settings(max_examples=60, deadline=None)
@given(st.lists(QUADS, max_size=7, unique=True), st.permutations(NODES))
def test_neither_names_nor_order_matter(quads: list[Quad], names: list[str]) -> None:
    other = dict(zip(NODES, names, strict=True))
    renamed = [
        Quad(other.get(q.subject, q.subject), q.predicate, other.get(q.object, q.object), other.get(q.graph, q.graph))
        for q in quads
    ]
    assert canon.canonical(renamed[::-1]) == canon.canonical(quads)


def test_a_node_that_names_itself() -> None:
    assert canon.canonical([Quad("_:x", "<urn:p>", "_:x", "_:x")]) == "_:c14n0 <urn:p> _:c14n0 _:c14n0 .\n"


def test_every_sign_is_escaped_as_the_standard_wants() -> None:
    """RDFC-1.0 section 5: five by letter besides quote and backslash, other control characters by number, all else as it is."""
    told = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\", "\0": "\\u0000",
            "\x0b": "\\u000B", "\x1f": "\\u001F", "\x7f": "\\u007F", "\x80": "\x80", "é": "é", "🦊": "🦊", "'": "'"}  # fmt: skip
    assert {sign: jsonld.literal(sign) for sign in told} == {sign: f'"{written}"' for sign, written in told.items()}
    document = make_credential(name="".join(told))
    assert f'"{"".join(told.values())}" .\n' in proofs.canonical(document)


NUMBERS = [
    (1, '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    (-7, '"-7"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    (2.0, '"2"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    (2.5, '"2.5E0"^^<http://www.w3.org/2001/XMLSchema#double>'),
    (0.1, '"1.0E-1"^^<http://www.w3.org/2001/XMLSchema#double>'),
    (-1234.75, '"-1.23475E3"^^<http://www.w3.org/2001/XMLSchema#double>'),
    (1e21, '"1.0E21"^^<http://www.w3.org/2001/XMLSchema#double>'),
    (10**21, '"1.0E21"^^<http://www.w3.org/2001/XMLSchema#double>'),
    (True, '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
    ("x", '"x"'),
]


@pytest.mark.parametrize(("value", "written"), NUMBERS)
def test_values_are_written_as_json_ld_wants(value: Any, written: str) -> None:
    assert jsonld._value({"@value": value}) == written


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(Malformed):
        proofs.canonical(make_credential(credentialSubject={"type": ["AchievementSubject"], "creditsEarned": value}))


@pytest.mark.parametrize("alike", [2, 3, 5, 6])
def test_what_looks_alike_is_told_apart(alike: int) -> None:
    """A badge may hold equal evidences; which is which does not matter, but the form has to be one."""
    document = make_credential(evidence=[make_evidence() for _ in range(alike)])
    form = proofs.canonical(document)
    assert form == by_pyld(jsonld.quads(document))
    assert form.count("_:c14n") == alike * 4


def test_a_list_keeps_its_order() -> None:
    def form(*values: str) -> str:
        description = {
            "id": "urn:r",
            "type": ["ResultDescription"],
            "name": "R",
            "resultType": "Result",
            "allowedValue": [*values],
        }
        achievement = make_achievement(resultDescription=[description])
        return proofs.canonical(make_credential(credentialSubject={"type": ["AchievementSubject"], "achievement": achievement}))

    assert form("a", "b") != form("b", "a")
    assert form("a", "a", "b") != form("a", "b")


def poison(nodes: int) -> list[Quad]:
    """Each node knows each other one, and nothing tells them apart."""
    pairs = itertools.permutations(range(nodes), 2)
    return [Quad(f"_:n{one}", "<urn:p>", f"_:n{other}", "") for one, other in pairs]


def ring(nodes: int) -> list[Quad]:
    return [Quad(f"_:n{one}", "<urn:p>", f"_:n{(one + 1) % nodes}", "") for one in range(nodes)]


@pytest.mark.parametrize("quads", [poison(12), ring(400), ring(2000), poison(4) + ring(120)])
def test_work_without_end_is_refused(quads: list[Quad]) -> None:
    with pytest.raises(TooLarge):
        canon.canonical(quads)


def test_a_small_clique_is_still_told_apart() -> None:
    assert canon.canonical(poison(4)) == by_pyld(poison(4))
    assert canon.canonical(ring(7)) == by_pyld(ring(7))


def test_names_are_in_the_order_of_hashes() -> None:
    quads = [Quad("_:one", "<urn:p>", '"1"', ""), Quad("_:two", "<urn:p>", '"2"', "")]
    hashes = {text: hashlib.sha256(f'_:a <urn:p> "{text}" .\n'.encode()).hexdigest() for text in "12"}
    first, second = sorted(hashes, key=lambda text: hashes[text])
    assert canon.canonical(quads) == f'_:c14n0 <urn:p> "{first}" .\n_:c14n1 <urn:p> "{second}" .\n'
