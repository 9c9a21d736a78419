"""Whatever a template gives must be what pyld gives, to the byte, for shapes and texts that nobody thought of."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld as pyld

from recognition.openbadges import contexts, jsonld, proofs, shapes, templates
from recognition.openbadges.rules import Malformed, UnknownTerm
from recognition.openbadges.templates import Batch, Template
from tests.factories.openbadges import (
    BASE,
    make_achievement,
    make_credential,
    make_endorsement,
    make_evidence,
    make_identifier,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
METHOD = "did:web:badges.example#key"
NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
FEW = [
    "",
    "a",
    "b",
    'say "so"',
    "back\\slash",
    "two\nlines\r\n\ttab",
    "ünï → 🦊",
    "_:b0",
    "https://example.org/",
    "urn:x:1",
    "@id",
    "z\u2028",
]
"""Odd ones, and few of them, so that equal texts come up often."""
# pyld writes control characters as they are, where the standard wants them escaped: see test_canon.py.
WORDS = st.sampled_from(FEW) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
LINKS = st.sampled_from(
    [f"{BASE}/a", f"{BASE}/b", f"{BASE}/ob/3/credentials/abc", "did:web:badges.example", "urn:uuid:1", "mailto:a@b.example"]
)


def by_pyld(document: dict[str, Any]) -> str:
    said = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": contexts.loader, "base": None}
    form: str = pyld.normalize(document, said)
    return form


@st.composite
def frames(draw: st.DrawFn) -> dict[str, Any]:
    """A credential of some shape; `filling` gives it its texts."""
    subject: dict[str, Any] = {"id": "?", "type": ["AchievementSubject"], "achievement": draw(achievements())}
    document = make_credential(credentialSubject=subject)
    identifiers = draw(st.integers(0, 5))
    if identifiers:
        subject["identifier"] = [make_identifier("sha256$aa", "?") for _ in range(identifiers)]
    if draw(st.booleans()):
        subject["result"] = [{"type": ["Result"], "resultDescription": f"{BASE}/rank", "value": "?"}]
    if evidence := draw(st.integers(0, 3)):
        with_id = draw(st.booleans())
        document["evidence"] = [make_evidence(**({"id": f"{BASE}/e{number}"} if with_id else {})) for number in range(evidence)]
    if draw(st.booleans()):
        document["validUntil"] = "2027-03-14T15:09:26Z"
    if words := draw(st.integers(0, 2)):
        document["endorsement"] = [make_endorsement() for _ in range(words)]
    if draw(st.booleans()):
        document["credentialStatus"] = {"id": "?", "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
                                        "statusListIndex": "7", "statusListCredential": f"{BASE}/s"}  # fmt: skip
    if draw(st.booleans()):
        document["credentialSchema"] = [{"id": f"{BASE}/schema", "type": "1EdTechJsonSchemaValidator2019"}]
    return document


@st.composite
def achievements(draw: st.DrawFn) -> dict[str, Any]:
    achievement = make_achievement()
    if tags := draw(st.integers(0, 3)):
        achievement["tag"] = ["?"] * tags
    if links := draw(st.integers(0, 2)):
        achievement["alignment"] = [{"type": ["Alignment"], "targetName": "?", "targetUrl": "?"} for _ in range(links)]
    if draw(st.booleans()):
        achievement["resultDescription"] = [
            {
                "id": f"{BASE}/rank",
                "type": ["ResultDescription"],
                "name": "?",
                "resultType": "ext:Rank",
                "allowedValue": ["?", "?", "?"],
            }
        ]
    if draw(st.booleans()):
        achievement["creator"] = {"id": "did:web:badges.example", "type": ["Profile"], "name": "?"}
    if draw(st.booleans()):
        achievement["creditsAvailable"] = draw(st.integers(-3, 3) | st.floats(-1e6, 1e6))
    return achievement


SETTLED = {"resultType", "statusPurpose", "achievementType", "identityType", "cryptosuite", "proofPurpose"}
"""Words of a vocabulary."""
LINKED = {"id", "url", "targetUrl", "verificationMethod", "resultDescription", "statusListCredential"}


def filling(draw: st.DrawFn, value: Any, key: str = "") -> Any:
    if key in SETTLED or key in ("type", "@context"):
        return value
    if isinstance(value, dict):
        return {name: filling(draw, part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [filling(draw, part, key) for part in value]
    if not isinstance(value, str) or (value != "?" and draw(st.integers(0, 2)) == 0):
        return value
    return draw(LINKS if key in LINKED else WORDS)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_template_gives_what_pyld_gives(data: Any) -> None:
    """Four documents of one frame: the first two go the full way, the next by template wherever that is sure."""
    frame, batch = data.draw(frames()), Batch()
    for _ in range(4):
        document = data.draw(st.composite(lambda draw: filling(draw, frame))())
        assert batch.canonical(document) == by_pyld(document)


@settings(max_examples=30, deadline=None)
@given(frames(), st.data())
def test_nothing_depends_on_the_text_a_template_was_made_of(frame: dict[str, Any], data: Any) -> None:
    """The template of one document, used for another wherever it says that it can be."""
    first, second = (data.draw(st.composite(lambda draw: filling(draw, frame))()) for _ in range(2))
    shape, other = shapes.of(first), shapes.of(second)
    kept = templates.fixed(first, shape)
    same = shape[:2] == other[:2] and all(shape.texts[place] == other.texts[place] for place in kept)
    if same:
        assert Template(first, shape, kept).canonical(other.texts) in (None, by_pyld(second))


def full() -> dict[str, Any]:
    """Each part that an award of ours can have."""
    achievement = make_achievement(
        tag=["one", "two"],
        creator={"id": "did:web:badges.example:ob:3:groups:g", "type": ["Profile"], "name": "A group"},
        resultDescription=[{"id": f"{BASE}/rank", "type": ["ResultDescription"], "name": "Place", "resultType": "Result"}],
    )
    subject = {
        "id": "did:web:badges.example:ob:3:members:m1",
        "type": ["AchievementSubject"],
        "achievement": achievement,
        "identifier": [make_identifier(f"sha256${number}", f"salt{number}") for number in range(5)],
        "result": [{"type": ["Result"], "resultDescription": f"{BASE}/rank", "value": "2"}],
    }
    second = make_endorsement(id=f"{BASE}/ob/3/endorsements/e2")
    second["proof"][0]["proofValue"] = "z5x9b"
    second["credentialSubject"]["endorsementComment"] = "So did I."
    return make_credential(
        credentialSubject=subject,
        evidence=[make_evidence(id=f"{BASE}/e{number}") for number in range(3)],
        endorsement=[make_endorsement(), second],
        validUntil="2027-03-14T15:09:26Z",
    )


def template_of(document: dict[str, Any]) -> Template:
    shape = shapes.of(document)
    return Template(document, shape, templates.fixed(document, shape))


def changed(document: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    copied: Any = copy.deepcopy(document)
    inner, (*names, last) = copied, path.split(".")
    for name in names:
        inner = inner[int(name) if name.isdigit() else name]
    inner[int(last) if last.isdigit() else last] = value
    return copied  # type: ignore[no-any-return]


PLACES = """
    name id validFrom evidence.1.narrative evidence.2.id credentialSubject.identifier.4.salt credentialSubject.result.0.value
    credentialSubject.achievement.tag.1 credentialSubject.achievement.criteria.narrative endorsement.1.proof.0.proofValue
    credentialSubject.achievement.creator.name endorsement.0.credentialSubject.endorsementComment
