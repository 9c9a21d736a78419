"""The key file: a JWK Set with private keys, newest first."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

Jwk = dict[str, Any]


Private = TypeVar("Private", Ed25519PrivateKey, RSAPrivateKey)


@dataclass(frozen=True)
class KeyPair(Generic[Private]):
    kid: str
    private: Private
    public: Jwk


@dataclass(frozen=True)
class KeySet:
    """`public` holds every key of the file, newest first, as JWKs with kid and without their secret."""

    ed25519: KeyPair[Ed25519PrivateKey]
    rsa: KeyPair[RSAPrivateKey]
    public: tuple[Jwk, ...]


def make() -> Jwk:
    """A new JWK Set: one Ed25519, one RSA of 3072 bits."""
    raise NotImplementedError


def parse(text: str) -> KeySet:
    """Raises BadKeys with every fault of the file."""
    raise NotImplementedError


def thumbprint(jwk: Jwk) -> str:
    """RFC 7638, SHA-256, base64url."""
    raise NotImplementedError


def rotated(jwks: Jwk) -> Jwk:
    """A new pair in front; the older ones keep their public half only."""
    raise NotImplementedError
