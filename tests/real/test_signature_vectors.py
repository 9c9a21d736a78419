"""The known answers of W3C vc-di-eddsa and of 1EdTech's implementation guide, to the byte: canonical form, hashes, signature.
The made-up twin is tests/openbadges/test_proofs.py."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from recognition.openbadges import contexts, multikey, proofs
from recognition.openbadges.rules import Unfit
from recognition.openbadges.templates import Batch

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"


@pytest.fixture
def vectors(real_data: Path) -> Path:
    return real_data.parent / "openbadges" / "vectors"


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """The W3C's vector names a context of examples, which makes any word a term; no product may know it."""
    known = contexts.load

    def load(url: str) -> dict[str, Any]:
        return {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}} if url == EXAMPLES else known(url)

    monkeypatch.setattr(contexts, "load", load)


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_implementation_guide_of_open_badges(vectors: Path) -> None:
    folder = vectors / "ob3"
    unsigned, signed, vector = (read(folder / f"{name}.json") for name in ("unsigned", "signed", "vector"))
    options = {key: value for key, value in signed["proof"].items() if key != "proofValue"}
    assert proofs.canonical(unsigned) == text(folder / "document-canon.txt")
    assert proofs.canonical(options | {"@context": unsigned["@context"]}) == text(folder / "proof-canon.txt")
    assert proofs.Document(signed).data(signed["proof"]).hex() == vector["proofHashHex"] + vector["documentHashHex"]

    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vector["privateSeedHex"]))
    public = bytes.fromhex(vector["publicKeyHex"])
    assert multikey.encode(public) == vector["publicKeyMultibase"]
    assert multikey.unmultibase(vector["proofValue"]).hex() == vector["signatureHex"]
    created = datetime.fromisoformat(options["created"])
    batch = Batch()
    for _ in range(3):
        assert batch.signed(unsigned, private, vector["verificationMethod"], created)["proof"] == [signed["proof"]]
    proofs.Document(signed).verify(signed["proof"], public)


@pytest.mark.usefixtures("examples")
def test_the_vectors_of_the_standard(vectors: Path) -> None:
    folder = vectors / "vc-di-eddsa" / "eddsa-rdfc-2022"
    unsigned, signed = read(folder.parent / "unsigned.json"), read(folder / "signedDataInt.json")
    pair, options = read(folder.parent / "keyPair.json"), read(folder / "proofConfigDataInt.json")
    assert proofs.canonical(unsigned) == text(folder / "canonDocDataInt.txt")
    assert proofs.canonical(options) == text(folder / "proofCanonDataInt.txt")
    hashes = text(folder / "proofHashDataInt.txt") + text(folder / "docHashDataInt.txt")
    assert proofs.Document(unsigned).data(options).hex() == hashes == text(folder / "combinedHashDataInt.txt")

    # Two bytes tell that it is an Ed25519 private key.
    private = Ed25519PrivateKey.from_private_bytes(multikey.unmultibase(pair["privateKeyMultibase"])[2:])
    public = multikey.decode(pair["publicKeyMultibase"])
    assert private.public_key().public_bytes_raw() == public
    made = proofs.signed(unsigned, private, options["verificationMethod"], datetime.fromisoformat(options["created"]))
    assert made["proof"] == [signed["proof"]]
    assert multikey.unmultibase(made["proof"][0]["proofValue"]).hex() == text(folder / "sigHexDataInt.txt")
    assert made["proof"][0]["proofValue"] == text(folder / "sigBTC58DataInt.txt")
    proofs.Document(signed).verify(signed["proof"], public)


def test_contexts_that_come_with_us_are_the_published_ones(vectors: Path) -> None:
    folder = vectors.parent / "contexts"
    published = read(folder / "index.json")
    unnumbered = {"https://purl.imsglobal.org/spec/ob/v3p0/context.json"}
    assert set(contexts.FILES) - set(published) == unnumbered
    for url in set(contexts.FILES) - unnumbered:
        assert contexts.load(url) == read(folder / published[url]), url


def test_samples_of_the_public_validator(vectors: Path) -> None:
    """All that are signed with a key that the proof itself names, good ones and those that were broken on purpose."""
    folder = vectors / "validator-samples" / "ob30"
    assert {path.stem: outcome(read(path)) for path in sorted(folder.glob("**/*.json")) if outcome(read(path))} == {
        "complete": "good",
        "credential-status-revoked": "good",
        "credential-status-revoked-blank-nodes": "good",
        "endorsement-valid": "good",
        "simple": "good",
        "simple-err-context": "UnknownTerm",
        "simple-err-credential-subject-identifier-type": "UnknownTerm",
        "simple-err-evidence-type": "UnknownTerm",
        "simple-err-expired": "good",
        "simple-err-issuer": "good",
        "simple-err-proof-value": "BadSignature",
        "simple-err-type": "UnknownTerm",
    }


def outcome(document: dict[str, Any]) -> str:
    """Of the signature alone: who the issuer is and whether the badge is in force is the checker's concern."""
    found = document.get("proof", [])
    for proof in found if isinstance(found, list) else [found]:
        _, number, key = proof.get("verificationMethod", "").partition("#")
        if number and proof["cryptosuite"] == proofs.SUITE:
            try:
                proofs.Document(document).verify(proof, multikey.decode(key))
            except Unfit as error:
                return type(error).__name__
            return "good"
    return ""