""".split()


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("text", ['"quoted" \\ \n\t and 🦊', "", "_:c14n0", "https://elsewhere.example/x", "urn:x-0:1"])
def test_any_text_goes_into_the_form(path: str, text: str) -> None:
    """All of these by template, none the full way."""
    if path.endswith("id"):
        text = f"https://elsewhere.example/{len(text)}"
    document = changed(full(), path, text)
    template = template_of(full()) if shapes.of(full())[:2] == shapes.of(document)[:2] else template_of(document)
    assert template.canonical(shapes.of(document).texts) == by_pyld(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        # Two nodes of which the same is said: the order of names is not a matter of their own statements.
        ("credentialSubject.identifier.1", make_identifier("sha256$0", "salt0")),
        # Two equal words are one statement.
        ("credentialSubject.achievement.tag.1", "one"),
        ("endorsement.1.credentialSubject.endorsementComment", "I saw it."),
    ],
)  # fmt: skip
def test_what_the_values_make_symmetric_goes_the_full_way(path: str, value: object) -> None:
    document = changed(full(), path, value)
    assert template_of(full()).canonical(shapes.of(document).texts) is None
    batch = Batch()
    assert {batch.canonical(document) for _ in range(3)} == {by_pyld(document)}


def test_equal_addresses_are_another_shape() -> None:
    """Two nodes become one, so other statements follow."""
    same = changed(full(), "evidence.1.id", f"{BASE}/e0")
    assert shapes.of(same).pattern != shapes.of(full()).pattern
    batch = Batch()
    assert {batch.canonical(same) for _ in range(3)} == {by_pyld(same)}


def test_a_word_of_a_vocabulary_is_not_carried_over() -> None:
    document = full()
    kept = [shapes.of(document).texts[place] for place in templates.fixed(document, shapes.of(document))]
    assert kept == ["assertionMethod", "assertionMethod"]


def test_an_address_that_is_none_is_refused_as_the_full_way_does() -> None:
    batch = Batch()
    for _ in range(3):
        batch.canonical(full())
    for name in ("evidence.0.id", "credentialSubject.id"):
        for text in ("no address", "https://a b", "relative/one", "https://x/<y>", "", "tel:|"):
            for _ in range(3):
                with pytest.raises(Malformed):
                    batch.canonical(changed(full(), name, text))


def test_half_a_character_is_refused_as_the_full_way_does() -> None:
    batch = Batch()
    for _ in range(3):
        batch.canonical(full())
    with pytest.raises(Malformed):
        batch.canonical(changed(full(), "name", "\ud800"))


def test_a_term_that_no_context_knows_stops_a_batch_each_time() -> None:
    batch = Batch()
    for _ in range(4):
        with pytest.raises(UnknownTerm):
            batch.canonical(full() | {"favourite": "colour"})


def test_a_batch_signs_what_a_single_one_signs() -> None:
    batch = Batch()
    for number in range(4):
        document = changed(full(), "name", f"No. {number}")
        signed = batch.signed(document, KEY, METHOD, NOW)
        assert json.dumps(signed) == json.dumps(proofs.signed(document, KEY, METHOD, NOW))
        proofs.Document(signed).verify(signed["proof"][0], KEY.public_key().public_bytes_raw())


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "MOST_SHAPES", 3)
    batch = Batch()
    for number in range(12):
        document = make_credential(evidence=[make_evidence(id=f"{BASE}/{one}") for one in range(1 + number % 6)])
        assert batch.canonical(document) == by_pyld(document)
        assert len(batch._known) <= 3


def test_no_context_defines_a_prefix_that_addresses_start_with() -> None:
    def names(value: Any) -> set[str]:
        if isinstance(value, list):
            return set().union(*map(names, value)) if value else set()
        return set(value).union(*map(names, value.values())) if isinstance(value, dict) else set()

    defined = set().union(*(names(contexts.load(url)) for url in contexts.FILES))
    assert defined.isdisjoint({"http", "https", "did", "urn", "mailto", "data"})
    assert "OpenBadgeCredential" in defined
    assert not {name for name in defined if name in ("@vocab", "@base", "@reverse", "@direction")} - {"@vocab"}


def test_stand_ins_are_addresses_and_plain_words() -> None:
    shape = shapes.of({"a": "x"})
    (stand_in,) = templates._stand_ins(shape, "0" * 32)
    assert jsonld.is_address(stand_in)
    assert templates.STAND_IN.fullmatch(stand_in)
