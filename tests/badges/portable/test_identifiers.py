"""Addresses that signed documents name: each is written down here once more, since none of them may ever change."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.badges.portable import identifiers
from recognition.badges.portable.identifiers import Edition, edition

BASE = "https://badges.example.org"


def test_every_address_is_what_it_always_was() -> None:
    pin = Edition("first-report", 3, 25)
    assert [
        identifiers.did(BASE), identifiers.group_did(BASE, "berlin"), identifiers.member_did(BASE, "k1"),
        identifiers.method(identifiers.did(BASE), "abc"), identifiers.did_document(BASE),
        identifiers.group_did_document(BASE, "berlin"), identifiers.member_did_document(BASE, "k1"), identifiers.jwks(BASE),
        identifiers.key(BASE, "abc"), identifiers.credential(BASE, "a1"), identifiers.credential_jwt(BASE, "a1"),
        identifiers.endorsement(BASE, "e1"), identifiers.achievement(BASE, pin), identifiers.rank(BASE, pin),
        identifiers.status_list(BASE, 1), identifiers.status_entry(BASE, 1, 77), identifiers.issuer_v2(BASE),
        identifiers.badge_class(BASE, pin), identifiers.badge_class_of_today(BASE, "first-report"),
        identifiers.picture(BASE, pin), identifiers.assertion(BASE, "a1"), identifiers.award_page(BASE, "a1"),
        identifiers.baked_png(BASE, "a1"), identifiers.baked_svg(BASE, "a1"), identifiers.badge_page(BASE, "first-report"),
    ] == [
        "did:web:badges.example.org", "did:web:badges.example.org:ob:3:groups:berlin",
        "did:web:badges.example.org:ob:3:members:k1", "did:web:badges.example.org#abc", f"{BASE}/.well-known/did.json",
        f"{BASE}/ob/3/groups/berlin/did.json", f"{BASE}/ob/3/members/k1/did.json", f"{BASE}/.well-known/jwks.json",
        f"{BASE}/ob/3/keys/abc", f"{BASE}/ob/3/credentials/a1", f"{BASE}/ob/3/credentials/a1.jwt",
        f"{BASE}/ob/3/endorsements/e1", f"{BASE}/ob/3/achievements/first-report.3.25",
        f"{BASE}/ob/3/achievements/first-report.3.25#rank", f"{BASE}/ob/3/status/1", f"{BASE}/ob/3/status/1#77",
        f"{BASE}/ob/2/issuer", f"{BASE}/ob/2/badges/first-report.3.25", f"{BASE}/ob/2/badges/first-report",
        f"{BASE}/ob/2/badges/first-report.3.25.png", f"{BASE}/ob/2/assertions/a1", f"{BASE}/awards/a1",
        f"{BASE}/awards/a1/badge.png", f"{BASE}/awards/a1/badge.svg", f"{BASE}/badges/first-report",
    ]  # fmt: skip


def test_a_port_is_part_of_the_name_of_the_house() -> None:
    assert identifiers.did("http://127.0.0.1:8000") == "did:web:127.0.0.1%3A8000"


@pytest.mark.parametrize(
    "text", ["", "pin", "pin.", "pin.0", "pin.01", "pin.1.", "pin.1.0", "pin.1.2.3", ".1", "a/b.1", "pin.-1"]
)
def test_what_names_no_edition(text: str) -> None:
    assert edition(text) is None


@settings(max_examples=50)
@given(st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True), st.integers(1, 10**9 - 1),
       st.none() | st.integers(1, 10**9 - 1))  # fmt: skip
def test_an_edition_is_read_back_as_it_was_written(slug: str, version: int, level: int | None) -> None:
    told = Edition(slug, version, level)
    assert edition(str(told)) == told
