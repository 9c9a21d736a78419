"""Badges as tokens: read by joserfc as a second opinion, and refused for every way of bending them."""

import base64
import json
import warnings
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import import_key

from recognition.openbadges import jwt
from recognition.openbadges.jwt import Private, parse, sign, verify
from recognition.openbadges.rules import BadSignature, Malformed, TooLarge, Unfit
from tests.factories.openbadges import BASE, make_credential

KID = f"{BASE}/ob/3/keys/k"
CLAIMS = {
    "iss": "did:web:badges.example",
    "jti": f"{BASE}/ob/3/credentials/abc",
    "sub": "did:web:badges.example:ob:3:members:m1",
    "nbf": 1773500966,
}


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(value: int) -> str:
    return encoded(value.to_bytes((value.bit_length() + 7) // 8))


def public(private: Private) -> dict[str, Any]:
    if isinstance(private, rsa.RSAPrivateKey):
        numbers = private.public_key().public_numbers()
        return {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
    if isinstance(private, Ed25519PrivateKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": encoded(private.public_key().public_bytes_raw())}
    point = private.public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": encoded(point.x.to_bytes(32)), "y": encoded(point.y.to_bytes(32))}


RSA_KEY = rsa.generate_private_key(65537, 2048)
EDWARDS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
EC_KEY = ec.generate_private_key(ec.SECP256R1())
KEYS: dict[str, Private] = {"RS256": RSA_KEY, "EdDSA": EDWARDS_KEY, "ES256": EC_KEY}


def parts(token: str) -> list[Any]:
    header, payload, signature = token.split(".")
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, payload)] + [signature]


def made(header: Any, payload: Any, signature: bytes = b"x") -> str:
    return ".".join([encoded(json.dumps(header).encode()), encoded(json.dumps(payload).encode()), encoded(signature)])


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_token_holds_the_credential_and_what_its_claims_say(algorithm: str) -> None:
    token = sign(make_credential(name="Füchsin 🦊"), KEYS[algorithm], KID)
    header, payload, _ = parts(token)
    assert header == {"alg": algorithm, "typ": "JWT", "kid": KID}
    assert payload == make_credential(name="Füchsin 🦊") | CLAIMS
    verify(token, public(KEYS[algorithm]))
    assert parse(token).credential == make_credential(name="Füchsin 🦊")
    assert parse(token).contradictions == ()


@pytest.mark.parametrize("algorithm", KEYS)
def test_another_library_takes_it(algorithm: str) -> None:
    token = sign(make_credential(), KEYS[algorithm], KID)
    with warnings.catch_warnings():
        # It would rather see the newer name of EdDSA, which verifiers of badges do not know yet.
        warnings.simplefilter("ignore", SecurityWarning)
        read = jws.deserialize_compact(token, import_key(public(KEYS[algorithm])), algorithms=[algorithm])
    assert json.loads(read.payload) == make_credential() | CLAIMS


def test_a_known_answer() -> None:
    """Ed25519 signs the same each time."""
    token = sign({"id": "urn:a", "issuer": "urn:b"}, EDWARDS_KEY, "urn:k")
    header = encoded(b'{"alg":"EdDSA","typ":"JWT","kid":"urn:k"}')
    payload = encoded(b'{"id":"urn:a","issuer":"urn:b","iss":"urn:b","jti":"urn:a"}')
    assert token == f"{header}.{payload}.{encoded(EDWARDS_KEY.sign(f'{header}.{payload}'.encode()))}"


@pytest.mark.parametrize(
    ("changes", "claims"),
    [
        ({"validUntil": "2027-03-14T15:09:26.5+01:00"}, {"exp": 1805033366}),
        ({"issuer": "urn:i"}, {"iss": "urn:i"}),
        ({"credentialSubject": [{"id": "urn:s"}]}, {"sub": "urn:s"}),
        ({"validFrom": "2026-03-14T16:09:26+01:00"}, {}),
    ],
)
def test_claims_follow_the_credential(changes: dict[str, Any], claims: dict[str, Any]) -> None:
    assert jwt.claims(make_credential(**changes)) == CLAIMS | claims


@pytest.mark.parametrize("moment", ["2026-03-14", "2026-03-14T15:09:26", "soon", 7, None])
def test_what_is_no_moment_makes_no_claim(moment: object) -> None:
    assert jwt.claims({"validFrom": moment}) == {}


@pytest.mark.parametrize("name", ["iss", "jti", "sub", "nbf"])
def test_claims_that_say_something_else_are_told(name: str) -> None:
    token = made({"alg": "RS256"}, make_credential() | CLAIMS | {name: "other"})
    assert parse(token).contradictions == (name,)
    assert parse(made({}, make_credential() | CLAIMS | {"exp": 1})).contradictions == ("exp",)


def test_the_older_form_keeps_the_credential_inside() -> None:
    """VCDM 1.1: `vc`, where a claim may stand for a member."""
    inner = {"type": ["VerifiableCredential"], "issuanceDate": "2026-03-14T15:09:26Z", "credentialSubject": {"id": "urn:s"}}
    token = parse(made({"alg": "RS256"}, {"vc": inner, "iss": "urn:i", "jti": "urn:c", "nbf": 1773500966, "sub": "urn:s"}))
    assert token.credential == inner | {"issuer": "urn:i", "id": "urn:c"}
    assert token.contradictions == ()


@pytest.mark.parametrize("algorithm", KEYS)
def test_any_other_sign_is_noticed(algorithm: str) -> None:
    token = sign(make_credential(), KEYS[algorithm], KID)
    for place in range(0, len(token), 37):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises((BadSignature, Malformed)):
            verify(token[:place] + other + token[place + 1 :], public(KEYS[algorithm]))


def bent(**header: Any) -> str:
    """Rightly signed with the RSA key, whatever the header says."""
    content = made({"alg": "RS256", "kid": KID} | header, make_credential()).rpartition(".")[0]
    return f"{content}.{encoded(jwt._signature(RSA_KEY, content.encode()))}"


ALGORITHMS = ["none", "None", "HS256", "RS512", "PS256", "RS1", "ES256", None, ["RS256"], "rs256"]
HEADERS = [*({"alg": name} for name in ALGORITHMS), {"crit": ["x"], "x": 1}, {"b64": False, "crit": ["b64"]}]


@pytest.mark.parametrize("header", HEADERS)
def test_no_other_algorithm_is_taken(header: dict[str, Any]) -> None:
    verify(bent(), public(RSA_KEY))
    with pytest.raises(Malformed):
        verify(bent(**header), public(RSA_KEY))


def test_a_public_key_is_no_shared_secret() -> None:
    """The oldest trick: HS256 with the public key as the secret."""
    secret = {"kty": "oct", "k": encoded(json.dumps(public(RSA_KEY)).encode())}
    with pytest.raises(Malformed):
        verify(bent(alg="HS256"), secret)


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "RSA"},
        {"kty": ["RSA"]},
        {"kty": "RSA", "n": "AQ", "e": "AQAB"},
        {"kty": "RSA", "n": "!", "e": "AQAB"},
        {"kty": "RSA", "n": number((1 << 2047) + 1), "e": number(1 << 40)},
        {"kty": "RSA", "n": number((1 << 16383) + 1), "e": "AQAB"},
        {"kty": "RSA", "n": number((1 << 2047) + 1), "e": "Ag"},
        {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": encoded(bytes(32)), "y": encoded(bytes(32))},
        {"kty": "EC", "crv": "P-256", "x": encoded(b"\1" * 32), "y": encoded(b"\2" * 32)},
        {"kty": "OKP", "crv": "X25519", "x": encoded(bytes(32))},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": 7},
    ],
)
def test_bad_keys_are_refused(jwk: dict[str, Any]) -> None:
    algorithm = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}.get(str(jwk.get("kty")), "RS256")
    with pytest.raises(Malformed):
        verify(made({"alg": algorithm}, make_credential(), bytes(64)), jwk)


