"""OB 2.0: what counts is what the issuer's own addresses say; what was handed in is only where they are from."""

import json
from typing import Any

import pytest

from recognition.openbadges import identities
from recognition.openbadges.checking.report import Evidence, Finding
from recognition.openbadges.fetching import Answer, Unreachable
from tests.openbadges.checking.made import ADDRESS, JSON, OWN, Web, codes, faults, gone, look

CONTEXT = "https://w3id.org/openbadges/v2"
SITE = "https://issuer.example"
ASSERTION, KIND, ISSUER, KEY, LIST = (f"{SITE}/{name}" for name in ("assertions/1", "badges/talker", "issuer", "key", "revoked"))


def assertion(**changes: Any) -> JSON:
    made = {
        "@context": CONTEXT, "type": "Assertion", "id": ASSERTION, "badge": KIND, "issuedOn": "2026-10-01T08:00:00Z",
        "recipient": {"type": "email", "hashed": True, "salt": "s", "identity": identities.hashed(ADDRESS, "s")},
        "verification": {"type": "HostedBadge"}, "evidence": [f"{SITE}/deeds/1", {"narrative": "A talk."}],
    }  # fmt: skip
    return {name: value for name, value in (made | changes).items() if value is not None}


def kind(**changes: Any) -> JSON:
    made = {"@context": CONTEXT, "type": "BadgeClass", "id": KIND, "name": "Talker", "description": "Gave a talk.",
            "image": f"{SITE}/talker.png", "criteria": {"narrative": "Give a talk."}, "issuer": ISSUER}  # fmt: skip
    return {name: value for name, value in (made | changes).items() if value is not None}


def issuer(**changes: Any) -> JSON:
    made = {"@context": CONTEXT, "type": "Issuer", "id": ISSUER, "name": "The House", "url": SITE, "email": "us@issuer.example"}
    return {name: value for name, value in (made | changes).items() if value is not None}


def site(**pages: Any) -> Web:
    return Web(
        {
            ASSERTION: pages.get("assertion", assertion()),
            KIND: pages.get("kind", kind()),
            ISSUER: pages.get("issuer", issuer()),
            KEY: pages.get(
                "key", {"@context": CONTEXT, "type": "CryptographicKey", "id": KEY, "owner": ISSUER, "publicKeyPem": OWN.pem}
            ),
            LIST: pages.get(
                "revoked", {"@context": CONTEXT, "type": "RevocationList", "id": LIST, "issuer": ISSUER, "revokedAssertions": []}
            ),
        }
    )


def test_a_good_one() -> None:
    asked = site()
    report = look(assertion(), asked, ADDRESS)
    assert report.standing == "good"
    assert report.findings == (
        Finding("is_v2_hosted"),
        Finding("dates_ok", "2026-10-01T08:00:00+00:00"),
        Finding("recipient_ok"),
        Finding("issuer_ok", ISSUER),
        Finding("hosted_ok", ASSERTION),
        Finding("status_ok"),
    )
    assert asked.asked == [ASSERTION, KIND, ISSUER]
    badge = report.badge
    assert badge is not None
    assert (badge.version, badge.name, badge.issuer_name, badge.criteria) == ("2.0", "Talker", "The House", "Give a talk.")
    assert badge.evidence == (Evidence(url=f"{SITE}/deeds/1"), Evidence(text="A talk."))


def test_of_what_is_handed_in_only_its_address_is_used() -> None:
    eve = {"type": "email", "hashed": False, "identity": "eve@people.example"}
    forged = assertion(recipient=eve, badge="https://evil.example/doctor", issuedOn="2020-01-01T00:00:00Z")
    report = look(forged, site(), "eve@people.example")
    assert (report.standing, faults(report)) == ("false", ["recipient_other"])
    assert report.badge is not None
    assert report.badge.name == "Talker"


def test_that_what_was_handed_in_differs_is_told_aloud_and_of_no_address() -> None:
    for other in ({"badge": f"{SITE}/badges/doctor"}, {"issuedOn": "2020-01-01T00:00:00Z"}, {"evidence": None}):
        report = look(assertion(**other), site(), ADDRESS)
        assert (report.standing, faults(report)) == ("good", ["posted_differs"])
    assert "posted_differs" not in codes(look({"id": ASSERTION, "type": "Assertion"} | assertion(), site()))
    assert faults(look(ASSERTION, site())) == []


def test_of_a_holder_without_an_e_mail_address_nothing_is_compared() -> None:
    named = {"type": "id", "hashed": False, "identity": "https://people.example/ada"}
    held = site(assertion=assertion(recipient=named))
    asked, unasked = look(ASSERTION, held, ADDRESS), look(ASSERTION, held)
    assert (asked.standing, faults(asked)) == ("good", ["recipient_unlike"])
    assert (unasked.standing, faults(unasked), "recipient_none" in codes(unasked, "info")) == ("good", [], True)


