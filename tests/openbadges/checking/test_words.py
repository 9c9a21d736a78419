"""Words of others inside a badge: each is confirmed by its own signature, and the badge stands without them."""

import pytest

from recognition.openbadges import contexts, proofs
from recognition.openbadges.checking.report import Finding, Words
from tests.openbadges.checking.made import (
    CREATED,
    DID,
    JSON,
    OTHER,
    OWN,
    Key,
    Web,
    changed,
    codes,
    credential,
    entry,
    look,
    signed,
    status_list,
    token,
    web,
)  # fmt: skip

FRIEND = "did:web:friend.example"
FRIEND_URL = "https://friend.example/.well-known/did.json"
BADGE = "https://issuer.example/credentials/1"


def words(about: str = BADGE, key: Key = OTHER, **changes: object) -> JSON:
    made = {
        "@context": list(contexts.OWN),
        "id": "https://friend.example/words/1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Words",
        "issuer": {"id": FRIEND, "type": ["Profile"], "name": "A Friend"},
        "validFrom": "2026-10-02T00:00:00Z",
        "credentialSubject": {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "Well deserved."},
    } | changes
    return proofs.signed(made, key.ed25519, f"{FRIEND}#ed", CREATED)


def site() -> Web:
    made = web()
    made.pages[FRIEND_URL] = OTHER.document(FRIEND)
    return made


@pytest.mark.parametrize(
    ("given", "code", "holds"),
    [
        (words(), "endorsement_ok", True),
        (words("https://issuer.example/achievements/talker"), "endorsement_ok", True),
        (words(DID), "endorsement_ok", True),
        (words("https://issuer.example/credentials/2"), "endorsement_false", False),
        (changed(words(), "credentialSubject.endorsementComment", "Undeserved."), "endorsement_false", False),
        (words(key=OWN), "endorsement_false", False),
        (words(validUntil="2026-11-01T00:00:00Z"), "endorsement_false", False),
        (words(type=["VerifiableCredential"]), "endorsement_false", False),
        (words(issuer={"id": "did:web:nobody.example", "type": ["Profile"]}), "endorsement_false", False),
        (words(credentialStatus={"id": "urn:x", "type": "1EdTechRevocationList"}), "endorsement_unsure", False),
    ],
)
def test_each_by_itself(given: JSON, code: str, holds: bool) -> None:
    report = look(signed(credential(endorsement=[given])), site())
    assert report.standing == "good"
    assert [one for one in codes(report) if one.startswith("endorsement")] == [code]
    assert report.badge is not None
    assert [one.holds for one in report.badge.endorsements] == [holds]


def test_what_a_page_shows_of_them() -> None:
    report = look(signed(credential(endorsement=[words()])), site())
    assert report.badge is not None
    assert report.badge.endorsements == (Words("A Friend", "Well deserved.", True),)
    # Anybody can take any name; only the identifier is whose key was asked for.
    assert Finding("endorsement_ok", f"A Friend ({FRIEND})") in report.findings


def test_whoever_cannot_be_asked() -> None:
    report = look(signed(credential(endorsement=[words()])), web())
    assert (report.standing, "endorsement_unsure" in codes(report), codes(report, "unsure")) == ("good", True, [])


def test_as_a_token() -> None:
    made = {name: value for name, value in words().items() if name != "proof"}
    text = token(made, OTHER, f"{FRIEND}#{OTHER.kid}")
    report = look(token(credential(endorsementJwt=[text, "no.token.x"])), site())
    assert report.standing == "good"
    assert [one for one in codes(report) if one.startswith("endorsement")] == ["endorsement_ok", "endorsement_false"]


def test_moving_them_into_a_badge_breaks_its_proof() -> None:
    report = look(signed(credential()) | {"endorsement": [words()]}, site())
    assert (report.standing, codes(report, "wrong")) == ("false", ["signature_bad"])


def test_no_badge_makes_us_read_without_end() -> None:
    many = token(credential(endorsement=[words() for _ in range(9)]))
    report = look(many, site())
    assert report.badge is not None
    assert (report.standing, len(report.badge.endorsements), Finding("endorsement_extra", "4") in report.findings) == (
        "good",
        5,
        True,
    )


def test_no_badge_makes_us_ask_without_end() -> None:
    """Each of the words names a list of its own; the thirteenth question is not asked."""
    where, given = site(), []
    for number in range(5):
        friend, lists = f"did:web:friend{number}.example", [f"https://lists.example/{number}/{name}" for name in "ab"]
        where.pages[f"https://friend{number}.example/.well-known/did.json"] = OTHER.document(friend)
        entries = [entry(url=url) for url in lists]
        for url in lists:
            bare = {name: value for name, value in status_list(id=url, issuer=friend).items() if name != "proof"}
            where.pages[url] = signed(bare, OTHER, f"{friend}#ed")
        made = {name: value for name, value in words(issuer={"id": friend, "type": ["Profile"]}).items() if name != "proof"}
        given.append(token(made | {"credentialStatus": entries}, OTHER, f"{friend}#{OTHER.kid}"))
    report = look(token(credential(endorsementJwt=given)), where)
    assert (report.standing, len(where.asked)) == ("good", 12)
    assert Finding("endorsement_unsure", "did:web:friend4.example (fetch_budget)") in report.findings
