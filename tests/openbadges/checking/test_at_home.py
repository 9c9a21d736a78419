"""Names that anybody can take, and addresses of the house that checks."""

from datetime import UTC, datetime

import pytest

from recognition.openbadges.checking.at_home import weighed
from recognition.openbadges.checking.report import Badge, Finding, Report
from tests.openbadges.checking.made import JSON, OWN, codes, credential, look, signed

HOME, NAME = "https://badges.example", "The House"
KEY = f"did:key:{OWN.multikey}"
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def added(issuer_id: str, name: str = "Kitchen", url: str = "") -> list[str]:
    badge = Badge("3.0", issuer_id=issuer_id, issuer_name=name, issuer_url=url)
    report = Report("good", (Finding("signature_ok"), Finding("issuer_ok", issuer_id)), badge)
    told = weighed(report, HOME, NAME)
    assert (told.standing, told.badge, told.findings[0]) == ("good", badge, report.findings[0])
    return codes(told)[1:]


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [
        (("did:web:badges.example", NAME, HOME), ["issuer_ok"]),
        (("did:web:badges.example:ob:3:members:a", NAME, "https://other.example/"), ["issuer_ok"]),
        (("https://badges.example/ob/2/issuer", NAME, f"{HOME}/about"), ["issuer_ok"]),
        (("did:web:other.example", "Kitchen", "https://other.example/"), ["issuer_ok"]),
        (("did:web:other.example",), ["issuer_ok"]),
        (("did:web:other.example", "Kitchen", "https://third.example/"), ["issuer_ok", "issuer_elsewhere"]),
        (("did:web:other.example", " the\u2066  HOUSE ", ""), ["issuer_ok", "issuer_same_name"]),
        (("did:web:other.example", NAME, f"{HOME}/"), ["issuer_ok", "issuer_pretends", "issuer_same_name"]),
        (("did:web:badges.example.evil.example", "Kitchen", HOME), ["issuer_ok", "issuer_pretends"]),
        ((KEY,), ["issuer_key"]),
        ((KEY, "Kitchen", "https://kitchen.example/"), ["issuer_key"]),
        ((KEY, NAME, HOME), ["issuer_key", "issuer_pretends", "issuer_same_name"]),
        (("",), ["issuer_ok"]),
    ],
)
def test_what_is_said_of_an_issuer(issuer: tuple[str, ...], expected: list[str]) -> None:
    assert added(*issuer) == expected


def test_a_key_that_anybody_makes_takes_our_name() -> None:
    made: JSON = credential(issuer={"id": KEY, "type": ["Profile"], "name": NAME, "url": HOME}, credentialStatus=None)
    report = weighed(look(signed(made, method=f"{KEY}#{OWN.multikey}")), HOME, NAME)
    assert report.standing == "good"
    assert codes(report, "wrong", "unsure", "ok") == [
        "dates_ok", "signature_ok", "issuer_key", "issuer_pretends", "issuer_same_name",
    ]  # fmt: skip


def test_an_address_of_ours_where_nothing_is() -> None:
    for url, status, expected in (
        (f"{HOME}/awards/x", 404, ["badge_missing"]),
        (f"{HOME}/awards/x", 500, ["fetch_status", "badge_unreachable"]),
        ("https://other.example/awards/x", 404, ["fetch_status", "badge_unreachable"]),
    ):
        report = Report("unsure", (Finding("fetch_status", f"{status} {url}"), Finding("badge_unreachable", url)), None)
        assert codes(weighed(report, HOME, NAME)) == expected
