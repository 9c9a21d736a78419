"""OB 3.0 with its proof inside: what holds, and each thing that does not, told by its own code."""

import copy
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from recognition.openbadges import contexts, jsonld, multikey, proofs
from recognition.openbadges.checking.report import Badge, Evidence, Finding
from tests.openbadges.checking.made import (
    ADDRESS,
    CREATED,
    DID,
    DID_URL,
    JSON,
    LIST_URL,
    NOW,
    OTHER,
    OWN,
    Key,
    Web,
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


def test_a_good_one() -> None:
    site = web()
    report = look(GOOD, site, ADDRESS)
    assert report.standing == "good"
    assert report.findings == (
        Finding("is_v3_proof"),
        Finding("dates_ok", "2026-10-01T08:00:00+00:00"),
        Finding("recipient_ok"),
        Finding("signature_ok", "eddsa-rdfc-2022"),
        Finding("issuer_ok", DID),
        Finding("status_ok"),
    )
    assert site.asked == [DID_URL, LIST_URL]
    assert report.badge == Badge(
        version="3.0",
        identifier="https://issuer.example/credentials/1",
        name="Talker",
        description="Gave a talk.",
        picture_url="https://issuer.example/talker.png",
        issuer_id=DID,
        issuer_name="The House",
        issuer_url="https://issuer.example/",
        issued_at=datetime.fromisoformat("2026-09-30T08:00:00Z"),
        criteria="Give a talk.",
        evidence=(Evidence("A talk", "It was good.", "https://issuer.example/deeds/1"),),
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", "https://issuer.example/credentials/2"),
        ("name", "Speaker"),
        ("validFrom", "2026-10-01T08:00:01Z"),
        ("issuer.name", "The Other House"),
        ("credentialSubject.id", "did:web:issuer.example:members:b"),
        ("credentialSubject.identifier.0.salt", "salt-3"),
        ("credentialSubject.identifier.0.hashed", False),
        ("credentialSubject.achievement.name", "Speaker"),
        ("credentialSubject.achievement.criteria.narrative", "Give two talks."),
        ("credentialSubject.achievement.image.id", "https://evil.example/x.png"),
        ("evidence", []),
        ("evidence.0.narrative", "It was very good."),
        ("credentialStatus.statusListIndex", "6"),
        ("credentialStatus.statusListCredential", "https://evil.example/list"),
        ("proof.0.created", "2026-11-02T00:00:00Z"),
        ("proof.0.proofValue", GOOD["proof"][0]["proofValue"][:-1] + ("1" if GOOD["proof"][0]["proofValue"][-1] != "1" else "2")),
    ],
)
def test_whatever_is_changed_after_signing_shows(path: str, value: object) -> None:
    report = look(changed(GOOD, path, value))
    assert (report.standing, faults(report)) == ("false", ["signature_bad"])


def test_taking_the_status_away_shows() -> None:
    made = {name: value for name, value in GOOD.items() if name != "credentialStatus"}
    assert faults(look(made)) == ["signature_bad"]


def without(path: str) -> JSON:
    made = copy.deepcopy(credential())
    *steps, last = path.split(".")
    holder: Any = made
    for step in steps:
        holder = holder[step]
    del holder[last]
    return made


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (without("validFrom"), [("field_missing", "validFrom")]),
        (without("credentialSubject.achievement"), [("field_missing", "credentialSubject.achievement")]),
        (without("credentialSubject.achievement.name"), [("field_missing", "achievement.name")]),
        (without("credentialSubject.achievement.description"), [("field_missing", "achievement.description")]),
        (without("credentialSubject.achievement.criteria"), [("field_missing", "achievement.criteria")]),
        (without("credentialSubject.achievement.id"), [("field_missing", "achievement.id")]),
        (credential(type=["VerifiableCredential"]), [("field_wrong", "type")]),
        (credential(validFrom="2026-10-01T08:00:00"), [("date_broken", "validFrom: 2026-10-01T08:00:00")]),
        (credential(validFrom="1 October 2026"), [("date_broken", "validFrom: 1 October 2026")]),
        (credential(validUntil="2026-13-01T08:00:00Z"), [("date_broken", "validUntil: 2026-13-01T08:00:00Z")]),
        (credential(validUntil="2026-11-21T12:00:00Z"), [("expired", "2026-11-21T12:00:00+00:00")]),
        (credential(validUntil="2026-11-21T13:00:00+02:00"), [("expired", "2026-11-21T11:00:00+00:00")]),
        (credential(validFrom="2026-11-21T12:02:00Z"), [("not_yet", "2026-11-21T12:02:00+00:00")]),
        (credential(validUntil="2026-09-01T08:00:00Z"),
         [("dates_reversed", "2026-10-01T08:00:00+00:00 2026-09-01T08:00:00+00:00")]),
    ],
)  # fmt: skip
def test_signed_by_its_issuer_and_not_in_order(document: JSON, expected: list[tuple[str, str]]) -> None:
    report = look(signed(document))
    assert [(one.code, one.detail) for one in report.findings if one.level in ("wrong", "unsure")] == expected
    assert "signature_ok" in codes(report)
    standings = {"expired": "expired", "not_yet": "not_yet", "date_broken": "unsure"}
    assert report.standing == standings.get(expected[0][0], "false")


