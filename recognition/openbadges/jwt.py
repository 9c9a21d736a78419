"""Credentials as compact JWS (VC-JOSE-COSE; OB 3.0 section 8.2)."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from recognition.openbadges.rules import BadSignature, Malformed, TooLarge

Private = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey
ALGORITHMS = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP", "Ed25519": "OKP"}
"""What is taken, and the kind of key each needs: no algorithm without a key, none with a shared secret."""
MOST_CHARACTERS = 8 * 1024 * 1024
RSA_BITS = range(2048, 8193)
"""Shorter ones can be broken; longer ones are there to keep a verifier busy."""
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
OF_CLAIMS = ("iss", "jti", "sub", "nbf", "exp", "iat")


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
        stated = claims(self.credential)
        return tuple(name for name in OF_CLAIMS[:5] if name in self.payload and self.payload[name] != stated.get(name))


def claims(credential: dict[str, Any]) -> dict[str, Any]:
    """The registered claims that belong to a credential; one it gives no ground for is left out."""
    subject, issuer = credential.get("credentialSubject"), credential.get("issuer")
    if isinstance(subject, list):
        subject = subject[0] if len(subject) == 1 else None
    found = {
        "iss": issuer.get("id") if isinstance(issuer, dict) else issuer,
        "jti": credential.get("id"),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
        "nbf": _seconds(credential.get("validFrom", credential.get("issuanceDate"))),
        "exp": _seconds(credential.get("validUntil", credential.get("expirationDate"))),
    }
    return {name: value for name, value in found.items() if value is not None}


def sign(credential: dict[str, Any], private: Private, kid: str) -> str:
    """RS256, ES256 or EdDSA, by the kind of key. `kid` is the address of the bare public JWK."""
    payload = _compact(credential | claims(credential))
    signing = f"{_header(_algorithm(private), kid)}.{encoded(payload.encode())}"
    return f"{signing}.{encoded(_signature(private, signing.encode()))}"


def parse(token: str) -> Token:
    """Reads without checking the signature. Raises Malformed, or TooLarge."""
    if len(token) > MOST_CHARACTERS:
        raise TooLarge("the token")
    parts = token.split(".")
    if len(parts) != 3:
        raise Malformed("a token has three parts")
    header, payload = (_object(decoded(part)) for part in parts[:2])
    decoded(parts[2])
    return Token(token, header, payload, _credential(payload))


def verify(token: str, jwk: dict[str, Any]) -> None:
    """Raises BadSignature, or Malformed for a key or algorithm that is not taken."""
    header = parse(token).header
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or ALGORITHMS.get(algorithm) != jwk.get("kty"):
        raise Malformed("no algorithm that goes with this key")
    if "crit" in header or "b64" in header:
        raise Malformed("the header asks for something that is not understood")
    content, _, signature = token.rpartition(".")
    try:
        _check(public(jwk), decoded(signature), content.encode())
    except InvalidSignature as error:
        raise BadSignature("the signature is of another content or by another key") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed("the numbers of the key are no key") from error


def _check(jwk: dict[str, str], signature: bytes, content: bytes) -> None:
    parts = {name: decoded(jwk[name]) for name in ("n", "e", "x", "y") if name in jwk}
    if jwk["kty"] == "OKP":
        Ed25519PublicKey.from_public_bytes(parts["x"]).verify(signature, content)
        return
    numbers = {name: int.from_bytes(part) for name, part in parts.items()}
    if jwk["kty"] == "RSA":
        RSAPublicNumbers(numbers["e"], numbers["n"]).public_key().verify(signature, content, PKCS1v15(), SHA256())
        return
    if len(signature) != 64:
        raise InvalidSignature
    pair = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    EllipticCurvePublicNumbers(numbers["x"], numbers["y"], SECP256R1()).public_key().verify(pair, content, ECDSA(SHA256()))


def public(jwk: dict[str, Any]) -> dict[str, str]:
    """The members that make the public key, of a kind and strength that is taken. Raises Malformed."""
    names = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y"), "OKP": ("kty", "crv", "x")}.get(str(jwk.get("kty")))
    if names is None:
        raise Malformed("another kind of key")
    found = {name: jwk.get(name) for name in names}
    if jwk.get("crv") != {"RSA": jwk.get("crv"), "EC": "P-256", "OKP": "Ed25519"}[str(jwk["kty"])]:
        raise Malformed("another kind of curve")
    texts = {name: value for name, value in found.items() if isinstance(value, str)}
    if texts != found:
        raise Malformed("a part of the key is missing")
    numbers = {name: decoded(value) for name, value in texts.items() if name in ("n", "e", "x", "y")}
    if jwk["kty"] == "RSA":
        modulus, exponent = (int.from_bytes(numbers[name]) for name in "ne")
        if modulus.bit_length() not in RSA_BITS or exponent.bit_length() > 32:
            raise Malformed("an RSA key of this size is not taken")
    elif any(len(number) != 32 for number in numbers.values()):
        raise Malformed("a key of this kind has 32 bytes")
    return texts


def _algorithm(private: Private) -> str:
    if isinstance(private, RSAPrivateKey):
        return "RS256"
    if isinstance(private, EllipticCurvePrivateKey):
        if not isinstance(private.curve, SECP256R1):
            raise Malformed("ES256 needs a key on P-256")
        return "ES256"
    return "EdDSA"


def _signature(private: Private, data: bytes) -> bytes:
    if isinstance(private, RSAPrivateKey):
        return private.sign(data, PKCS1v15(), SHA256())
    if isinstance(private, EllipticCurvePrivateKey):
        r, s = decode_dss_signature(private.sign(data, ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)
    return private.sign(data)


@lru_cache(maxsize=64)
def _header(algorithm: str, kid: str) -> str:
    return encoded(_compact({"alg": algorithm, "typ": "JWT", "kid": kid}).encode())


def _credential(payload: dict[str, Any]) -> dict[str, Any]:
    inner = payload.get("vc")
    if inner is None:
        return {name: value for name, value in payload.items() if name not in OF_CLAIMS}
    if not isinstance(inner, dict):
        raise Malformed("the credential in the token is no object")
    # VCDM 1.1 allows what a claim says to be left out of the credential.
    said = {"id": payload.get("jti"), "issuer": payload.get("iss")}
    return {name: value for name, value in said.items() if value is not None} | inner


def _seconds(moment: object) -> int | None:
    """Whole seconds since 1970, or None for what is no moment with a zone."""
    if not isinstance(moment, str):
        return None
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return int(read.timestamp()) if read.tzinfo else None


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Only the one way to write it is taken, so that two different tokens never mean the same."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("it is no base64url") from error
    if encoded(raw) != text:
        raise Malformed("it is no base64url")
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Malformed("a part of the token is no JSON") from error
    if not isinstance(value, dict):
        raise Malformed("a part of the token is no object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("a name stands twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise Malformed(f"{name} is no JSON")
