"""Whose keys are whose: what an issuer publishes, how it is found, and what becomes of a badge without its word."""

import pytest

from recognition.openbadges.fetching import Answer, Unreachable
from tests.openbadges.checking.made import (
    DID,
    DID_URL,
    JSON,
    OTHER,
    OWN,
    Web,
    changed,
    codes,
    credential,
    faults,
    look,
    signed,
    web,
)  # fmt: skip

GOOD = signed(credential())


@pytest.mark.parametrize(
    ("document", "code", "standing"),
    [
        ({"id": "did:web:evil.example"}, "issuer_other", "false"),
        (OWN.document() | {"assertionMethod": []}, "key_unlisted", "false"),
        (OWN.document() | {"verificationMethod": []}, "key_unlisted", "false"),
        (changed(OWN.document(), "verificationMethod.0.controller", "did:web:evil.example"), "key_unlisted", "false"),
        (changed(OWN.document(), "verificationMethod.0.publicKeyMultibase", "z6Mkbroken"), "key_kind", "unsure"),
        (changed(OWN.document(), "verificationMethod.0.publicKeyMultibase", "0"), "key_broken", "false"),
        (changed(OWN.document(), "verificationMethod.0.publicKeyMultibase", OTHER.multikey), "signature_bad", "false"),
        (changed(OWN.document(), "verificationMethod.0.revoked", "2026-11-20T00:00:00Z"), "key_withdrawn", "false"),
        (changed(OWN.document(), "verificationMethod.0.expires", "2026-11-20T00:00:00Z"), "key_withdrawn", "false"),
        (changed(OWN.document(), "verificationMethod.0.revoked", "at some time"), "key_withdrawn", "false"),
    ],
)
def test_what_the_issuer_publishes_decides(document: JSON, code: str, standing: str) -> None:
    report = look(GOOD, web(did=document))
    assert (report.standing, faults(report)) == (standing, [code])


def test_a_key_may_stand_in_the_list_itself_or_as_a_jwk_and_end_later() -> None:
    first = OWN.methods(DID)[0]
    assert look(GOOD, web(did={"id": DID, "assertionMethod": [first]})).standing == "good"
    assert (
        look(GOOD, web(did={"id": DID, "assertionMethod": ["#ed"], "verificationMethod": [first | {"id": "#ed"}]})).standing
        == "good"
    )
    as_jwk = {"id": f"{DID}#ed", "type": "JsonWebKey", "controller": DID, "publicKeyJwk": OWN.okp}
    assert look(GOOD, web(did={"id": DID, "assertionMethod": [as_jwk | {"expires": "2027-01-01T00:00:00Z"}]})).standing == "good"
    assert faults(look(GOOD, web(did={"id": DID, "assertionMethod": [first | {"publicKeyMultibase": None}]}))) == ["key_broken"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Unreachable("name", DID_URL), ["fetch_name", "issuer_unreachable"]),
        (Unreachable("slow", DID_URL), ["fetch_slow", "issuer_unreachable"]),
        (Answer(DID_URL, 404, "text/html", b""), ["fetch_status", "issuer_unreachable"]),
        (Answer(DID_URL, 410, "text/html", b""), ["fetch_status", "issuer_unreachable"]),
        (Answer("https://elsewhere.example/did.json", 200, "application/json", b"{}"), ["moved_elsewhere", "issuer_unreachable"]),
        (Answer(DID_URL, 200, "text/html", b"<html>"), ["fetch_content", "issuer_unreachable"]),
        (Answer(DID_URL, 200, "application/json", b"[]"), ["fetch_content", "issuer_unreachable"]),
        (Answer(DID_URL, 200, "application/json", b'{"id": 1, "id": 2}'), ["fetch_content", "issuer_unreachable"]),
        (Answer(DID_URL, 200, "application/json", b"[" * 100_000), ["fetch_content", "issuer_unreachable"]),
    ],
)
def test_without_the_issuers_word_nothing_is_said_against_it(answer: object, expected: list[str]) -> None:
    report = look(GOOD, web(did=answer))
    assert (report.standing, faults(report)) == ("unsure", expected)


def test_did_key_and_https_issuers() -> None:
    did = f"did:key:{OWN.multikey}"
    offline = signed(credential(issuer={"id": did, "type": ["Profile"]}, credentialStatus=None), OWN, f"{did}#{OWN.multikey}")
    site = Web({})
    report = look(offline, site)
    assert (report.standing, codes(report, "ok"), site.asked) == ("good", ["dates_ok", "signature_ok", "issuer_ok"], [])
    assert "status_none" in codes(report)
    bare = signed(credential(issuer={"id": did, "type": ["Profile"]}, credentialStatus=None), OWN, did)
    assert faults(look(bare, Web({}))) == ["key_unlisted"]
    profile = "https://issuer.example/issuers/1"
    hosted = signed(credential(issuer={"id": profile, "type": ["Profile"]}, credentialStatus=None), OWN, f"{profile}#ed")
    assert look(hosted, Web({profile: OWN.document(profile) | {"type": ["Profile"]}})).standing == "good"
    assert faults(look(hosted, Web({profile: OWN.document("https://issuer.example/issuers/2")}))) == ["issuer_other"]


@pytest.mark.parametrize(
    "issuer", ["urn:uuid:6f2e33e5-7a29-4155-840a-59483ba10164", "did:example:1", "did:web:", "did:web:a..b:.."]
)
def test_an_issuer_whose_keys_are_nowhere(issuer: str) -> None:
    made = signed(credential(issuer=issuer), OWN, f"{issuer}#ed")
    report = look(made, Web({}))
    assert (report.standing, faults(report)) == ("unsure", ["issuer_method"])