def test_an_address_that_answers_another_badge() -> None:
    report = look(assertion(), site(assertion=assertion(id=f"{SITE}/assertions/2")))
    assert (report.standing, faults(report)) == ("false", ["hosted_other"])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            gone(
                ASSERTION,
                {"@context": CONTEXT, "type": "Assertion", "id": ASSERTION, "revoked": True, "revocationReason": "Sold"},
            ),
            "Sold",
        ),
        (gone(ASSERTION), ""),
        (gone(ASSERTION, {"revocationReason": 7}), "7"),
        (assertion(revoked=True, revocationReason="Sold"), "Sold"),
    ],
)
def test_taken_back(answer: object, reason: str) -> None:
    report = look(assertion(), site(assertion=answer))
    assert (report.standing, [one for one in report.findings if one.level == "wrong"]) == (
        "revoked",
        [Finding("revoked", reason)],
    )
    assert report.badge is not None
    assert report.badge.name == "Talker"


def test_the_address_alone_is_enough() -> None:
    assert look(ASSERTION, site(), ADDRESS).standing == "good"
    taken_back = look(ASSERTION, site(assertion=gone(ASSERTION, {"revoked": True, "revocationReason": "Sold"})))
    assert (taken_back.standing, taken_back.findings[-1]) == ("revoked", Finding("revoked", "Sold"))


@pytest.mark.parametrize(
    ("page", "answer", "expected"),
    [
        ("assertion", Unreachable("slow", ASSERTION), ["fetch_slow", "badge_unreachable"]),
        ("assertion", Answer(ASSERTION, 404, "text/html", b""), ["fetch_status", "badge_unreachable"]),
        ("assertion", b"<html>", ["fetch_content", "badge_unreachable"]),
        ("assertion", Answer("https://evil.example/a", 200, "", b"{}"), ["moved_elsewhere", "badge_unreachable"]),
        ("assertion", Answer("https://evil.example/a", 410, "", b"{}"), ["fetch_status", "badge_unreachable"]),
        ("kind", Unreachable("private", KIND), ["fetch_private", "class_unreachable"]),
        ("kind", Answer("https://evil.example/a", 200, "", b"{}"), ["moved_elsewhere", "class_unreachable"]),
        ("issuer", Unreachable("certificate", ISSUER), ["fetch_certificate", "issuer_unreachable"]),
        ("issuer", Answer(ISSUER, 500, "", b""), ["fetch_status", "issuer_unreachable"]),
    ],
)
def test_without_the_issuers_word_nothing_is_said_against_it(page: str, answer: object, expected: list[str]) -> None:
    report = look(assertion(), site(**{page: answer}))
    assert (report.standing, faults(report)) == ("unsure", expected)


@pytest.mark.parametrize(
    ("page", "answer", "expected"),
    [
        ("assertion", assertion(type="Award"), ["field_wrong"]),
        ("assertion", assertion(badge=None), ["field_missing", "class_broken"]),
        ("assertion", assertion(badge={"type": "BadgeClass", "name": "Talker"}), ["class_broken"]),
        ("assertion", assertion(verification={"type": "SignedBadge"}), ["field_wrong"]),
        ("assertion", assertion(verification=None), ["field_wrong"]),
        ("assertion", assertion(expires="2026-09-30T08:00:00Z"), ["dates_reversed"]),
        ("kind", kind(id=f"{SITE}/badges/other"), ["class_other"]),
        ("kind", kind(type="Issuer"), ["class_broken"]),
        ("kind", kind(name=""), ["field_missing"]),
        ("kind", kind(criteria=None), ["field_missing"]),
        ("kind", kind(issuer="urn:uuid:2d391246-6e0d-4dab-906c-b29770bd7aa6"), ["issuer_broken"]),
        ("issuer", issuer(id=f"{SITE}/issuers/2"), ["issuer_other"]),
        ("issuer", issuer(type="Criteria"), ["issuer_broken"]),
        ("issuer", issuer(name=None), ["field_missing"]),
    ],
)
def test_what_is_not_in_order(page: str, answer: object, expected: list[str]) -> None:
    report = look(assertion(), site(**{page: answer}))
    assert (report.standing, faults(report)) == ("false", expected)


@pytest.mark.parametrize(
    ("changes", "standing", "code"),
    [
        ({"expires": "2026-11-21T12:00:00Z"}, "expired", "expired"),
        ({"issuedOn": "2027-01-01T00:00:00Z"}, "not_yet", "not_yet"),
        ({"issuedOn": "2026-10-01"}, "unsure", "date_broken"),
        ({"issuedOn": 1790841600}, "unsure", "date_broken"),
    ],
)
def test_its_time(changes: JSON, standing: str, code: str) -> None:
    report = look(ASSERTION, site(assertion=assertion(**changes)))
    assert (report.standing, faults(report)) == (standing, [code])


EVIL = "https://evil.example"


