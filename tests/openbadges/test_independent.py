"""Badges that were really awarded, in every form, before verifiers that are not ours; and those of another house before ours."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from openbadgeslib.verify import verify_badge

from recognition.openbadges.checking.checker import check
from recognition.openbadges.fetching import Answer
from tests.openbadges import second_opinion
from tests.openbadges.forge import OTHER, OTHER_DID, Forge, ours, theirs
from tests.openbadges.house import ADDRESS, BASE
from tests.openbadges.tampering import Offered
from tests.servers.verifier import CONTEXTS

GOOD = ["first level", "third level", "placed", "aged", "of a group", "endorsed"]
FORMS = ["JSON", "JWT", "PNG", "SVG", "OB 2.0", "OB 2.0 in a PNG", "OB 2.0 in an SVG"]


def form_of(forge: Forge, word: str, form: str) -> Offered:
    house = forge.house
    if form == "JSON":
        return Offered(json.dumps(house.document(word)).encode())
    if form == "JWT":
        return Offered(house.token(word).encode())
    if form in ("PNG", "SVG"):
        return Offered(house.picture(word, form.lower()))
    if form == "OB 2.0":
        return Offered(house.assertion_url(word).encode())
    return Offered(second_opinion.baked_v2(house.picture(word, form[-3:].lower())).encode())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("word", GOOD)
def test_every_form_of_every_badge_convinces_both(forge: Forge, word: str, form: str) -> None:
    offered = form_of(forge, word, form)
    assert (theirs(forge, offered), ours(forge, offered)) == ("good", ("good", set()))


THIRD = {
    **dict.fromkeys(["first level", "third level", "placed", "aged", "of a group", "no address"], ""),
    "old": "Credential has expired",
    "taken back": "Credential status 'revocation' is set",
    # An endorsement inside a credential is about that credential; this reader takes nothing that describes it twice.
    "endorsed": "is described again inside it",
}


@pytest.mark.parametrize("kind", ["png", "svg"])
@pytest.mark.parametrize("word", THIRD)
def test_a_third_program_reads_the_pictures_alike(forge: Forge, word: str, kind: str) -> None:
    """openbadgeslib, whose contexts we take and whose verifier we do not. It takes the list's word without its signature, since
    it knows lists as tokens alone."""
    house = forge.house
    picture = house.handed_out[kind] if word == "taken back" else house.picture(word, kind)
    found = verify_badge(picture, resolve_did=True, check_status=True, verify_status_list=False,
                         download=lambda url, *_args, **_options: house.load(url)[1])  # fmt: skip
    assert (found.valid, THIRD[word] in (found.reason or "")) == (THIRD[word] == "", True), found.reason


@pytest.mark.parametrize("form", ["JSON", "JWT", "PNG", "SVG"])
def test_a_badge_of_whom_no_address_is_known_convinces_too(forge: Forge, form: str) -> None:
    offered = form_of(forge, "no address", form)
    assert theirs(forge, offered) == "good"
    assert ours(forge, offered, None) == ("good", set())


@pytest.mark.parametrize("form", FORMS)
def test_whom_it_was_given_to_is_told_by_the_hash(forge: Forge, form: str) -> None:
    assert ours(forge, form_of(forge, "first level", form), "mallory@people.example") == ("false", {"recipient_other"})


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_picture_is_found_by_other_readers_and_says_what_its_address_does(forge: Forge, kind: str) -> None:
    picture = forge.house.picture("endorsed", kind)
    assert second_opinion.baked_v3(picture) == forge.house.fetch(f"{BASE}/ob/3/credentials/{forge.house.awards['endorsed']}")[1]
    url = forge.house.assertion_url("endorsed")
    told = second_opinion.baked_v2(picture)
    assert url == (told if kind == "svg" else json.loads(told)["id"])


def test_documents_hold_what_the_award_was(forge: Forge) -> None:
    """Levels, ends, results, evidence, words and groups are really in what convinces."""
    house = forge.house
    third, placed, aged = house.document("third level"), house.document("placed"), house.document("aged")
    assert third["credentialSubject"]["achievement"]["id"] == f"{BASE}/ob/3/achievements/talker.1.3"
    assert [one["id"].startswith(f"{BASE}/") for one in third["evidence"]] == [True] * 4
    assert placed["credentialSubject"]["result"][0]["value"] == "2"
    assert aged["validUntil"] == "2080-12-15T15:09:26Z"
    creator = house.document("of a group")["credentialSubject"]["achievement"]["creator"]
    assert creator["id"] == "did:web:badges.example:ob:3:groups:nairobi"
    (word,) = house.document("endorsed")["endorsement"]
    assert word["credentialSubject"]["endorsementComment"] == "She stayed until everybody had understood."
    assert "identifier" not in house.document("no address")["credentialSubject"]


def badge_of_others() -> dict[str, Any]:
    did = {"id": OTHER, "type": ["Profile"], "name": "Another house"}
    achievement = {"id": "https://other.example/a", "type": ["Achievement"], "name": "Baker", "description": "Bread.",
                   "criteria": {"narrative": "Bake."}}  # fmt: skip
    subject = {"id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "type": ["AchievementSubject"],
               "achievement": achievement}  # fmt: skip
    return {"@context": [*list(CONTEXTS)[:1], list(CONTEXTS)[3]], "id": "https://other.example/c", "issuer": did, "name": "Baker",
            "type": ["VerifiableCredential", "OpenBadgeCredential"], "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": subject}  # fmt: skip


def test_a_badge_that_other_peoples_program_signed_convinces_ours(forge: Forge) -> None:
    signed = forge.by_other(badge_of_others())
    world = forge.other_world[OTHER_DID][1].encode()

    def fetch(url: str, accept: str) -> Answer:
        assert url == OTHER_DID
        return Answer(url, 200, "application/did+ld+json", world)

    report = check(json.dumps(signed), fetch, datetime.now(UTC))
    assert (report.standing, report.badge is not None and report.badge.name) == ("good", "Baker")
    assert ADDRESS not in json.dumps(signed)


def test_no_document_names_its_holder(forge: Forge) -> None:
    """Neither name nor handle nor address, in any form of any badge."""
    for word in GOOD:
        for form in ("JSON", "OB 2.0"):
            content = form_of(forge, word, form).content
            text = (content if form == "JSON" else forge.house.load(content.decode())[1]).decode().casefold()
            assert [private for private in ("people.example", '"ada"', "/ada", "members/ada") if private in text] == []