def test_it_is_in_force_up_to_its_last_moment() -> None:
    document = signed(credential(validUntil="2026-11-21T12:00:01Z"))
    assert look(document).standing == "good"
    assert look(document, now=NOW + timedelta(seconds=1)).standing == "expired"


def test_a_clock_may_be_a_minute_behind() -> None:
    assert look(signed(credential(validFrom="2026-11-21T12:01:00Z"))).standing == "good"


def test_an_expired_one_that_nobody_confirms_is_not_called_real() -> None:
    report = look(signed(credential(validUntil="2026-11-20T00:00:00Z")), Web({}))
    assert faults(report) == ["expired", "fetch_name", "issuer_unreachable"]
    assert report.standing == "unsure"


def test_a_term_that_nobody_defines_is_told_without_asking_anybody() -> None:
    site = web()
    report = look(GOOD | {"honour": "cum laude"}, site)
    assert [(one.code, one.detail) for one in report.findings if one.level == "wrong"] == [("undefined_term", "honour")]
    assert site.asked == []


def test_a_vocabulary_that_is_not_known_here_cannot_be_checked() -> None:
    report = look(changed(GOOD, "@context", [*contexts.OWN, "https://words.example/v1"]))
    assert (report.standing, faults(report)) == ("unsure", ["context_unknown"])


@pytest.mark.parametrize(
    "named",
    [[], ["https://www.w3.org/ns/credentials/v2"], [contexts.BADGES, contexts.CREDENTIALS], "https://w3id.org/security/v2"],
)
def test_the_vocabularies_have_their_places(named: object) -> None:
    assert "context_wrong" in faults(look(GOOD | {"@context": named}))
    assert look(GOOD | {"@context": named}).standing == "false"


def test_without_a_proof() -> None:
    report = look(credential())
    assert (report.standing, faults(report)) == ("false", ["no_proof"])


@pytest.mark.parametrize(
    ("changes", "code", "standing"),
    [
        ({"cryptosuite": "eddsa-2022"}, "proof_suite", "unsure"),
        ({"type": "Ed25519Signature2020"}, "proof_suite", "unsure"),
        ({"proofPurpose": "authentication"}, "proof_purpose", "false"),
        ({"proofValue": ""}, "proof_broken", "false"),
        ({"proofValue": "u" + "A" * 86}, "proof_broken", "false"),
        ({"proofValue": None}, "proof_broken", "false"),
        ({"created": "yesterday"}, "proof_broken", "false"),
        ({"verificationMethod": None}, "proof_broken", "false"),
        ({"verificationMethod": "did:web:evil.example#ed"}, "key_foreign", "false"),
        ({"verificationMethod": "#ed"}, "key_foreign", "false"),
        ({"verificationMethod": f"{DID}#nobody"}, "key_unlisted", "false"),
        ({"verificationMethod": f"{DID}#{OWN.kid}"}, "key_kind", "unsure"),
    ],
)
def test_proofs_that_are_none(changes: JSON, code: str, standing: str) -> None:
    report = look(changed(GOOD, "proof.0", GOOD["proof"][0] | changes))
    assert (report.standing, faults(report)) == (standing, [code])


def test_a_proof_can_end() -> None:
    said = proofs.options(f"{DID}#ed", CREATED) | {"expires": "2026-11-20T00:00:00Z"}
    data = proofs.Document(credential()).data(said)
    proof = said | {"proofValue": multikey.multibase(OWN.ed25519.sign(data))}
    report = look(credential() | {"proof": [proof]})
    assert (report.standing, faults(report)) == ("expired", ["expired"])


def test_several_proofs_have_to_hold_each() -> None:
    foreign = signed(credential(), OTHER, "did:web:other.example#ed")["proof"][0]
    mine, again = GOOD["proof"][0], proofs.signed(credential(), OWN.ed25519, f"{DID}#ed", NOW)["proof"][0]
    old = mine | {"cryptosuite": "ecdsa-sd-2023"}
    two = look(GOOD | {"proof": [mine, again]})
    assert (two.standing, codes(two, "info")) == (
        "good",
        ["is_v3_proof", "recipient_unasked", "several_proofs"],
    )
    assert (look(GOOD | {"proof": [mine, foreign]}).standing, faults(look(GOOD | {"proof": [mine, foreign]}))) == (
        "false",
        ["key_foreign"],
    )
    assert faults(look(GOOD | {"proof": [mine, mine | {"created": "2026-11-02T00:00:00Z"}]})) == ["signature_bad"]
    assert faults(look(GOOD | {"proof": [mine, "no proof"]})) == ["proof_broken"]
    assert faults(look(GOOD | {"proof": [mine] * 5})) == ["too_many_proofs"]
    beside = look(GOOD | {"proof": [mine, old]})
    assert (beside.standing, "proof_extra" in codes(beside)) == ("good", True)
    unknown = look(GOOD | {"proof": [old, old | {"created": "2026-11-02T00:00:00Z"}]})
    assert (unknown.standing, faults(unknown)) == ("unsure", ["proof_suite"])


