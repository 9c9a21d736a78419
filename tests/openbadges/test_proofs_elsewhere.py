"""openbadgeslib makes and checks the same signatures, with its own reading of the contexts."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from openbadgeslib.ob3.ldp import add_data_integrity_proof, verify_data_integrity_proof
from openbadgeslib.ob3.verifier import OB3VerificationError

from recognition.openbadges import proofs
from recognition.openbadges.rules import BadSignature
from recognition.openbadges.templates import Batch
from tests.factories.openbadges import BASE, make_credential, make_endorsement, make_evidence, make_identifier

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SECRET = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
METHOD = "did:web:badges.example#key"
NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
SUBJECT = make_credential()["credentialSubject"]
SHAPES: dict[str, dict[str, Any]] = {
    "the smallest": {},
    "evidence": {"evidence": [make_evidence(id=f"{BASE}/1"), make_evidence(narrative='"é"\n\\ 🦊')]},
    "equal evidence": {"evidence": [make_evidence()] * 3},
    "addresses": {"credentialSubject": SUBJECT | {"identifier": [make_identifier(f"sha256${n}", "s") for n in range(5)]}},
    "words": {"endorsement": [make_endorsement(), make_endorsement(id=f"{BASE}/2")]},
    "a schema and an end": {
        "credentialSchema": [{"id": f"{BASE}/schema", "type": "1EdTechJsonSchemaValidator2019"}],
        "validUntil": "2027-03-14T15:09:26Z",
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_both_make_the_same_signature(shape: str) -> None:
    document, batch = make_credential(**SHAPES[shape]), Batch()
    theirs = add_data_integrity_proof(document, SECRET, METHOD, created=NOW)
    assert proofs.signed(document, KEY, METHOD, NOW)["proof"] == [theirs["proof"]]
    for _ in range(3):
        assert batch.signed(document, KEY, METHOD, NOW)["proof"] == [theirs["proof"]]


@pytest.mark.parametrize("shape", SHAPES)
def test_each_takes_what_the_other_made(shape: str) -> None:
    document = make_credential(**SHAPES[shape])
    verify_data_integrity_proof(proofs.signed(document, KEY, METHOD, NOW), PUBLIC)
    theirs = add_data_integrity_proof(document, SECRET, METHOD, created=NOW)
    proofs.Document(theirs).verify(theirs["proof"], KEY.public_key().public_bytes_raw())


def test_both_refuse_what_was_changed() -> None:
    bent = copy.deepcopy(proofs.signed(make_credential(), KEY, METHOD, NOW))
    bent["credentialSubject"]["achievement"]["name"] += "!"
    with pytest.raises(OB3VerificationError):
        verify_data_integrity_proof(bent, PUBLIC)
    with pytest.raises(BadSignature):
        proofs.Document(bent).verify(bent["proof"][0], KEY.public_key().public_bytes_raw())
