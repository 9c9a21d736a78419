"""Lists of what was taken back: whatever is wrong with one, the badge is not called good."""

import gzip

import pytest

from recognition.openbadges import bits
from recognition.openbadges.checking.report import Finding
from recognition.openbadges.fetching import Answer, Unreachable
from tests.openbadges.checking.made import (
    DID,
    DID_URL,
    JSON,
    LIST_URL,
    OTHER,
    Web,
    b64,
    changed,
    codes,
    credential,
    entry,
    faults,
    look,
    signed,
    status_list,
    token,
    web,
)  # fmt: skip

GOOD = signed(credential())


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (status_list(issuer="did:web:evil.example"), "status_issuer"),
        (status_list(id="https://issuer.example/status/2"), "status_other"),
        (status_list(purpose="suspension"), "status_purpose"),
        (status_list(purpose=["message"]), "status_purpose"),
        (status_list(size=bits.FEWEST - 8), "status_short"),
        (status_list(validUntil="2026-11-21T11:59:59Z"), "status_expired"),
        (status_list(validFrom="2026-11-22T00:00:00Z"), "status_expired"),
        (status_list(validUntil="soon"), "status_expired"),
        (status_list(type=["VerifiableCredential"]), "status_broken"),
        (changed(status_list(), "credentialSubject.type", "Other"), "status_signature"),
        (changed(status_list(5), "credentialSubject.encodedList", bits.encode(bytes(bits.FEWEST // 8))), "status_signature"),
        (status_list(key=OTHER), "status_signature"),
        ({name: value for name, value in status_list().items() if name != "proof"}, "status_signature"),
        (b"no list", "status_broken"),
        (b"{", "status_broken"),
        (b'{"a":1,"a":2}', "status_broken"),
        (b"\xff\xfe", "status_broken"),
        (b"[" * 1000, "status_broken"),
    ],
)
def test_lists_that_tell_nothing(status: object, code: str) -> None:
    report = look(GOOD, web(status=status))
    assert (report.standing, faults(report)) == ("unsure", [code])


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        ("", "status_broken"),
        ("x", "status_broken"),
        ("uAAAA", "status_broken"),
        ("u" + b64(gzip.compress(b"\0" * 16384, mtime=0)[:-9]), "status_broken"),
        (bits.encode(b"")[1:], "status_broken"),
        (bits.encode(b""), "status_short"),
        (bits.encode(b"\0" * 20_000_000), "status_broken"),
        (1, "status_broken"),
    ],
)
def test_lists_whose_bits_are_none(packed: object, code: str) -> None:
    subject = {"id": f"{LIST_URL}#list", "type": "BitstringStatusList", "statusPurpose": "revocation", "encodedList": packed}
    if packed == 1:
        subject["encodedList"] = "1"
    report = look(GOOD, web(status=status_list(credentialSubject=subject)))
    assert (report.standing, faults(report)) == ("unsure", [code])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (entry(index=str(bits.FEWEST)), "status_index"),
        (entry(index="-1"), "status_index"),
        (entry(index="5.0"), "status_index"),
        (entry(index=""), "status_index"),
        (entry(index="9" * 300), "status_index"),
        (entry(index="５"), "status_index"),
        (entry(purpose="message"), "status_kind"),
        (entry() | {"statusSize": 2}, "status_kind"),
        (entry(url="urn:list"), "status_broken"),
        (entry() | {"type": "StatusList2021Entry"}, "status_kind"),
        ([entry(), entry() | {"type": "RevocationList2020Status"}], "status_kind"),
        ([entry()] * 5, "status_kind"),
    ],
)
def test_entries_that_lead_nowhere(given: object, code: str) -> None:
    report = look(token_of(given))
    assert (report.standing, faults(report)) == ("unsure", [code])


def token_of(status: object) -> str:
    """In a token anything can stand, as no vocabulary defines what it says."""
    return token(credential(credentialStatus=status))


def test_the_first_and_the_last_place() -> None:
    for place in (0, 7, 8, bits.FEWEST - 1):
        document = token_of(entry(index=str(place)))
        assert look(document, web(status=status_list(place))).standing == "revoked"
        assert look(document, web(status=status_list(*{0, 7, 8, bits.FEWEST - 1} - {place}))).standing == "good"


def test_a_number_as_its_place_means_the_same() -> None:
    report = look(token_of(entry(index=5)), web(status=status_list(5)))
    assert (report.standing, "status_index_number" in codes(report)) == ("revoked", True)
    assert faults(look(token_of(entry(index=True)))) == ["status_index"]


def test_one_of_two_lists_is_enough() -> None:
    other = "https://issuer.example/status/2"
    document = token_of([entry(), entry(purpose="suspension", url=other)])
    site = web()
    site.pages[other] = status_list(5, purpose="suspension", id=other)
    report = look(document, site)
    assert (report.standing, faults(report)) == ("revoked", ["suspended"])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Unreachable("connection", LIST_URL), "fetch_connection"),
        (Answer(LIST_URL, 404, "text/plain", b""), "fetch_status"),
        (Answer("https://elsewhere.example/list", 200, "application/json", b"{}"), "moved_elsewhere"),
    ],
)
def test_a_list_that_cannot_be_had(answer: object, reason: str) -> None:
    report = look(GOOD, web(status=answer))
    assert (report.standing, faults(report)) == ("unsure", [reason, "status_unreachable"])


def of_1edtech(revoked: object, issuer: str = DID) -> tuple[JSON, Web]:
    url = "https://issuer.example/revocations"
    document = signed(credential(credentialStatus={"id": url, "type": "1EdTechRevocationList"}))
    site = web()
    site.pages[url] = {"id": url, "issuer": issuer, "revokedCredential": revoked}
    return document, site


@pytest.mark.parametrize(
    ("revoked", "issuer", "standing", "found"),
    [
        ([], DID, "good", []),
        ([{"id": "https://issuer.example/credentials/2"}], DID, "good", []),
        ([{"id": "https://issuer.example/credentials/1", "revoked": False}], DID, "good", []),
        ([{"id": "https://issuer.example/credentials/1", "revoked": True, "revocationReason": "A mistake"}], DID, "revoked",
         [Finding("revoked", "A mistake")]),
        ([{"id": "https://issuer.example/credentials/1"}], DID, "revoked", [Finding("revoked")]),
        ([], "did:web:evil.example", "unsure", [Finding("status_issuer", "did:web:evil.example")]),
        (None, DID, "unsure", [Finding("status_broken", "revokedCredential")]),
    ],
)  # fmt: skip
def test_the_list_of_1edtech(revoked: object, issuer: str, standing: str, found: list[Finding]) -> None:
    document, site = of_1edtech(revoked, issuer)
    report = look(document, site)
    assert (report.standing, [one for one in report.findings if one.level in ("wrong", "unsure")]) == (standing, found)


def test_the_list_of_1edtech_cannot_be_had() -> None:
    document, site = of_1edtech([])
    del site.pages["https://issuer.example/revocations"]
    report = look(document, site)
    assert (report.standing, faults(report)) == ("unsure", ["fetch_name", "status_unreachable"])


def test_keys_are_asked_for_once_for_badge_and_list() -> None:
    site = web()
    look(GOOD, site)
    assert site.asked == [DID_URL, LIST_URL]