def test_a_document_is_read_once_however_many_proofs_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second each, for a proof that took its maker none."""
    proof, site, read = GOOD["proof"][0], web(), list[bool]()
    really = jsonld.expanded

    def counted(document: JSON) -> list[JSON]:
        read.append("issuer" in document)
        return really(document)

    monkeypatch.setattr(jsonld, "expanded", counted)
    assert look(GOOD | {"proof": [proof] * 4}, site).standing == "good"
    assert sum(read) == 2, "the badge and its list"
    read.clear()
    assert "undefined_term" in faults(look(GOOD | {"proof": [proof] * 4, "honour": "cum laude"}, site))
    assert sum(read) == 1


def test_signed_by_somebody_else_in_the_issuers_name() -> None:
    report = look(signed(credential(), OTHER))
    assert (report.standing, faults(report)) == ("false", ["signature_bad"])


def test_the_recipient() -> None:
    assert codes(look(GOOD, address=" ADA@People.example "), "ok")[1] == "recipient_ok"
    assert look(GOOD, address="ada@former.example").standing == "good"
    other = look(GOOD, address="eve@people.example")
    assert (other.standing, faults(other)) == ("false", ["recipient_other"])
    bare = credential()
    del bare["credentialSubject"]["identifier"]
    nobody = look(signed(bare), address=ADDRESS)
    assert (nobody.standing, faults(nobody)) == ("good", ["recipient_unlike"])
    assert [one for one in codes(look(signed(bare))) if one.startswith("recipient")] == ["recipient_none"]
    assert "recipient_unasked" in codes(look(GOOD))


def test_identities_of_no_kind_are_left_out() -> None:
    odd = [{"identityType": {}}, {"identityType": ["emailAddress"]}, {"type": 1}, "text", None]
    subject = credential()["credentialSubject"]
    made = token(credential(credentialSubject=subject | {"identifier": [*odd, *subject["identifier"]]}))
    assert look(made, address=ADDRESS).standing == "good"


def test_a_newer_issue_is_named_and_not_fetched() -> None:
    service = {"id": "https://issuer.example/refresh/1", "type": "1EdTechCredentialRefresh"}
    site = web()
    report = look(signed(credential(refreshService=[service])), site)
    assert report.standing == "good"
    assert Finding("refresh_named", "https://issuer.example/refresh/1") in report.findings
    assert site.asked == [DID_URL, LIST_URL]


def test_sites_without_tls_are_named() -> None:
    profile = "http://issuer.example/issuers/1"
    made = signed(credential(issuer={"id": profile, "type": ["Profile"]}, credentialStatus=None), OWN, f"{profile}#ed")
    report = look(made, Web({profile: OWN.document(profile)}))
    assert (report.standing, report.findings[-1]) == ("good", Finding("plain_http", "issuer.example"))


def test_nobody_is_asked_about_the_status_of_what_is_false() -> None:
    site = web()
    look(changed(GOOD, "name", "Speaker"), site)
    assert site.asked == [DID_URL]


def test_revoked_and_suspended() -> None:
    revoked = look(GOOD, web(status=status_list(5)))
    assert (revoked.standing, faults(revoked)) == ("revoked", ["revoked"])
    suspended = look(
        signed(credential(credentialStatus=entry(purpose="suspension"))), web(status=status_list(5, purpose="suspension"))
    )
    assert (suspended.standing, faults(suspended)) == ("revoked", ["suspended"])


def test_a_key_in_wrong_hands_made_of_one_of_ours() -> None:
    """A made-up key of anybody, at an issuer of their own, does not help in another's name."""
    eve = Key(9)
    made = signed(credential(), eve, f"{DID}#ed")
    assert faults(look(made)) == ["signature_bad"]


def test_a_badge_that_is_there_to_keep_us_busy() -> None:
    knots = [f"_:b{number}" for number in range(12)]
    all_ = [{"id": one} for one in knots]
    tied = [
        {"id": one, "type": ["VerifiableCredential"], "issuer": two, "credentialSubject": all_} for one, two in pairwise(knots)
    ]
    for more in ({"endorsement": tied}, {"evidence": [{"type": ["Evidence"], "name": str(number)} for number in range(700)]}):
        report = look(GOOD | more)
        assert (report.standing, faults(report)) == ("unsure", ["too_much_work"])
