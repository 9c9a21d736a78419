"""What is signed is all that is said; what cannot be signed is refused; nothing that was signed can be said in another place."""

import contextlib
import copy
import json
import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.openbadges import contexts, jsonld, multikey, proofs
from recognition.openbadges.rules import BadSignature, Malformed, TooLarge, Unfit, UnknownContext, UnknownTerm
from tests.factories.openbadges import BASE, make_credential, make_endorsement, make_evidence

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
METHOD = "did:web:badges.example#key"
NOW = datetime(2026, 3, 14, 15, 9, 26, 535_897, tzinfo=UTC)


def signed(**changes: Any) -> dict[str, Any]:
    return proofs.signed(make_credential(**changes), KEY, METHOD, NOW)


def check(document: dict[str, Any], key: bytes = PUBLIC) -> None:
    proofs.Document(document).verify(document["proof"][0], key)


def test_a_known_answer() -> None:
    """Made once; it may never change, or every badge out there is lost. The published vectors are read in tests/real."""
    document = signed()
    assert list(document) == [*make_credential(), "proof"]
    assert document["proof"] == [
        {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2026-03-14T15:09:26Z",
            "verificationMethod": METHOD,
            "proofPurpose": "assertionMethod",
            "proofValue": "z3bgiF6SGxoxEGQAtPa5wnZbDsDrVLi23KkBbaY62STkgKe3R8mRpppwkfDmZHx96M6Ko7GUzD9xBXGRc4GPeKTdL",
        }
    ]
    check(document)


def test_the_short_way_to_the_hash_of_the_options_is_the_long_one() -> None:
    for method in (METHOD, "https://h.example/keys#a", "urn:x-stand-in", "did:web:localhost%3A8000#k"):
        for context in (make_credential()["@context"], make_credential()["@context"][0]):
            options = proofs.options(method, NOW)
            assert proofs.options_hash(options, context) == proofs.sha256(proofs.canonical(options | {"@context": context}))


def test_the_moment_is_told_in_whole_seconds_of_utc() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=-5)))
    assert proofs.options(METHOD, there)["created"] == "2026-03-14T15:09:26Z"


@pytest.mark.parametrize("method", ["", "key", "no address", "_:b", "did:web:a>b"])
def test_the_method_has_to_be_an_address(method: str) -> None:
    with pytest.raises(Malformed):
        proofs.signed(make_credential(), KEY, method, NOW)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [one for key, part in value.items() if key not in ("@context", "proofValue") for one in leaves(part, (*path, key))]
    if isinstance(value, list):
        return [one for key, part in enumerate(value) for one in leaves(part, (*path, key))]
    return [path]


def test_each_word_is_signed() -> None:
    """One sign more in any place, of the document or of the proof, and the signature does not fit, or it is no badge."""
    document = signed(
        evidence=[make_evidence(id=f"{BASE}/e")], endorsement=[make_endorsement()], validUntil="2027-01-01T00:00:00Z"
    )
    check(document)
    places = leaves(document)
    assert len(places) > 40
    for path in places:
        changed: Any = copy.deepcopy(document)
        inner = changed
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] += "x"
        with pytest.raises((BadSignature, Malformed, UnknownTerm)):
            check(changed)


@pytest.mark.parametrize("name", ["validFrom", "name", "issuer", "credentialSubject", "evidence"])
def test_nothing_can_be_left_out(name: str) -> None:
    document = signed(evidence=[make_evidence(id=f"{BASE}/e")])
    del document[name]
    with pytest.raises(BadSignature):
        check(document)


def test_another_key_does_not_fit() -> None:
    with pytest.raises(BadSignature):
        check(signed(), Ed25519PrivateKey.generate().public_key().public_bytes_raw())


def test_a_key_of_another_length_is_no_key() -> None:
    with pytest.raises(Malformed):
        check(signed(), b"short")


def test_order_and_white_space_are_free() -> None:
    document = signed(evidence=[make_evidence(id=f"{BASE}/1"), make_evidence(id=f"{BASE}/2")])
    turned = dict(reversed(json.loads(json.dumps(document, indent=3)).items()))
    turned["evidence"].reverse()
    check(turned)


def test_each_of_several_proofs_is_over_the_document_alone() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    first = signed()
    second = proofs.signed(first, other, "did:web:other.example#key", NOW)
    both = first | {"proof": first["proof"] + second["proof"]}
    proofs.Document(both).verify(both["proof"][0], PUBLIC)
    proofs.Document(both).verify(both["proof"][1], other.public_key().public_bytes_raw())


REFUSED: list[tuple[dict[str, Any], type[Unfit]]] = [
    ({"favourite": "colour"}, UnknownTerm),
    ({"type": ["VerifiableCredential", "Unheard"]}, UnknownTerm),
    ({"evidence": [make_evidence(colour="red")]}, UnknownTerm),
    ({"evidence": [make_evidence(id="relative/path")]}, Malformed),
    ({"id": ""}, Malformed),
    ({"id": "https://a.example/with space"}, Malformed),
    ({"id": "https://a.example/\n"}, Malformed),
    ({"id": "https://a.example/<b>"}, Malformed),
    ({"id": 7}, Malformed),
    ({"@context": ["https://www.w3.org/ns/credentials/v2", "https://elsewhere.example/context"]}, UnknownContext),
    ({"@context": ["https://www.w3.org/ns/credentials/v2", {"name": "https://elsewhere.example/"}]}, UnknownContext),
    ({"@context": "https://www.w3.org/ns/credentials/v2/"}, UnknownContext),
    ({"@context": None}, UnknownContext),
    ({"@context": 7}, UnknownContext),
    ({"@id": "https://a.example/"}, UnknownTerm),
    ({"https://schema.org/name": "Another name"}, UnknownTerm),
    ({"@reverse": {}}, UnknownTerm),
    ({"evidence": [{"@value": "x"}]}, UnknownTerm),
    ({"Image": {"id": f"{BASE}/x.png", "type": "Image"}}, UnknownTerm),
    ({"@context": [contexts.CREDENTIALS] * 201}, TooLarge),
    ({"evidence": [make_evidence() | {"@context": [contexts.CREDENTIALS] * 20}] * 10}, TooLarge),
    ({"name": "\ud83e"}, Malformed),
    ({"evidence": [make_evidence(id=f"{BASE}/{number}") for number in range(1600)]}, TooLarge),
    ({"evidence": make_evidence(narrative=["x"] * 21_000)}, TooLarge),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "error"), REFUSED)
