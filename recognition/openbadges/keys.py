"""The key file: a JWK Set with private keys, newest first. Its path, and who may read it, are `keyfile.py`'s concern."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from recognition.openbadges import jwt
from recognition.openbadges.rules import BadKeys, Malformed

Jwk = dict[str, Any]
Private = TypeVar("Private", Ed25519PrivateKey, RSAPrivateKey)
RSA_BITS, EXPONENT = 3072, 65537
MEMBERS = {"RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y")}
MOST_CHARACTERS = 1_000_000
EXAMPLES = {
    # Everybody has the private half of these: the standards print them, or their validators sign samples with them.
    "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",  # RFC 8032 section 7.1 and RFC 8037 appendix A
    "FtIu-VbGrfe_KB6CH7GNwODB72MNxj_ml11dEvO-7kk",  # RFC 8032 section 7.1, second
    "FVV5umTuau890q59V-4Ga_R6qWb7ON_ivJc4EjvCwTM",  # RFC 8032 section 7.1, third
    "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",  # RFC 7517 appendix A and RFC 7638 section 3.1
    "Ypa5BNGp-ImhVwCze6O4zHVVNcGqCq-3LOCZWBZTRcs",  # W3C vc-di-eddsa
    "e6qatsbWPohZ-Durvnv048-1rq_7SUGqfQibivUtvFs",  # Open Badges 3.0 implementation guide
    "h8kgphZXNcUna01Zva3HnAtr2SMOo6iFD2XBHEJorJE",  # samples of the public validator, here and below
    "30nehFBY9L1rNpGBPQFrSRqtbLATmvw6kUilq5Z4PTQ",
    "hvTynFz0KvAfpNzVWuoJyZXh_Fgub1uM0LT1NeyhygY",
    "D-_4JHkBMtIkwULlbrFLpX9O_sOUt8Gr3PraRW7TrAI",
    "D9GMkS7BG9DeV5TKN6GTy5wfGNXWuH3uLCpbghWkh-o",
}


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
    edwards = Ed25519PrivateKey.generate()
    other = rsa.generate_private_key(EXPONENT, RSA_BITS)
    return {"keys": [_named(_edwards_jwk(edwards)), _named(_rsa_jwk(other))]}


def parse(text: str) -> KeySet:
    """Raises BadKeys with every fault of the file. No fault ever quotes a secret."""
    reading = _Reading()
    for number, jwk in enumerate(_keys(text), start=1):
        reading.take(number, jwk)
    return reading.key_set()


def thumbprint(jwk: Jwk) -> str:
    """RFC 7638, SHA-256, base64url. Raises Malformed for another kind of key."""
    members = MEMBERS.get(str(jwk.get("kty")))
    if members is None or any(not isinstance(jwk.get(name), str) for name in members):
        raise Malformed("no public key")
    text = json.dumps({name: jwk[name] for name in members}, separators=(",", ":"))
    return jwt.encoded(hashlib.sha256(text.encode()).digest())


def public(jwk: Jwk) -> Jwk:
    """What may be published of a key: its public members and its kid."""
    return _named({name: jwk[name] for name in MEMBERS[jwk["kty"]]})


def rotated(jwks: Jwk) -> Jwk:
    """A new pair in front; the older ones keep their public half only."""
    return {"keys": make()["keys"] + [public(jwk) for jwk in jwks["keys"]]}


def without(jwks: Jwk, kid: str) -> Jwk:
    """The set without one key. Whether it still holds a private key of each kind is told by `parse`."""
    return {"keys": [jwk for jwk in jwks["keys"] if jwk.get("kid") != kid]}


def rsa_public_jwk(key: RSAPublicKey) -> Jwk:
    numbers = key.public_numbers()
    return {"kty": "RSA"} | _encoded({"n": numbers.n, "e": numbers.e})


def raw(jwk: Jwk) -> bytes:
    """The 32 bytes of an Ed25519 public key."""
    return jwt.decoded(jwk["x"])


def _keys(text: str) -> list[object]:
    if len(text) > MOST_CHARACTERS:
        raise BadKeys(["it is far larger than any key file"])
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise BadKeys(["it is no JSON"]) from None
    found = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(found, list) or not found:
        raise BadKeys(["it is no JWK Set: an object whose member `keys` is a list of keys"])
    return found


class _Reading:
    def __init__(self) -> None:
        self.faults: list[str] = []
        self.public: dict[str, Jwk] = {}
        self.edwards: list[KeyPair[Ed25519PrivateKey]] = []
        self.rsa: list[KeyPair[RSAPrivateKey]] = []

    def take(self, number: int, jwk: object) -> None:
        try:
            self._take(jwk)
        except BadKeys as error:
            self.faults += [f"key {number}: {fault}" for fault in error.faults]

    def key_set(self) -> KeySet:
        for kind, found in (("Ed25519", self.edwards), ("RSA", self.rsa)):
            if not found and not self.faults:
                self.faults.append(f"it holds no private {kind} key")
        if self.faults:
            raise BadKeys(self.faults)
        return KeySet(self.edwards[0], self.rsa[0], tuple(self.public.values()))

    def _take(self, jwk: object) -> None:
        if not isinstance(jwk, dict) or jwk.get("kty") not in ("OKP", "RSA"):
            raise BadKeys(["only Ed25519 and RSA keys are used"])
        faults = list(_weak(jwk))
        if faults:
            raise BadKeys(faults)
        half = public(jwk)
        if jwk.get("kid", half["kid"]) != half["kid"]:
            raise BadKeys(["its kid is not the thumbprint of RFC 7638"])
        if half["kid"] in self.public:
            raise BadKeys(["the same key stands there twice"])
        self.public[half["kid"]] = half
        if "d" not in jwk:
            return
        if jwk["kty"] == "OKP":
            self.edwards.append(KeyPair(half["kid"], _edwards(jwk), half))
        else:
            self.rsa.append(KeyPair(half["kid"], _rsa(jwk), half))


def _weak(jwk: Jwk) -> Iterator[str]:
    try:
        members = jwt.public(jwk)
    except Malformed as error:
        yield str(error)
        return
    if thumbprint(jwk) in EXAMPLES:
        yield "it is an example that is printed in a standard: everybody has it"
    if jwk["kty"] == "RSA" and int.from_bytes(jwt.decoded(members["n"])) % 2 == 0:
        yield "its modulus is even"
    if jwk["kty"] == "RSA" and int.from_bytes(jwt.decoded(members["e"])) != EXPONENT:
        yield f"its public exponent is not {EXPONENT}"


def _edwards(jwk: Jwk) -> Ed25519PrivateKey:
    secret = _secret(jwk, "d")
    # Chance gives fewer than 16 different bytes out of 32 once in far more than all keys ever made.
    if len(set(secret)) < 16:
        raise BadKeys(["its private half was not made by chance"])
    try:
        private = Ed25519PrivateKey.from_private_bytes(secret)
    except ValueError:
        raise BadKeys(["an Ed25519 key has 32 bytes"]) from None
    if private.public_key().public_bytes_raw() != raw(jwk):
        raise BadKeys(["its private half does not belong to its public half"])
    return private


def _rsa(jwk: Jwk) -> RSAPrivateKey:
    n, e, d, p, q, dp, dq, qi = (int.from_bytes(_secret(jwk, name)) for name in ("n", "e", "d", "p", "q", "dp", "dq", "qi"))
    try:
        private = rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, rsa.RSAPublicNumbers(e, n)).private_key()
    except ValueError:
        raise BadKeys(["its private half does not belong to its public half"]) from None
    # Primes that lie close together are found from the modulus alone.
    if abs(p - q).bit_length() < n.bit_length() // 2 - 100:
        raise BadKeys(["its primes lie too close together"])
    return private


def _secret(jwk: Jwk, name: str) -> bytes:
    value = jwk.get(name)
    if not isinstance(value, str):
        raise BadKeys([f"its member {name} is missing"])
    try:
        return jwt.decoded(value)
    except Malformed:
        raise BadKeys([f"its member {name} is no base64url"]) from None


def _edwards_jwk(private: Ed25519PrivateKey) -> Jwk:
    x = private.public_key().public_bytes_raw()
    return {"kty": "OKP", "crv": "Ed25519", "x": jwt.encoded(x), "d": jwt.encoded(private.private_bytes_raw())}


def _rsa_jwk(private: RSAPrivateKey) -> Jwk:
    numbers = private.private_numbers()
    parts = {"d": numbers.d, "p": numbers.p, "q": numbers.q, "dp": numbers.dmp1, "dq": numbers.dmq1, "qi": numbers.iqmp}
    return rsa_public_jwk(private.public_key()) | _encoded(parts)


def _encoded(parts: dict[str, int]) -> Jwk:
    return {name: jwt.encoded(part.to_bytes((part.bit_length() + 7) // 8)) for name, part in parts.items()}


def _named(jwk: Jwk) -> Jwk:
    algorithm = {"RSA": "RS256", "OKP": "EdDSA"}.get(jwk["kty"], "ES256")
    return jwk | {"kid": thumbprint(jwk), "use": "sig", "alg": algorithm}