TWICE, NO_NUMBER = b'{"id": 1, "id": 2}', b'{"id": NaN}'


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("", Malformed),
        ("a.b", Malformed),
        ("a.b.c.d", Malformed),
        ("....", Malformed),
        (made([], {}), Malformed),
        (made({}, "text"), Malformed),
        (made({}, {"vc": "text"}), Malformed),
        (f"e30.{encoded(b'{')}.", Malformed),
        (f"e30.{encoded(bytes([255]))}.", Malformed),
        ("e30.e30=.", Malformed),
        (f"e30.{encoded(b'[' * 100_000)}.", Malformed),
        # Spare bits that are not zero: another way to write the same.
        ("e30.e31.", Malformed),
        (f"e30.{encoded(TWICE)}.", Malformed),
        (f"e30.{encoded(NO_NUMBER)}.", Malformed),
        ("x" * (jwt.MOST_CHARACTERS + 1), TooLarge),
    ],
)
def test_what_is_no_token_is_refused(token: str, error: type[Unfit]) -> None:
    with pytest.raises(error):
        parse(token)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30) | st.lists(st.binary(max_size=20).map(encoded), min_size=3, max_size=3).map(".".join))
def test_whatever_comes_is_answered(token: str) -> None:
    with pytest.raises(Unfit):
        verify(token, public(EDWARDS_KEY))


def test_only_p_256_signs_es256() -> None:
    with pytest.raises(Malformed):
        sign(make_credential(), ec.generate_private_key(ec.SECP384R1()), KID)
