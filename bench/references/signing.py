"""How others sign: the bare primitive, a library for badges, and pyld with nothing but what a signature needs."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from openbadgeslib.ob3.ldp import add_data_integrity_proof
from pyld import jsonld

from recognition.openbadges import contexts, multikey, proofs

Document = dict[str, Any]


def library(private: Ed25519PrivateKey, method: str, created: datetime) -> Callable[[Document], str]:
    """openbadgeslib's inner function; the class around it makes sure of more, and takes a good while longer."""
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(document: Document) -> str:
        signature: str = add_data_integrity_proof(document, pem, method, created=created)["proof"]["proofValue"]
        return signature

    return sign


def plain(private: Ed25519PrivateKey, method: str, created: datetime, context: object) -> Callable[[Document], str]:
    """pyld with contexts that are processed already, and the part of the proof hashed once for all."""
    said = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": contexts.loader}

    def hashed(document: Document) -> bytes:
        return hashlib.sha256(jsonld.normalize(document, said).encode()).digest()

    options = hashed(proofs.options(method, created) | {"@context": context})
    return lambda document: multikey.multibase(private.sign(options + hashed(document)))
