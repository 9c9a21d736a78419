"""The rules that the published schemas set, in short: sets are arrays, nothing is empty, moments have a zone, and whatever is
named can be asked for. Those schemas themselves are held against the same documents in tests/real."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.openbadges.house import BASE, House
from tests.openbadges.tampering import token_parts

SETS = {
    "type",
    "proof",
    "evidence",
    "identifier",
    "credentialSchema",
    "result",
    "resultDescription",
    "endorsement",
    "tag",
    "alignment",
}
PLAIN_TYPES = {"Image", "IdentityObject", "1EdTechJsonSchemaValidator2019", "BitstringStatusListEntry", "BitstringStatusList",
               "DataIntegrityProof"}  # fmt: skip
RANKS = {f"{BASE}/ob/3/achievements/on-the-podium.1#rank"}
"""A result names its description by the same word under which an achievement holds them all."""
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
MOMENTS = {"validFrom", "validUntil", "awardedDate", "created", "issuedOn", "expires"}


def emitted(house: House) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each document of each award with its kind, and all that they name."""
    for word in house.awards:
        document = house.document(word)
        yield "credential", document
        yield "token", token_parts(house.token(word))[1]
        yield "profile", document["issuer"]
        yield from (("endorsement", one) for one in document.get("endorsement", ()))
        yield "achievement", _read(house, document["credentialSubject"]["achievement"]["id"])
        yield "status list", _read(house, document["credentialStatus"]["statusListCredential"])
        if word != "taken back":
            assertion = _read(house, house.assertion_url(word))
            badge = _read(house, assertion["badge"])
            yield from (("assertion", assertion), ("badge class", badge), ("issuer", _read(house, badge["issuer"])))


def _read(house: House, url: str) -> dict[str, Any]:
    status, body = house.fetch(url)
    assert status == 200, url
    return json.loads(body)  # type: ignore[no-any-return]


def parts(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every member with its name, however deep."""
    yield name, value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from parts(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from parts(one)


V3 = {"credential", "token", "endorsement", "achievement"}


def test_every_document_is_in_canonical_form(badge_house: House) -> None:
    wrong = []
    for kind, document in emitted(badge_house):
        for name, value in parts(document):
            empty = value is None or value in ("", [], {})
            naive = name in MOMENTS and not MOMENT.fullmatch(value)
            lone = kind in V3 and name in SETS and not isinstance(value, list) and value not in PLAIN_TYPES | RANKS
            wrong += [(kind, name, value)] if empty or naive or lone else []
    assert wrong == []


def test_whatever_is_named_in_the_house_can_be_asked_for(badge_house: House) -> None:
    """By anybody: pictures, pages, keys, lists and the documents of members and groups."""
    named = {
        value.partition("#")[0]
        for _kind, document in emitted(badge_house)
        for _name, value in parts(document)
        if isinstance(value, str) and value.startswith((f"{BASE}/", BASE))
    }
    taken_back = badge_house.assertion_url("taken back")
    assert len(named) > 30
    assert {url: status for url in named - {taken_back} if (status := badge_house.load(url)[0]) != 200} == {}
    assert badge_house.load(taken_back)[0] == 410


def test_whoever_signs_has_a_document_that_says_so(badge_house: House) -> None:
    dids = {
        value
        for _kind, document in emitted(badge_house)
        for name, value in parts(document)
        if name == "id" and value.startswith("did:web:")
    }
    assert {did.split(":ob:3:")[-1].partition(":")[0] for did in dids} == {"did", "members", "groups"}
    for did in dids:
        host, *path = did.removeprefix("did:web:").split(":")
        document = _read(badge_house, f"https://{host}/{'/'.join(path or ['.well-known'])}/did.json")
        assert document["id"] == did
        assert {method["controller"] for method in document["verificationMethod"]} == {did}
        assert document["assertionMethod"] == [method["id"] for method in document["verificationMethod"]]


@pytest.mark.parametrize("path", ["/.well-known/did.json", "/.well-known/jwks.json", "/ob/3/status/0", "/ob/2/issuer"])
def test_no_private_half_is_ever_told(badge_house: House, path: str) -> None:
    document = _read(badge_house, BASE + path)
    assert [
        name for name, _value in parts(document) if name in {"d", "p", "q", "dp", "dq", "qi", "k", "secretKeyMultibase"}
    ] == []
