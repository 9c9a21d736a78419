"""OB 3.0 as a JWT: a signature proves a key, and whose key it is only the issuer says."""

import base64
import hmac
import json
from typing import Any

import pytest

from recognition.openbadges import jwt
from recognition.openbadges.checking.report import Finding
from recognition.openbadges.fetching import Unreachable
from tests.openbadges.checking.made import (
    ADDRESS,
    DID,
    DID_URL,
    JSON,
    LIST_URL,
    OTHER,
    OWN,
    Web,
    b64,
    codes,
    credential,
    faults,
    gone,
    handmade,
    look,
    payload,
    raw_token,
    signed,
    status_list,
    token,
    web,
)  # fmt: skip

GOOD = token(credential())
KID = f"https://issuer.example/keys/{OWN.kid}"
HEADER = {"alg": "RS256", "typ": "JWT", "kid": KID}


def test_a_good_one() -> None:
    site = web()
    report = look(GOOD, site, ADDRESS)
    assert report.standing == "good"
    assert codes(report) == ["is_v3_jwt", "dates_ok", "recipient_ok", "signature_ok", "issuer_ok", "status_ok"]
    assert Finding("signature_ok", "RS256") in report.findings
    assert site.asked == [DID_URL, LIST_URL]
    assert report.badge is not None
    assert (report.badge.name, report.badge.version) == ("Talker", "3.0")


@pytest.mark.parametrize("typ", ["JWT", "jwt", "vc+jwt", "application/vc+jwt", "vc+ld+jwt"])
def test_all_its_names(typ: str) -> None:
    assert look(handmade(HEADER | {"typ": typ}, payload(credential()))).standing == "good"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "RS256"},
        {"alg": "RS256", "kid": f"{DID}#{OWN.kid}"},
        {"alg": "RS256", "kid": f"#{OWN.kid}"},
        {"alg": "RS256", "kid": OWN.kid},
        {"alg": "RS256", "jwk": OWN.jwk},
        {"alg": "RS256", "kid": "https://evil.example/keys/1", "jwk": OWN.jwk},
    ],
)
def test_however_the_key_is_named_it_is_the_issuers(header: JSON) -> None:
    site = web()
    assert look(handmade(header, payload(credential())), site).standing == "good"
    assert site.asked == [DID_URL, LIST_URL]


def test_a_key_at_an_address_of_another_name_is_found_again_among_the_issuers() -> None:
    site = web()
    site.pages["https://issuer.example/key-of-today"] = OWN.jwk
    assert (
        look(handmade({"alg": "RS256", "kid": "https://issuer.example/key-of-today"}, payload(credential())), site).standing
        == "good"
    )
    assert site.asked == [DID_URL, "https://issuer.example/key-of-today", LIST_URL]


def eddsa(document: JSON) -> str:
    return jwt.sign(document, OWN.ed25519, f"{DID}#ed")


def test_ed25519() -> None:
    assert look(eddsa(credential())).standing == "good"


@pytest.mark.parametrize(
    ("header", "code", "standing"),
    [
        ({"alg": "none"}, "jwt_alg_none", "false"),
        ({"alg": "None"}, "jwt_alg_none", "false"),
        ({"alg": ""}, "jwt_alg_none", "false"),
        ({}, "jwt_alg_none", "false"),
        ({"alg": ["RS256"]}, "jwt_alg_none", "false"),
        ({"alg": "HS256"}, "jwt_alg_secret", "false"),
        ({"alg": "hs512"}, "jwt_alg_secret", "false"),
        ({"alg": "PS256"}, "jwt_alg_other", "unsure"),
        ({"alg": "ES256K"}, "jwt_alg_other", "unsure"),
        ({"alg": "RS256", "crit": ["exp"]}, "jwt_header", "false"),
        ({"alg": "RS256", "b64": False}, "jwt_header", "false"),
        ({"alg": "RS256", "typ": "openid4vci-proof+jwt"}, "jwt_header", "false"),
        ({"alg": "RS256", "typ": 1}, "jwt_header", "false"),
        ({"alg": "RS256", "kid": 1}, "jwt_header", "false"),
        ({"alg": "RS256", "kid": ""}, "jwt_header", "false"),
        ({"alg": "ES256"}, "signature_bad", "false"),
        ({"alg": "RS256", "jwk": OTHER.jwk}, "jwk_foreign", "false"),
        ({"alg": "RS256", "jwk": {}}, "jwk_foreign", "false"),
        ({"alg": "RS256", "jwk": "text"}, "jwk_foreign", "false"),
        ({"alg": "RS256", "jwk": {"kty": "oct", "k": "c2VjcmV0"}}, "jwk_foreign", "false"),
        ({"alg": "RS256", "kid": f"did:web:evil.example#{OWN.kid}"}, "kid_foreign", "false"),
        ({"alg": "RS256", "kid": f"{DID}#nobody"}, "key_unlisted", "false"),
        ({"alg": "RS256", "kid": "nobody"}, "kid_foreign", "false"),
        ({"alg": "RS256", "kid": "https://evil.example/key"}, "kid_foreign", "false"),
    ],
)
def test_headers_that_prove_nothing(header: JSON, code: str, standing: str) -> None:
    site = web()
    site.pages["https://evil.example/key"] = OTHER.jwk
    report = look(handmade(header, payload(credential())), site)
    assert (report.standing, faults(report)) == (standing, [code])


