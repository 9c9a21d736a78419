"""Open Badges 2.0: what a badge says of itself counts for nothing, what its address answers counts. So the bending happens
there, by whoever could speak for one of the addresses, or in what somebody shows."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.openbadges.forge import Forge, Found, alone, false, ours, theirs, unsure
from tests.openbadges.house import BASE
from tests.openbadges.tampering import Document, Offered, changed

Change = Callable[[Forge, str], Offered]
ISSUER = f"{BASE}/ob/2/issuer"


def read(forge: Forge, url: str) -> Document:
    return json.loads(forge.house.fetch(url)[1])  # type: ignore[no-any-return]


def badge_of(forge: Forge, url: str) -> str:
    return str(read(forge, url)["badge"])


def says(path: str, value: Any) -> Change:
    """The assertion's address answers something else."""
    return lambda forge, url: Offered(url.encode(), {url: (200, json.dumps(changed(read(forge, url), path, value)))})


def badge_says(path: str, value: Any) -> Change:
    def offer(forge: Forge, url: str) -> Offered:
        badge = badge_of(forge, url)
        return Offered(url.encode(), {badge: (200, json.dumps(changed(read(forge, badge), path, value)))})

    return offer


def issuer_says(path: str, value: Any) -> Change:
    return lambda forge, url: Offered(url.encode(), {ISSUER: (200, json.dumps(changed(read(forge, ISSUER), path, value)))})


def answers(status: int, body: str = "") -> Change:
    return lambda forge, url: Offered(url.encode(), {url: (status, body)})


def hosted_by_others(forge: Forge, url: str) -> Offered:
    """An assertion at another house, of a badge of ours."""
    elsewhere = "https://other.example/assertion"
    return Offered(elsewhere.encode(), {elsewhere: (200, json.dumps(changed(read(forge, url), "id", elsewhere)))})


def badge_of_others(forge: Forge, url: str) -> Offered:
    """A badge of another house, with our issuer."""
    elsewhere = "https://other.example/badge"
    badge = changed(read(forge, badge_of(forge, url)), "id", elsewhere)
    assertion = changed(read(forge, url), "badge", elsewhere)
    return Offered(url.encode(), {url: (200, json.dumps(assertion)), elsewhere: (200, json.dumps(badge))})


def shown_with(word: str) -> Change:
    return lambda forge, url: Offered(forge.house.assertion_url(word).encode())


def body_of_another(forge: Forge, url: str) -> Offered:
    """The text of one badge with the address of another, that was taken back."""
    return Offered(json.dumps(changed(read(forge, url), "id", forge.house.assertion_url("taken back"))).encode())


def over(forge: Forge, _url: str) -> Offered:
    url = forge.house.assertion_url("aged")
    return Offered(url.encode(), {url: (200, json.dumps(changed(read(forge, url), "expires", "2026-04-01T00:00:00Z")))})


HOSTED: dict[str, tuple[Change, str, Found]] = {
    "another recipient": (says("recipient.identity", "sha256$" + "0" * 64), "recipient", false("recipient_other")),
    "another salt": (says("recipient.salt", "0" * 32), "recipient", false("recipient_other")),
    "hosted by others": (hosted_by_others, "origin", false("issuer_origin")),
    "a badge of others": (badge_of_others, "origin", false("class_origin")),
    "another id than its address": (
        says("id", f"{BASE}/ob/2/assertions/x"),
        "document",
        unsure("badge_unreachable", "fetch_status"),
    ),
    "no badge": (says("badge", None), "document", false("field_missing", "class_broken")),
    "signed, it says": (says("verification.type", "SignedBadge"), "verification", false("not_signed")),
    "not begun": (says("issuedOn", "2199-01-01T00:00:00Z"), "not yet", alone("not_yet")),
    "over": (over, "expired", alone("expired")),
    "over, really": (shown_with("old"), "expired", alone("expired")),
    "taken back": (shown_with("taken back"), "revoked", alone("revoked")),
    "the address of one that was taken back": (body_of_another, "revoked", alone("revoked")),
    "not there": (answers(404), "unreachable", unsure("badge_unreachable", "fetch_status")),
    "broken down": (answers(500), "unreachable", unsure("badge_unreachable", "fetch_status")),
    "silent": (answers(0), "unreachable", unsure("badge_unreachable", "fetch_connection")),
    "a badge without criteria": (badge_says("criteria", None), "document", false("field_missing")),
    "another badge than its address": (badge_says("id", f"{BASE}/ob/2/badges/x"), "document", false("class_other")),
    "another issuer than its address": (issuer_says("id", f"{BASE}/x"), "document", false("issuer_other")),
}


@pytest.mark.parametrize("name", HOSTED)
def test_a_bent_hosted_badge_is_refused_by_both(forge: Forge, name: str) -> None:
    change, reason, finding = HOSTED[name]
    offered = change(forge, forge.house.assertion_url("first level"))
    assert theirs(forge, offered) == reason
    assert ours(forge, offered) == finding


def test_nobody_else_holds_it(forge: Forge) -> None:
    offered = Offered(forge.house.assertion_url("first level").encode())
    assert theirs(forge, offered, "mallory@people.example") == "recipient"
    assert ours(forge, offered, "mallory@people.example") == false("recipient_other")


def test_what_is_shown_counts_for_nothing(forge: Forge) -> None:
    """A picture or text that says more than its address does: both take the answer, and ours tells the difference."""
    url = forge.house.assertion_url("first level")
    offered = Offered(json.dumps(changed(read(forge, url), "badge", f"{BASE}/ob/2/badges/president.1")).encode())
    assert (theirs(forge, offered), ours(forge, offered)) == ("good", ("good", {"posted_differs"}))


INCOMPLETE = {
    "of the first edition": says("@context", "https://w3id.org/openbadges/v1"),
    "a badge without a picture": badge_says("image", None),
    "an issuer without a mail address": issuer_says("email", None),
}


@pytest.mark.parametrize("name", INCOMPLETE)
def test_issuers_are_not_graded(forge: Forge, name: str) -> None:
    """What their issuer left out makes badges of other houses neither false nor another's; the strict reading refuses them."""
    offered = INCOMPLETE[name](forge, forge.house.assertion_url("first level"))
    assert (theirs(forge, offered), ours(forge, offered)) == ("document", ("good", set()))
