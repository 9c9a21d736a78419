"""OB 2.0 as a JWS, and the words of others about OB 2.0 badges."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from recognition.openbadges.checking.report import Finding, Words
from tests.openbadges.checking.made import ADDRESS, JSON, NOW, OTHER, OWN, codes, faults, handmade, look
from tests.openbadges.checking.test_v2 import (
    CONTEXT,
    EVIL,
    ISSUER,
    KEY,
    KIND,
    LIST,
    SITE,
    assertion,
    issuer,
    kind,
    site,
)

SIGNED = {"type": "SignedBadge", "creator": KEY}


def jws(header: JSON | None = None, key: Any = OWN, **changes: Any) -> str:
    made = assertion(**({"id": "urn:uuid:1", "verification": SIGNED} | changes))
    return handmade(header or {"alg": "RS256"}, made, key)


PRIVATE = OWN.rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
"""Whether its numbers are primes is looked at while it is read: with large ones that takes hours."""
ELLIPTIC = OWN.ed25519.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def signers(**changes: Any) -> JSON:
    return issuer(**({"publicKey": KEY, "revocationList": LIST} | changes))


def test_a_good_signed_one() -> None:
    asked = site(issuer=signers())
    report = look(jws(), asked, ADDRESS)
    assert codes(report) == ["is_v2_signed", "dates_ok", "recipient_ok", "issuer_ok", "signature_ok", "status_ok"]
    assert report.standing == "good"
    assert asked.asked == [KIND, ISSUER, KEY, LIST]
    unnamed = look(jws(verification={"type": "signed"}), site(issuer=signers(revocationList=None)))
    assert (unnamed.standing, "status_none" in codes(unnamed)) == ("good", True)


@pytest.mark.parametrize(
    ("text", "pages", "code", "standing"),
    [
        (jws(key=OTHER), {}, "signature_bad", "false"),
        (jws({"alg": "none"}), {}, "jwt_alg_none", "false"),
        (jws({"alg": "HS256"}), {}, "jwt_alg_secret", "false"),
        (jws({"alg": "PS256"}), {}, "jwt_alg_other", "unsure"),
        (jws({"alg": "ES256"}), {}, "signature_bad", "false"),
        (jws(verification={"type": "SignedBadge", "creator": f"{SITE}/key2"}), {}, "key_unlisted", "false"),
        (jws(), {"issuer": signers(publicKey=None)}, "key_unlisted", "false"),
        (jws(), {"key": {"id": KEY, "owner": EVIL, "publicKeyPem": OWN.pem}}, "key_foreign", "false"),
        (jws(), {"key": {"id": f"{SITE}/key2", "owner": ISSUER, "publicKeyPem": OWN.pem}}, "key_foreign", "false"),
        (jws(), {"key": {"id": KEY, "owner": ISSUER, "publicKeyPem": "PEM"}}, "key_broken", "false"),
        (jws(), {"key": {"id": KEY, "owner": ISSUER, "publicKeyPem": PRIVATE}}, "key_broken", "false"),
        (jws(), {"key": {"id": KEY, "owner": ISSUER, "publicKeyPem": ELLIPTIC}}, "key_broken", "false"),
        (jws(), {"key": {"id": KEY, "owner": ISSUER}}, "key_broken", "false"),
        (jws(), {"revoked": {"id": f"{SITE}/other", "revokedAssertions": []}}, "status_other", "unsure"),
        (jws(), {"revoked": {"id": LIST, "issuer": EVIL, "revokedAssertions": []}}, "status_issuer", "unsure"),
        (jws(), {"revoked": {"id": LIST}}, "status_broken", "unsure"),
        (jws(), {"revoked": {"id": LIST, "revokedAssertions": ["urn:uuid:1"]}}, "revoked", "revoked"),
        (
            jws(),
            {"revoked": {"id": LIST, "revokedAssertions": [{"id": "urn:uuid:1", "revocationReason": "Sold"}]}},
            "revoked",
            "revoked",
        ),
        (jws(), {"kind": kind(issuer=f"{EVIL}/issuer")}, None, "unsure"),
        (jws(verification={"type": "HostedBadge"}), {}, "field_wrong", "false"),
    ],
)
def test_signed_and_not_good(text: str, pages: JSON, code: str | None, standing: str) -> None:
    report = look(text, site(**({"issuer": signers()} | pages)))
    assert (report.standing, faults(report)) == (standing, [code] if code else ["fetch_name", "issuer_unreachable"])


def test_a_signed_one_without_its_signature_proves_nothing() -> None:
    report = look(assertion(verification=SIGNED), site(issuer=signers()))
    assert (report.standing, faults(report)) == ("false", ["not_signed"])


def words(url: str, **changes: Any) -> JSON:
    return {
        "@context": CONTEXT,
        "type": "Endorsement",
        "id": url,
        "issuer": "https://friend.example/me",
        "claim": {"id": KIND, "endorsementComment": "Well deserved"},
        "issuedOn": "2026-10-02T00:00:00Z",
    } | changes


def test_what_others_say_about_it() -> None:
    url = "https://friend.example/words"
    web = site(kind=kind(endorsement=[url]))
    web.pages |= {url: words(url), "https://friend.example/me": issuer(id="https://friend.example/me", name="A Friend")}
    report = look(assertion(), web)
    assert report.badge is not None
    assert (report.standing, report.badge.endorsements) == ("good", (Words("A Friend", "Well deserved", True),))
    assert Finding("endorsement_ok", "A Friend (https://friend.example/me)") in report.findings
    for broken in (
        words(url, claim={"id": f"{SITE}/badges/other"}),
        words(url, issuer="https://famous.example/me"),
        words(url, id="https://friend.example/other"),
        words(url, type="Assertion"),
        words(url, revoked=True),
    ):
        web.pages[url] = broken
        report = look(assertion(), web)
        assert (report.standing, codes(report, "wrong")) == ("good", ["endorsement_false"])
    del web.pages[url]
    report = look(assertion(), web)
    assert (report.standing, codes(report, "unsure"), "endorsement_unsure" in codes(report)) == ("good", [], True)


def test_no_badge_makes_us_ask_more_than_twelve_times() -> None:
    many = [f"https://friend.example/{number}" for number in range(50)]
    web = site(kind=kind(endorsement=many), assertion=assertion(endorsement=many))
    report = look(assertion(), web, now=NOW)
    assert report.standing == "good"
    assert Finding("endorsement_extra", "97") in report.findings
    assert len(web.asked) == 6
