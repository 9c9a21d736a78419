"""Embedded proofs: DataIntegrityProof with eddsa-rdfc-2022 (W3C vc-di-eddsa, sections 3.2 and 3.3)."""

from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def canonical(document: dict[str, Any]) -> str:
    """RDFC-1.0 canonical N-Quads. Raises UnknownTerm, UnknownContext, TooLarge, Malformed."""
    raise NotImplementedError


def hash_data(document: dict[str, Any], options: dict[str, Any]) -> bytes:
    """The 64 bytes that are signed: hash of the proof options, hash of the document; both without what is not signed."""
    raise NotImplementedError


def signed(document: dict[str, Any], private: Ed25519PrivateKey, method: str, created: datetime) -> dict[str, Any]:
    """A copy of the document with one proof. Other proofs of it are dropped; each is over the document without any."""
    raise NotImplementedError


def verify(document: dict[str, Any], proof: dict[str, Any], public_raw: bytes) -> None:
    """Raises BadSignature where it does not fit, Malformed, UnknownTerm, UnknownContext or TooLarge where it cannot."""
    raise NotImplementedError
