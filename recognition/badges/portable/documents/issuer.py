"""Who signs, and by which keys: did:web documents and the JWK Set. The house signs for its members and groups, so their
documents list its keys as theirs."""

from collections.abc import Iterable, Mapping
from typing import Any

from recognition.badges.portable import identifiers
from recognition.badges.portable.documents.v3 import Document
from recognition.openbadges import keys, multikey

CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1"]
Jwk = Mapping[str, Any]


def did_document(controller: str, public: Iterable[Jwk]) -> Document:
    """`controller`: the DID that the document is of; `public`: keys with their `kid`."""
    methods = [_method(controller, key) for key in public]
    return {
        "@context": CONTEXTS,
        "id": controller,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def jwk_set(public: Iterable[Jwk]) -> Document:
    return {"keys": [dict(key) for key in public]}


def _method(controller: str, key: Jwk) -> Document:
    """Ed25519 keys as embedded proofs name them, the others as tokens do."""
    told: Document = {"id": identifiers.method(controller, key["kid"]), "controller": controller}
    if key["kty"] == "OKP":
        return told | {"type": "Multikey", "publicKeyMultibase": multikey.encode(keys.raw(dict(key)))}
    return told | {"type": "JsonWebKey", "publicKeyJwk": dict(key)}