def test_a_key_set_free_in_the_header_and_used_by_somebody_else() -> None:
    made = handmade({"alg": "RS256", "jwk": OTHER.jwk}, payload(credential()), OTHER)
    assert faults(look(made)) == ["jwk_foreign"]
    assert faults(look(handmade(HEADER, payload(credential()), OTHER))) == ["signature_bad"]


def test_the_public_key_as_a_shared_secret() -> None:
    header = b64(json.dumps({"alg": "HS256"}).encode())
    start = f"{header}.{b64(json.dumps(payload(credential())).encode())}"
    made = f"{start}.{b64(hmac.digest(OWN.pem.encode(), start.encode(), 'sha256'))}"
    assert faults(look(made)) == ["jwt_alg_secret"]


@pytest.mark.parametrize(
    ("claim", "value"),
    [("iss", "did:web:evil.example"), ("jti", "urn:x"), ("sub", "did:web:evil.example"), ("nbf", 0), ("exp", 4102444800)],
)
def test_claims_that_say_something_else_than_the_badge(claim: str, value: object) -> None:
    report = look(handmade(HEADER, payload(credential()) | {claim: value}))
    assert (report.standing, [(one.code, one.detail) for one in report.findings if one.level == "wrong"]) == (
        "false", [("jwt_contradicts", claim)],
    )  # fmt: skip


def test_each_part_of_the_token_counts() -> None:
    header, body, signature = GOOD.split(".")
    swapped = ("A" if signature[0] != "A" else "B") + signature[1:]
    assert faults(look(f"{header}.{body}.{swapped}")) == ["signature_bad"]
    other = json.loads(base64.urlsafe_b64decode(body + "==")) | {"name": "Speaker"}
    assert faults(look(f"{header}.{b64(json.dumps(other).encode())}.{signature}")) == ["signature_bad"]
    assert faults(look(f"{b64(json.dumps(HEADER | {'x': 1}).encode())}.{body}.{signature}")) == ["signature_bad"]
    assert faults(look(f"{header}.{body}.")) == ["signature_bad"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GOOD.rsplit(".", 1)[0], "not_a_badge"),
        (GOOD + ".x", "not_a_badge"),
        ("eyJhbGciOiJub25lIn0..", "jwt_broken"),
        ("eeee.e30.e30", "jwt_broken"),
        (raw_token(b'{"alg":"RS256"}', b"[1]"), "jwt_broken"),
        (raw_token(b'{"alg":"RS256"}', b"\xff"), "jwt_broken"),
        (raw_token(b'{"alg":"RS256"}', b'{"vc": 1}'), "jwt_broken"),
        (raw_token(b'{"alg":"RS256","alg":"none"}', b"{}"), "json_duplicate"),
        (raw_token(b'{"alg":"RS256"}', b'{"id":1,"id":2}'), "json_duplicate"),
        (raw_token(b'{"alg":"RS256"}', b'{"exp":NaN}'), "json_number"),
        (raw_token(b'{"alg":"RS256"}', b'{"exp":1e999}'), "json_number"),
        (raw_token(b'{"alg":"RS256"}', b'{"a":' * 100 + b"1" + b"}" * 100), "json_deep"),
        (raw_token(b'{"alg":"RS256"}', b'{"id":"\\ud800"}'), "json_surrogate"),
        (raw_token(b'{"alg":"RS256"}', b"{}"), "not_a_badge"),
    ],
)
def test_tokens_that_are_none(text: str, code: str) -> None:
    report = look(text)
    assert (report.standing, faults(report), report.badge) == ("false", [code], None)


