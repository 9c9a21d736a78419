"""A key file tells every fault at once, and never a secret."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.openbadges import jwt, keys, multikey
from recognition.openbadges.rules import BadKeys, Malformed

MADE = keys.make()
OTHER = keys.make()
EDWARDS, RSA = MADE["keys"]


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def faults(*jwks: Any) -> list[str]:
    with pytest.raises(BadKeys) as error:
        keys.parse(json.dumps({"keys": jwks}))
    return error.value.faults


def test_a_new_pair() -> None:
    found = keys.parse(json.dumps(MADE))
    assert [sorted(jwk) for jwk in found.public] == [
        ["alg", "crv", "kid", "kty", "use", "x"],
        ["alg", "e", "kid", "kty", "n", "use"],
    ]
    assert [jwk["kid"] for jwk in found.public] == [found.ed25519.kid, found.rsa.kid] == [EDWARDS["kid"], RSA["kid"]]
    assert found.rsa.private.key_size == 3072
    assert found.ed25519.private.public_key().public_bytes_raw() == keys.raw(found.ed25519.public)
    assert multikey.encode(keys.raw(found.ed25519.public)).startswith("z6Mk")
    for pair in (found.ed25519, found.rsa):
        jwt.verify(jwt.sign({"id": "urn:a"}, pair.private, "urn:k"), pair.public)
    assert MADE != OTHER


def test_thumbprints_are_those_of_rfc_7638_and_rfc_8037() -> None:
    edwards = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "use": "sig"}
    assert keys.thumbprint(edwards) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    with pytest.raises(Malformed):
        keys.thumbprint({"kty": "oct", "k": "AA"})


def test_after_a_rotation_the_older_keys_can_only_be_read() -> None:
    turned = keys.rotated(keys.rotated(MADE))
    found = keys.parse(json.dumps(turned))
    assert len(found.public) == 6
    assert [jwk["kid"] for jwk in found.public][4:] == [EDWARDS["kid"], RSA["kid"]]
    assert found.ed25519.kid == turned["keys"][0]["kid"]
    assert [set(jwk) & {"d", "p", "q", "dp", "dq", "qi", "oth", "k"} for jwk in turned["keys"][2:]] == [set()] * 4
    left = keys.without(turned, EDWARDS["kid"])
    assert [jwk["kid"] for jwk in keys.parse(json.dumps(left)).public] == [
        jwk["kid"] for jwk in turned["keys"] if jwk["kid"] != EDWARDS["kid"]
    ]


def test_the_first_private_key_of_each_kind_signs() -> None:
    found = keys.parse(json.dumps({"keys": [keys.public(OTHER["keys"][0]), RSA, EDWARDS, OTHER["keys"][1]]}))
    assert (found.ed25519.kid, found.rsa.kid) == (EDWARDS["kid"], RSA["kid"])


def test_all_faults_are_told_at_once() -> None:
    small = rsa.generate_private_key(65537, 1024).public_key().public_numbers()
    weak = {"kty": "RSA", "n": encoded(small.n.to_bytes(128)), "e": "AQAB"}
    assert faults({"kty": "EC"}, weak, EDWARDS | {"d": OTHER["keys"][0]["d"]}, RSA, RSA) == [
        "key 1: only Ed25519 and RSA keys are used",
        "key 2: an RSA key of this size is not taken",
        "key 3: its private half does not belong to its public half",
        "key 5: the same key stands there twice",
    ]


@pytest.mark.parametrize("secret", [bytes(32), b"\1" * 32, bytes(range(8)) * 4, bytes(31), bytes(range(33))])
def test_a_private_half_that_is_not_made_by_chance(secret: bytes) -> None:
    assert len(faults(EDWARDS | {"d": encoded(secret)}, RSA)) == 1


@pytest.mark.parametrize(
    "changes", [{"d": "!"}, {"d": 7}, {"x": "AA"}, {"x": 7}, {"crv": "Ed448"}, {"kid": "other"}, {"kty": ["OKP"]}]
)
def test_broken_members(changes: dict[str, Any]) -> None:
    (fault,) = faults(EDWARDS | changes, RSA)
    assert fault.startswith("key 1: ")
    assert EDWARDS["d"] not in fault


@pytest.mark.parametrize("name", ["d", "p", "q", "dp", "dq", "qi"])
def test_the_parts_of_an_rsa_key_belong_together(name: str) -> None:
    assert faults(EDWARDS, RSA | {name: OTHER["keys"][1][name]}) == ["key 2: its private half does not belong to its public half"]
    if name != "d":
        left = {key: value for key, value in RSA.items() if key != name}
        assert faults(EDWARDS, left) == [f"key 2: its member {name} is missing"]


def test_an_exponent_that_is_not_the_usual_one() -> None:
    assert faults(EDWARDS, keys.public(RSA) | {"e": "Aw", "kid": None}) == [
        "key 2: its public exponent is not 65537",
    ]


def rsa_jwk(p: int, q: int) -> dict[str, Any]:
    d = pow(65537, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(65537, p * q))
    return keys._rsa_jwk(numbers.private_key(unsafe_skip_rsa_key_validation=True))


def test_primes_close_together_are_found() -> None:
    # Two neighbours among the primes below 2 ** 1024: whoever sees their product finds them at once.
    p, q = 2**1024 - 105, 2**1024 - 179
    assert faults(EDWARDS, rsa_jwk(p, q)) == ["key 2: its primes lie too close together"]


EXAMPLES = {
    "RFC 8032, first": "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "RFC 8032, second": "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "RFC 8032, third": "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "Open Badges 3.0": "6241a409e6707bb640a0140a8a32bc3d193c33a661747284d6adfa4ed4180be4",
}


@pytest.mark.parametrize("seed", EXAMPLES.values(), ids=EXAMPLES)
def test_keys_that_everybody_has(seed: str) -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    (fault,) = faults(keys._edwards_jwk(private), RSA)
    assert fault == "key 1: it is an example that is printed in a standard: everybody has it"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[]", "it is no JWK Set: an object whose member `keys` is a list of keys"),
        ('{"keys": []}', "it is no JWK Set: an object whose member `keys` is a list of keys"),
        ('{"keys": {}}', "it is no JWK Set: an object whose member `keys` is a list of keys"),
        ('{"keys": [7]}', "key 1: only Ed25519 and RSA keys are used"),
        (json.dumps({"keys": [keys.public(EDWARDS), RSA]}), "it holds no private Ed25519 key"),
        (json.dumps({"keys": [EDWARDS]}), "it holds no private RSA key"),
        (" " * 1_000_001, "it is far larger than any key file"),
    ],
)
def test_what_is_no_key_file(text: str, fault: str) -> None:
    with pytest.raises(BadKeys) as error:
        keys.parse(text)
    assert error.value.faults == [fault]


VALUES = (
    st.none()
    | st.integers()
    | st.text(max_size=6)
    | st.sampled_from(["OKP", "RSA", "Ed25519", "AQAB"])
    | st.lists(st.text(max_size=3))
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(["kty", "crv", "x", "d", "n", "e", "kid", "p"]), VALUES), min_size=1, max_size=3))
def test_whatever_comes_is_answered(jwks: list[dict[str, Any]]) -> None:
    assert faults(*jwks)
