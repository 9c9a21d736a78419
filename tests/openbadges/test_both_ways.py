"""Any text at all in a badge: what ours signs, other people's verifier takes, and the other way round. Where two programs read
one document differently, one of them would call an honest badge false."""

import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recognition.openbadges import multikey, proofs
from tests.openbadges.forge import Forge, ours, theirs
from tests.openbadges.tampering import Offered
from tests.servers.verifier import CONTEXTS, Verifier

DID = "did:web:odd.example"
SEED = b"\x0b" * 32
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
# Surrogates are no characters. What stands above U+D7FF is left out of lists of texts alone: RDFC-1.0 sorts by code point,
# and the JavaScript libraries by UTF-16, which is the same below.
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
plain = st.text(st.characters(max_codepoint=0xD7FF), min_size=1, max_size=8)
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda n: round(n, 3))
results = st.lists(st.fixed_dictionaries({"type": st.just(["Result"]), "value": texts}), min_size=1, max_size=3)
evidence = st.fixed_dictionaries({"type": st.just(["Evidence"]), "name": texts}, optional={"narrative": texts})


@st.composite
def credentials(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "@context": [*list(CONTEXTS)[:1], *list(CONTEXTS)[3:]],
        "id": "https://odd.example/c",
        "name": draw(texts),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": DID, "type": ["Profile"], "name": draw(texts)},
        "validFrom": "2026-01-01T00:00:00Z",
        "evidence": draw(st.lists(evidence, min_size=1, max_size=3)),
        "credentialSubject": {
            "id": f"{DID}:m",
            "type": ["AchievementSubject"],
            "creditsEarned": draw(numbers),
            "result": draw(results),
            "achievement": {
                "id": "https://odd.example/a",
                "type": ["Achievement"],
                "name": draw(texts),
                "description": draw(texts),
                "criteria": {"narrative": draw(texts)},
                "tag": draw(st.lists(plain, min_size=1, max_size=3, unique=True)),
            },
        },
    }


some = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@some
@given(credentials())
def test_theirs_takes_what_ours_signs(verifier: Verifier, document: dict[str, Any]) -> None:
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    public = multikey.encode(key.public_key().public_bytes_raw())
    method = {"id": f"{DID}#{public}", "type": "Multikey", "controller": DID, "publicKeyMultibase": public}
    did = {"@context": ["https://www.w3.org/ns/did/v1"], "id": DID, "verificationMethod": [method],
           "assertionMethod": [method["id"]]}  # fmt: skip
    verdict = verifier.credential(proofs.signed(document, key, method["id"], NOW), lambda url: (200, json.dumps(did)))
    assert (verdict.good, verdict.errors) == (True, ())


@some
@given(credentials())
def test_ours_takes_what_theirs_signs(verifier: Verifier, document: dict[str, Any]) -> None:
    signed, method = verifier.sign(document, SEED, DID)
    proofs.Document(signed).verify(signed["proof"], multikey.decode(method["publicKeyMultibase"]))


@some
@given(st.data())
def test_any_byte_that_is_bent_is_seen_by_both(forge: Forge, data: st.DataObject) -> None:
    """Anywhere in the text, the proof included; only white space between the parts of JSON is nobody's business."""
    good = forge.house.document("endorsed")
    text = json.dumps(good, separators=(",", ":")).encode()
    place = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(st.sampled_from(b'abXZ019"{}[],:\\/ \xc3'))
    bent = text[:place] + bytes([byte]) + text[place + 1 :]
    is_same = _read(bent) == good
    assert (_theirs(forge, bent), ours(forge, Offered(bent))[0] == "good") == (is_same, is_same)


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _theirs(forge: Forge, content: bytes) -> bool:
    """A text that is no JSON, or no object, never gets as far as their program."""
    return isinstance(_read(content), dict) and theirs(forge, Offered(content)) == "good"