def vcdm_1(**changes: Any) -> JSON:
    inner = credential()
    inner["@context"] = ["https://www.w3.org/2018/credentials/v1", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"]
    inner["issuanceDate"] = inner.pop("validFrom")
    return {"vc": inner, "iss": DID, "jti": inner["id"], "sub": inner["credentialSubject"]["id"], "nbf": 1790841600} | changes


def test_the_older_model_is_read() -> None:
    report = look(handmade(HEADER, vcdm_1()), address=ADDRESS)
    assert (report.standing, faults(report)) == ("good", [])
    assert report.badge is not None
    assert report.badge.name == "Talker"
    assert faults(look(handmade(HEADER, vcdm_1(iss="did:web:evil.example")))) == ["jwt_contradicts"]
    ended = vcdm_1()
    ended["vc"]["expirationDate"] = "2026-11-01T00:00:00Z"
    assert look(handmade(HEADER, ended)).standing == "expired"


def test_a_token_in_an_envelope() -> None:
    envelope = {"@context": "https://www.w3.org/ns/credentials/v2", "type": "EnvelopedVerifiableCredential",
                "id": f"data:application/vc+jwt,{GOOD}"}  # fmt: skip
    assert look(envelope).standing == "good"
    assert faults(look(envelope | {"id": "data:application/vc+jwt,xyz"})) == ["jwt_broken"]


def test_an_issuer_that_names_no_keys_has_those_of_its_own_site() -> None:
    profile = "https://issuer.example/issuers/1"
    document = credential(issuer={"id": profile, "type": ["Profile"]}, credentialStatus=None)
    bare = {"id": profile, "type": ["Profile"], "name": "The House"}
    near, far = "https://issuer.example/keys/x", "https://elsewhere.example/keys/x"
    report = look(token(document, kid=near), Web({profile: bare, near: OWN.jwk}))
    assert (report.standing, "key_by_origin" in codes(report)) == ("good", True)
    assert faults(look(token(document, kid=far), Web({profile: bare, far: OWN.jwk}))) == ["kid_foreign"]
    assert faults(look(token(document, kid=near), Web({profile: bare, near: OTHER.jwk}))) == ["signature_bad"]
    named = OTHER.document(profile)
    assert faults(look(token(document, kid=near), Web({profile: named, near: OWN.jwk}))) == ["kid_foreign"]
    other_kind = {"id": f"{profile}#x", "controller": profile, "publicKeyJwk": {"kty": "OKP", "crv": "Ed448", "x": "AA"}}
    listed = bare | {"assertionMethod": [other_kind]}
    assert faults(look(token(document, kid=near), Web({profile: listed, near: OWN.jwk}))) == ["kid_foreign"]
    for home, key in ((profile, "http://issuer.example/keys/x"), ("http://issuer.example/1", near)):
        made = credential(issuer={"id": home, "type": ["Profile"]}, credentialStatus=None)
        assert faults(look(token(made, kid=key), Web({home: bare | {"id": home}, key: OWN.jwk}))) == ["kid_foreign"]
    away = look(token(document, kid=near), Web({profile: bare, near: Unreachable("slow", near)}))
    assert (away.standing, faults(away)) == ("unsure", ["fetch_slow", "issuer_unreachable"])


@pytest.mark.parametrize("left", [{}, {"assertionMethod": []}, {"verificationMethod": OTHER.methods(DID)}])
def test_of_a_did_and_of_a_profile_that_lists_keys_none_is_found_by_its_site(left: JSON) -> None:
    """Whoever may put a file on the issuer's site could otherwise sign for it, and a key that was taken off the list again."""
    near = "https://issuer.example/uploads/eve.json"
    bare = {"id": DID} | left
    assert faults(look(token(credential(), OTHER, near), Web({DID_URL: bare, near: OTHER.jwk}))) == ["kid_foreign"]
    profile = "https://issuer.example/issuers/1"
    document = credential(issuer={"id": profile, "type": ["Profile"]}, credentialStatus=None)
    listed = {"id": profile, "verificationMethod": []} | left
    assert faults(look(token(document, OTHER, near), Web({profile: listed, near: OTHER.jwk}))) == ["kid_foreign"]


def test_a_key_that_an_issuer_lists_no_longer_is_told_as_such() -> None:
    profile = "https://issuer.example/issuers/1"
    document = credential(issuer={"id": profile, "type": ["Profile"]}, credentialStatus=None)
    listed = Web({profile: OTHER.document(profile)})
    assert faults(look(token(document, kid=f"{profile}#old"), listed)) == ["key_unlisted"]
    listed.pages["https://issuer.example/keys/old"] = gone("https://issuer.example/keys/old")
    assert faults(look(token(document, kid="https://issuer.example/keys/old"), listed)) == ["key_unlisted"]


def test_a_key_that_was_withdrawn() -> None:
    did = OWN.document()
    did["verificationMethod"][1]["revoked"] = "2026-11-01T00:00:00Z"
    report = look(GOOD, web(did=did))
    assert (report.standing, faults(report)) == ("false", ["key_withdrawn"])


def test_a_list_may_be_a_token_too() -> None:
    made = {name: value for name, value in status_list(5).items() if name != "proof"}
    assert look(GOOD, web(status=token(made).encode())).standing == "revoked"
    assert faults(look(GOOD, web(status=token(made, OTHER).encode()))) == ["status_signature"]


def test_an_embedded_proof_is_not_asked_where_the_token_holds() -> None:
    assert look(token(signed(credential(), OTHER))).standing == "good"
