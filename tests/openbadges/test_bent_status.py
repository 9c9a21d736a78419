"""Lists of what was taken back, and dates: bent ones, and honest ones that say no. What is told here as good or bad by the
badge itself is signed by the house's own key, so that nothing but the lie speaks against it."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.openbadges.forge import NOTHING, OTHER, Forge, Found, alone, false, ours, theirs, unsure
from tests.openbadges.house import BASE
from tests.openbadges.tampering import Document, Offered, b64, changed, unb64
from tests.openbadges.test_bent_proofs import Change, signed_with, told

ENTRY = "credentialStatus"
PURPOSE = "credentialSubject.statusPurpose"
LISTED = "credentialSubject.encodedList"


def list_url(forge: Forge) -> str:
    return str(forge.house.document("first level")[ENTRY]["statusListCredential"])


def list_of(forge: Forge) -> Document:
    return json.loads(forge.house.fetch(list_url(forge))[1])  # type: ignore[no-any-return]


def answering(change: Callable[[Forge, Document], Any]) -> Change:
    """The list's address answers what `change` makes of it."""

    def offer(forge: Forge, good: Document) -> Offered:
        bent = change(forge, list_of(forge))
        return told(good, {list_url(forge): bent if isinstance(bent, tuple) else (200, json.dumps(bent))})

    return offer


def packed(bits: bytes) -> str:
    return "u" + b64(gzip.compress(bits, mtime=0))


def bits_of(document: Document) -> bytearray:
    return bytearray(gzip.decompress(unb64(document["credentialSubject"]["encodedList"][1:])))


def unsigned(_forge: Forge, document: Document) -> Document:
    return changed(document, "proof", None)


def cleared(forge: Forge, document: Document) -> Document:
    return changed(document, LISTED, packed(bytes(len(bits_of(document)))))


def signed_list(path: str, value: Any) -> Change:
    return answering(lambda forge, one: forge.by_house(changed(one, path, value)))


def taken_back_and_cleared(forge: Forge, _good: Document) -> Offered:
    """Who was taken back shows a list of their own making."""
    return told(forge.house.document("taken back"), {list_url(forge): (200, json.dumps(cleared(forge, list_of(forge))))})


def moved_to_a_list_of_others(forge: Forge, good: Document) -> Offered:
    url = "https://other.example/list"
    theirs_ = forge.by_other(changed(changed(list_of(forge), "issuer", OTHER), "id", url))
    bent = changed(good, f"{ENTRY}.statusListCredential", url)
    return told(forge.by_house(bent), {url: (200, json.dumps(theirs_))})


def short(forge: Forge, good: Document) -> Offered:
    few = forge.by_house(changed(list_of(forge), LISTED, packed(bytes(16))))
    return told(forge.by_house(changed(good, f"{ENTRY}.statusListIndex", "3")), {list_url(forge): (200, json.dumps(few))})


def over(forge: Forge, _good: Document) -> Offered:
    return told(forge.by_house(changed(forge.house.document("aged"), "validUntil", "2026-04-01T00:00:00Z")))


FAR = "2199-01-01T00:00:00Z"
STATUS: dict[str, tuple[Change, str, Found]] = {
    "taken back": (lambda forge, good: told(forge.house.document("taken back")), "revoked", alone("revoked")),
    "taken back, with a list that was emptied": (taken_back_and_cleared, "not verified", unsure("status_signature")),
    "a list that was emptied": (answering(cleared), "not verified", unsure("status_signature")),
    "a list signed by others": (answering(lambda f, one: f.by_other(one)), "not verified", unsure("status_signature")),
    "a list of others": (moved_to_a_list_of_others, "do not match", unsure("status_issuer")),
    "a list with no signature": (answering(unsigned), "not verified", unsure("status_signature")),
    "no answer": (answering(lambda f, one: NOTHING), "Could not load", unsure("status_unreachable", "fetch_connection")),
    "no such page": (answering(lambda f, one: (404, "")), "Could not load", unsure("status_unreachable", "fetch_status")),
    "no list at all": (answering(lambda f, one: (200, "[]")), "", unsure("status_broken")),
    "a list for something else": (signed_list(PURPOSE, "suspension"), "does not match", unsure("status_purpose")),
    "another list than was asked for": (signed_list("id", f"{BASE}/ob/3/status/1"), "good", unsure("status_other")),
    "a list that is over": (signed_list("validUntil", "2020-01-01T00:00:00Z"), "not verified", unsure("status_expired")),
    # Theirs reads whatever length: ours refuses lists in which one badge could be told from the others.
    "a list that is too short": (short, "good", unsure("status_short")),
    "no bits in it": (signed_list(LISTED, "u!!"), "decode", unsure("status_broken")),
    "bits written in another way": (signed_list(LISTED, "x123"), "decode", unsure("status_broken")),
    "a place outside": (signed_with(f"{ENTRY}.statusListIndex", "131072"), "", unsure("status_index")),
    "a place before the first": (signed_with(f"{ENTRY}.statusListIndex", "-1"), "", unsure("status_index")),
    "no number": (signed_with(f"{ENTRY}.statusListIndex", "x"), "integer", unsure("status_index")),
    "over": (over, "is after", alone("expired")),
    "over, really": (lambda forge, good: told(forge.house.document("old")), "is after", alone("expired")),
    "not begun": (signed_with("validFrom", FAR), "is before", alone("not_yet")),
    "over, with a later end": (
        lambda forge, good: told(changed(forge.house.document("old"), "validUntil", FAR)), "Invalid signature",
        false("signature_bad"),
    ),
    "over, with no end": (
        lambda forge, good: told(changed(forge.house.document("old"), "validUntil", None)), "Invalid signature",
        false("signature_bad"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STATUS)
def test_what_does_not_count_is_told_by_both(forge: Forge, name: str) -> None:
    change, reason, finding = STATUS[name]
    offered = change(forge, forge.house.document("first level"))
    answer = theirs(forge, offered)
    assert (reason in answer, answer == "good") == (True, reason == "good")
    assert ours(forge, offered) == finding