def test_a_badge_hosted_elsewhere_in_the_issuers_name() -> None:
    """Anybody can host an assertion of somebody else's badge, or a class that names somebody else as its issuer."""
    forged = assertion(id=f"{EVIL}/1")
    web = site()
    web.pages[f"{EVIL}/1"] = forged
    assert faults(look(forged, web)) == ["issuer_origin"]
    both = assertion(id=f"{EVIL}/1", badge=f"{EVIL}/kind")
    web.pages |= {f"{EVIL}/1": both, f"{EVIL}/kind": kind(id=f"{EVIL}/kind")}
    assert faults(look(both, web)) == ["class_origin"]
    web.pages[f"{EVIL}/issuer"] = issuer()
    web.pages[f"{EVIL}/kind"] = kind(id=f"{EVIL}/kind", issuer=f"{EVIL}/issuer")
    assert faults(look(both, web)) == ["issuer_other"]


@pytest.mark.parametrize(
    ("rules", "url", "allowed"),
    [
        (None, ASSERTION, True),
        (None, "https://issuer.example:8443/1", False),
        (None, "https://sub.issuer.example/1", False),
        ({"allowedOrigins": "badges.example"}, "https://badges.example/1", True),
        ({"allowedOrigins": ["other.example", "badges.example:8443"]}, "https://badges.example:8443/1", True),
        ({"allowedOrigins": ["https://badges.example"]}, "https://badges.example/1", True),
        ({"allowedOrigins": ["badges.example"]}, ASSERTION, False),
        ({"allowedOrigins": ["badges.example"]}, "https://badges.example.evil.example/1", False),
        ({"startsWith": f"{SITE}/assertions/"}, ASSERTION, True),
        ({"startsWith": [f"{SITE}/other/", f"{SITE}/assertions/"]}, ASSERTION, True),
        ({"startsWith": f"{SITE}/other/"}, ASSERTION, False),
        ({"startsWith": "https://issuer.example"}, "https://issuer.example.evil.example/1", False),
        ({"startsWith": "https://badges.example/", "allowedOrigins": ["badges.example"]}, "https://badges.example/1", True),
        ({"startsWith": "https://badges.example/"}, "https://badges.example/1", False),
    ],
)
def test_where_an_issuer_lets_its_badges_be(rules: JSON | None, url: str, allowed: bool) -> None:
    hosted = assertion(id=url)
    web = site(issuer=issuer(verification=rules))
    web.pages[url] = hosted
    report = look(hosted, web)
    assert (report.standing, faults(report)) == (("good", []) if allowed else ("false", ["issuer_origin"]))


@pytest.mark.parametrize("fragment", ["", "#top"])
@pytest.mark.parametrize("what", ["assertion", "class"])
def test_what_came_without_tls_is_not_the_word_of_an_issuer_with_tls(what: str, fragment: str) -> None:
    """Whoever sits on the way could name an address without it and answer there. That it leads on to TLS is fine."""
    url = f"http://issuer.example/1{fragment}"
    handed = assertion(id=url) if what == "assertion" else assertion(badge=url)
    answer = handed if what == "assertion" else kind(id=url)
    web = site(assertion=handed)
    web.pages["http://issuer.example/1"] = answer
    plain = look(handed, web)
    assert (plain.standing, faults(plain)) == ("unsure", ["issuer_plain"])
    web.pages["http://issuer.example/1"] = Answer(
        "https://issuer.example/1", 200, "application/json", json.dumps(answer).encode()
    )
    assert look(handed, web).standing == "good"


def test_an_issuer_without_tls_may_have_its_badges_there() -> None:
    home = "http://issuer.example"
    web = Web({f"{home}/1": assertion(id=f"{home}/1", badge=f"{home}/kind"), f"{home}/issuer": issuer(id=f"{home}/issuer"),
               f"{home}/kind": kind(id=f"{home}/kind", issuer=f"{home}/issuer")})  # fmt: skip
    report = look(assertion(id=f"{home}/1"), web)
    assert (report.standing, report.findings[-1]) == ("good", Finding("plain_http", "issuer.example"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, "revoked"), (1, "revoked"), ("true", "false"), ({}, "false"), (False, "good"), (None, "good")],
)
def test_whether_it_was_taken_back_is_said_in_words_that_mean_one_thing(value: object, expected: str) -> None:
    assert look(assertion(), site(assertion=assertion() | {"revoked": value})).standing == expected


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (assertion(**{"@context": "https://w3id.org/openbadges/invalid"}), "context_wrong"),
        (assertion(type="OtherAssertion"), "not_a_badge"),
        (kind(), "not_a_badge"),
        (issuer(), "not_a_badge"),
        (assertion(id="urn:uuid:1"), "field_missing"),
    ],
)
def test_what_is_no_assertion(given: JSON, code: str) -> None:
    report = look(given, site())
    assert (report.standing, faults(report)) == ("false", [code])


def test_the_first_edition_is_read_alike() -> None:
    first = assertion(
        **{"@context": "https://w3id.org/openbadges/v1", "verification": None, "verify": {"type": "hosted", "url": ASSERTION}}
    )
    assert look(first, site(assertion=first), ADDRESS).standing == "good"
