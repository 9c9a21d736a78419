"""Credentials as compact JWS (VC-JOSE-COSE; OB 3.0 section 8.2)."""

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

Private = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey


@dataclass(frozen=True)
class Token:
    """`credential` is the badge: the payload without the registered claims, or what VCDM 1.1 put into `vc`."""

    text: str
    header: dict[str, Any]
    payload: dict[str, Any]
    credential: dict[str, Any]

    @property
    def contradictions(self) -> tuple[str, ...]:
        """Names of claims (iss, jti, sub, nbf, exp) that say something else than the credential."""
        raise NotImplementedError


def sign(credential: dict[str, Any], private: Private, kid: str) -> str:
    """RS256, ES256 or EdDSA, by the kind of key. `kid` is the address of the bare public JWK."""
    raise NotImplementedError


def parse(token: str) -> Token:
    """Reads without checking the signature. Raises Malformed."""
    raise NotImplementedError


def verify(token: str, jwk: dict[str, Any]) -> None:
    """Raises BadSignature, or Malformed for a key or algorithm that is not taken."""
    raise NotImplementedError