def test_what_would_not_be_signed_is_refused(changes: dict[str, Any], error: type[Unfit]) -> None:
    with pytest.raises(error):
        proofs.signed(make_credential(**changes), KEY, METHOD, NOW)
    with pytest.raises(error):
        proofs.Document(make_credential(**changes) | {"proof": signed()["proof"]}).verify(signed()["proof"][0], PUBLIC)


def test_a_document_without_end_is_refused() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    for document in (make_credential(evidence=deep), make_credential(name=deep)):
        with pytest.raises(TooLarge):
            proofs.canonical(document)


MOVES = [
    # The same statements, said where no reader looks for them.
    {"evidence": [{"id": f"{BASE}/ob/3/credentials/abc", "validUntil": "2020-01-01T00:00:00Z"}]},
    {"issuer": {"id": f"{BASE}/ob/3/credentials/abc", "name": "x"}},
    {"endorsement": [make_endorsement(credentialSubject={"id": f"{BASE}/ob/3/credentials/abc", "type": ["EndorsementSubject"],
                                                         "validUntil": "2020-01-01T00:00:00Z"})]},
]  # fmt: skip


@pytest.mark.parametrize("changes", MOVES)
def test_the_credential_is_described_in_one_place(changes: dict[str, Any]) -> None:
    document = make_credential(**changes) | {"proof": signed()["proof"]}
    with pytest.raises(Malformed, match="two places"):
        check(document)


def test_an_endorsement_inside_may_name_the_credential() -> None:
    check(signed(endorsement=[make_endorsement()]))


PROOFS = [
    {"type": "Ed25519Signature2020"},
    {"cryptosuite": "eddsa-2022"},
    {"cryptosuite": None},
    {"proofPurpose": "authentication"},
    {"proofValue": None},
    {"proofValue": ""},
    {"proofValue": "z"},
    {"proofValue": "u7a"},
    {"proofValue": "z0OIl"},
    {"proofValue": multikey.multibase(bytes(63))},
    {"proofValue": multikey.multibase(bytes(65))},
    {"created": 7},
    {"verificationMethod": ["x"]},
    {"@context": "https://w3id.org/security/data-integrity/v2"},
    {"@context": []},
]


@pytest.mark.parametrize("changes", PROOFS)
def test_other_proofs_are_not_taken(changes: dict[str, Any]) -> None:
    document = signed()
    with pytest.raises((Malformed, UnknownTerm, UnknownContext)):
        proofs.Document(document).verify(document["proof"][0] | changes, PUBLIC)


def test_an_unknown_member_of_the_proof_would_be_unsigned() -> None:
    document = signed()
    with pytest.raises(UnknownTerm):
        proofs.Document(document).verify(document["proof"][0] | {"remark": "x"}, PUBLIC)


def test_a_proof_that_names_the_contexts_too() -> None:
    document = signed()
    proofs.Document(document).verify(document["proof"][0] | {"@context": document["@context"]}, PUBLIC)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "name", "@context", "proof", "evidence", "issuer", "x", "@id"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["id", "type", "name", "evidence", "credentialSubject", "issuer", "validFrom"]), JSON, max_size=5
    )
)
def test_whatever_comes_is_answered(changes: dict[str, Any]) -> None:
    """A form or a reason; never another exception."""
    with contextlib.suppress(Unfit):
        assert proofs.canonical(make_credential(**changes)).endswith(" .\n")


def test_threads_do_not_disturb_each_other() -> None:
    documents = [make_credential(name=str(number), evidence=[make_evidence()] * (number % 3)) for number in range(12)]
    alone, together = [proofs.canonical(document) for document in documents], {}

    def work(number: int) -> None:
        together[number] = [proofs.canonical(document) for document in documents]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == dict.fromkeys(range(6), alone)


def test_no_address_is_made_up_for_what_is_relative() -> None:
    assert not jsonld.is_address("relative/path")
    assert jsonld.is_address("https://exämple.org/ü?q=1#f")
    assert not jsonld.is_address("_:b0")


def test_no_two_names_mean_the_same() -> None:
    """Beside types that share the address of a member, and which are no names of members here: otherwise a word that was signed
    under one name could be shown under another, where no reader looks."""
    names: dict[str, set[str]] = {}

    def note(context: Any) -> None:
        for name, meaning in context.items() if isinstance(context, dict) else ():
            address = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if isinstance(address, str) and not name.startswith("@"):
                names.setdefault(address, set()).add(name)
            if isinstance(meaning, dict):
                note(meaning.get("@context"))

    for url in contexts.FILES:
        note(contexts.load(url)["@context"])
    assert len(names) > 150
    assert {
        address: found for address, found in names.items() if len({name for name in found if not name[0].isupper()}) > 1
    } == {}
