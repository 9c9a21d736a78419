"""What every document of ours looks like, in the canonical form of the standard; the schemas themselves are asked in
tests/real, where they may be read."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from recognition.badges.portable.documents import v2, v3
from recognition.badges.portable.documents.facts import Deed, Given, House, Link, Pin
from recognition.badges.portable.identifiers import Edition
from tests.factories.credentials import NOW

HOUSE = House("https://badges.example", "The “House” of Ünïcode", "hall@badges.example")
PIN = Pin(Edition("talker", 3, 25), "Talker, level 25", "Talks.", "25 deeds.", "The pin", "en")
RICH = Pin(Edition("talker", 3), "Talker", "Talks.", "25 deeds.", "The pin", "en", ("Helping", "mdm"),
           (Link("Autumn", "https://badges.example/campaigns/autumn"),), ("berlin", "Berlin"), "Place")  # fmt: skip
GIVEN = Given("a1", "h1", NOW, (0, 42))
FULL = Given("a1", "h1", NOW, (0, 42), NOW + timedelta(days=9), [{"salt": "s", "hash": "sha256$x"}],
             [Deed("https://badges.example/activities/1", "A talk", "x" * 301), Deed("https://x.example", "y")], "1")  # fmt: skip
SETS = {"type", "evidence", "identifier", "result", "alignment", "tag", "resultDescription", "endorsement", "credentialSchema"}
RESULT = "https://badges.example/ob/3/achievements/talker.3#rank"
SINGLE_TYPES = {
    RESULT,
    "Image",
    "IdentityObject",
    "BitstringStatusListEntry",
    "BitstringStatusList",
    "1EdTechJsonSchemaValidator2019",
}


def values(document: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    yield name, document
    if isinstance(document, dict):
        for key, value in document.items():
            yield from values(value, key)
    elif isinstance(document, list):
        for value in document:
            yield from values(value)


def test_sets_are_lists_and_nothing_is_empty() -> None:
    for document in (v3.credential(HOUSE, PIN, GIVEN), v3.credential(HOUSE, RICH, FULL), v3.hosted_achievement(HOUSE, RICH)):
        for name, value in values(document):
            assert value not in (None, [], {}, ""), name
            if name in SETS and not (isinstance(value, str) and value in SINGLE_TYPES):
                assert isinstance(value, list), name
            if name in ("statusListIndex", "value", "version"):
                assert isinstance(value, str), name


def test_the_least_and_the_most_that_a_credential_says() -> None:
    least, most = v3.credential(HOUSE, PIN, GIVEN), v3.credential(HOUSE, RICH, FULL)
    assert set(least) == {"@context", "id", "type", "name", "issuer", "validFrom", "awardedDate", "credentialSubject",
                          "credentialSchema", "credentialStatus"}  # fmt: skip
    assert set(most) - set(least) == {"evidence", "validUntil"}
    assert set(most["credentialSubject"]) == {"id", "type", "achievement", "identifier", "result"}
    assert set(most["credentialSubject"]["achievement"]) - set(least["credentialSubject"]["achievement"]) == {
        "tag", "alignment", "creator", "resultDescription"}  # fmt: skip
    assert (most["validFrom"], most["validUntil"]) == ("2026-11-21T12:00:00Z", "2026-11-30T12:00:00Z")
    assert [len(one.get("narrative", "")) for one in most["evidence"]] == [300, 0]


def test_a_place_without_a_contest_is_not_told() -> None:
    assert "result" not in v3.credential(HOUSE, PIN, Given("a1", "h1", NOW, (0, 42), place="1"))["credentialSubject"]


def test_an_assertion_says_what_the_credential_says() -> None:
    told = v2.assertion(HOUSE.base, "a1", v3.credential(HOUSE, RICH, FULL))
    assert told == {
        "@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "https://badges.example/ob/2/assertions/a1",
        "recipient": {"type": "email", "hashed": True, "identity": "sha256$x", "salt": "s"},
        "badge": "https://badges.example/ob/2/badges/talker.3",
        "image": {"type": "Image", "id": "https://badges.example/awards/a1/badge.png"},
        "verification": {"type": "HostedBadge"}, "issuedOn": "2026-11-21T12:00:00Z", "expires": "2026-11-30T12:00:00Z",
        "evidence": [
            {"id": "https://badges.example/activities/1", "type": "Evidence", "name": "A talk", "narrative": "x" * 299 + "…"},
            {"id": "https://x.example", "type": "Evidence", "name": "y"},
        ],
    }  # fmt: skip
    assert "revocationReason" not in v2.revoked(HOUSE.base, "a1", "")
