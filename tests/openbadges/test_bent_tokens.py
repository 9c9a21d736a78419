"""Badges as tokens, bent: header, key, claims. Lies in the payload are signed by the house's own key where that is what they
need to get further than the signature."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from joserfc.jwk import RSAKey

from tests.openbadges.forge import NOTHING, Forge, Found, alone, false, ours, theirs, unsure
from tests.openbadges.house import BASE
from tests.openbadges.tampering import Document, Offered, shifted, token_of, token_parts

Change = Callable[[Forge, str], Offered]
OTHER_KEY = rsa.generate_private_key(65537, 2048)
OTHER_KID = "https://other.example/key"


def other_jwk() -> Document:
    return dict(RSAKey.import_key(OTHER_KEY).as_dict(private=False))


def rs256(private: rsa.RSAPrivateKey) -> Callable[[bytes], bytes]:
    return lambda begun: private.sign(begun, padding.PKCS1v15(), hashes.SHA256())


def own(forge: Forge) -> Callable[[bytes], bytes]:
    return rs256(forge.house.app.extensions["settings"].signing_keys.rsa.private)


def offered(token: str, world: dict[str, tuple[int, str]] | None = None) -> Offered:
    return Offered(token.encode(), world or {})


def with_header(**changes: Any) -> Change:
    """The signature stays. None takes a member out."""

    def offer(_forge: Forge, good: str) -> Offered:
        header, payload, signature = token_parts(good)
        return offered(token_of({k: v for k, v in (header | changes).items() if v is not None}, payload, signature))

    return offer


def with_payload(**changes: Any) -> Change:
    def offer(_forge: Forge, good: str) -> Offered:
        header, payload, signature = token_parts(good)
        return offered(token_of(header, payload | changes, signature))

    return offer


def lied(**changes: Any) -> Change:
    """Signed by the house."""

    def offer(forge: Forge, good: str) -> Offered:
        header, payload, _signature = token_parts(good)
        return offered(token_of(header, payload | changes, own(forge)))

    return offer


def unsigned(_forge: Forge, good: str) -> Offered:
    _header, payload, _signature = token_parts(good)
    return offered(token_of({"alg": "none"}, payload, ""))


def public_key_as_a_secret(forge: Forge, good: str) -> Offered:
    """The oldest trick: what is public serves as the secret of a symmetric signature."""
    header, payload, _signature = token_parts(good)
    secret = forge.house.fetch(header["kid"])[1].encode()
    return offered(token_of({**header, "alg": "HS256"}, payload, lambda begun: hmac.new(secret, begun, hashlib.sha256).digest()))


def key_of_others(_forge: Forge, good: str) -> Offered:
    header, payload, _signature = token_parts(good)
    token = token_of({**header, "kid": OTHER_KID}, payload, rs256(OTHER_KEY))
    return offered(token, {OTHER_KID: (200, json.dumps(other_jwk()))})


def key_in_the_header(_forge: Forge, good: str) -> Offered:
    _header, payload, _signature = token_parts(good)
    return offered(token_of({"alg": "RS256", "jwk": other_jwk()}, payload, rs256(OTHER_KEY)))


def key_not_there(_forge: Forge, good: str) -> Offered:
    header, payload, signature = token_parts(good)
    return offered(token_of({**header, "kid": f"{BASE}/ob/3/keys/x"}, payload, signature))


def over(forge: Forge, _good: str) -> Offered:
    header, payload, _signature = token_parts(forge.house.token("aged"))
    return offered(token_of(header, payload | {"validUntil": "2026-04-01T00:00:00Z", "exp": 1775001600}, own(forge)))


def begins_late(forge: Forge, good: str) -> Offered:
    header, payload, _signature = token_parts(good)
    return offered(token_of(header, payload | {"validFrom": "2199-01-01T00:00:00Z", "nbf": 7226582400}, own(forge)))


def broken(_forge: Forge, good: str) -> Offered:
    return offered(shifted(good, -10))


def last_part_gone(_forge: Forge, good: str) -> Offered:
    return offered(good.rpartition(".")[0])


def from_another(forge: Forge, good: str) -> Offered:
    header, payload, _signature = token_parts(good)
    return offered(token_of(header, payload, token_parts(forge.house.token("third level"))[2]))


SIGNED = "signature verification failed"
SIGNATURE = false("signature_bad")
TOKENS: dict[str, tuple[Change, str, Found]] = {
    "no signature at all": (unsigned, "", false("jwt_alg_none")),
    "the algorithm none, signed as before": (with_header(alg="none"), "", false("jwt_alg_none")),
    "the public key as a secret": (public_key_as_a_secret, "", false("jwt_alg_secret")),
    "an algorithm of another kind of key": (with_header(alg="ES256"), "", false("signature_bad")),
    "a kind of padding that is not ours": (with_header(alg="PS256"), "alg", unsure("jwt_alg_other")),
    "a header that must be understood": (with_header(crit=["exp2"], exp2=1), "not recognized", false("jwt_header")),
    "a key of others": (key_of_others, "not the issuer's", false("kid_foreign")),
    "a key in the header": (key_in_the_header, "No kid", false("jwk_foreign")),
    "a key that is not there": (key_not_there, "answers 404", false("key_unlisted")),
    "another payload": (with_payload(name="President"), SIGNED, SIGNATURE),
    "another day": (with_payload(validFrom="2020-01-01T00:00:00Z", nbf=1577836800), SIGNED, SIGNATURE),
    "a later end": (with_payload(validUntil="2199-01-01T00:00:00Z", exp=7226582400), SIGNED, SIGNATURE),
    "another place in the list": (with_payload(credentialStatus={"type": "x"}), SIGNED, SIGNATURE),
    "a broken signature": (broken, SIGNED, SIGNATURE),
    "the signature of another": (from_another, SIGNED, SIGNATURE),
    "no third part": (last_part_gone, "Invalid Token", false("not_a_badge")),
    "over": (over, "exp", alone("expired")),
    "not begun": (begins_late, "nbf", alone("not_yet")),
    "a subject that contradicts": (lied(sub="did:web:other.example"), "contradict the credential: sub", false("jwt_contradicts")),
    "an id that contradicts": (lied(jti="urn:uuid:1"), "contradict the credential: jti", false("jwt_contradicts")),
    "an issuer that contradicts": (lied(iss="did:web:other.example"), "contradict the credential: iss", false("jwt_contradicts")),
    "a beginning that contradicts": (lied(nbf=1), "contradict the credential: nbf", false("jwt_contradicts")),
    "an end that contradicts": (lied(exp=7226582400), "contradict the credential: exp", false("jwt_contradicts")),
    "taken back": (lambda forge, good: offered(forge.house.token("taken back")), "revoked", alone("revoked")),
}  # fmt: skip


@pytest.mark.parametrize("name", TOKENS)
def test_a_bent_token_is_refused_by_both(forge: Forge, name: str) -> None:
    change, reason, finding = TOKENS[name]
    shown = change(forge, forge.house.token("first level"))
    answer = theirs(forge, shown)
    assert (reason in answer, answer == "good") == (True, False)
    assert ours(forge, shown) == finding


def test_what_the_house_signs_again_is_good(forge: Forge) -> None:
    """So what the table refuses is refused for what was bent, not for how it was put together."""
    header, payload, _signature = token_parts(forge.house.token("first level"))
    shown = offered(token_of(header, payload, own(forge)))
    assert (theirs(forge, shown), ours(forge, shown)) == ("good", ("good", set()))


@pytest.mark.parametrize("answer", [NOTHING, (404, ""), (200, json.dumps(other_jwk()))])
def test_the_key_is_looked_for_in_the_issuers_own_document(forge: Forge, answer: tuple[int, str]) -> None:
    """Theirs asks the address that the token names. Ours asks who the issuer says signs for it, and needs no other answer."""
    good = forge.house.token("first level")
    shown = offered(good, {token_parts(good)[0]["kid"]: answer})
    assert (theirs(forge, shown) == "good", ours(forge, shown)) == (False, ("good", set()))
