"""From findings to a standing; and no finding that nobody tells, or that no test has seen."""

from itertools import permutations
from pathlib import Path

import pytest

from recognition.badges.portable.findings import SENTENCES
from recognition.openbadges.checking import json_text, members
from recognition.openbadges.checking.dates import moment
from recognition.openbadges.checking.issuers import document_url
from recognition.openbadges.checking.report import CODES, Finding, standing


def of(*codes: str) -> str:
    found = {standing([Finding(code) for code in order]) for order in permutations(codes)}
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((), "unsure"),
        (("dates_ok", "issuer_ok"), "unsure"),
        (("signature_ok",), "good"),
        (("hosted_ok", "recipient_unasked"), "good"),
        (("signature_ok", "endorsement_false"), "good"),
        (("signature_ok", "status_unreachable"), "unsure"),
        (("signature_ok", "expired"), "expired"),
        (("signature_ok", "not_yet"), "not_yet"),
        (("signature_ok", "expired", "status_unreachable"), "expired"),
        (("signature_ok", "expired", "revoked"), "revoked"),
        (("signature_ok", "suspended"), "revoked"),
        (("revoked",), "revoked"),
        (("expired",), "unsure"),
        (("not_yet", "fetch_name"), "unsure"),
        (("signature_ok", "revoked", "recipient_other"), "false"),
        (("signature_bad", "fetch_name", "expired"), "false"),
    ],
)
def test_the_worst_counts(codes: tuple[str, ...], expected: str) -> None:
    assert of(*codes) == expected


def test_every_finding_has_its_sentence() -> None:
    assert set(SENTENCES) == set(CODES)
    assert [code for code, text in SENTENCES.items() if not str(text).endswith(".")] == []
    assert len({str(text) for text in SENTENCES.values()}) == len(SENTENCES)


def test_every_finding_is_made_by_some_test() -> None:
    here = Path(__file__).parent
    seen = "".join(path.read_text(encoding="utf-8") for path in here.glob("test_*.py") if path.name != "test_report.py")
    words = "name connection certificate slow large redirects garbled address credentials port"
    reasons = {f"fetch_{word}" for word in words.split()}
    assert sorted(code for code in CODES if f'"{code}"' not in seen and f"({code})" not in seen and code not in reasons) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T12:00:00Z", "2026-11-21T12:00:00+00:00"),
        ("2026-11-21t12:00:00z", "2026-11-21T12:00:00+00:00"),
        ("2026-11-21T12:00Z", "2026-11-21T12:00:00+00:00"),
        ("2026-11-21 12:00:00.123456+02:00", "2026-11-21T10:00:00.123456+00:00"),
        ("2026-11-21T12:00:00", None),
        ("2026-11-21", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("2026-02-30T12:00:00Z", None),
        ("２026-11-21T12:00:00Z", None),
        ("", None),
        (1790841600, None),
        (None, None),
    ],
)
def test_moments(text: object, expected: str | None) -> None:
    found = moment(text)
    assert (found.isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("issuer", "url"),
    [
        ("did:web:a.example", "https://a.example/.well-known/did.json"),
        ("did:web:a.example%3A8443", "https://a.example:8443/.well-known/did.json"),
        ("did:web:localhost%3a80:x:y", "https://localhost:80/x/y/did.json"),
        ("did:web:a.example:users:%C3%A4", "https://a.example/users/ä/did.json"),
        ("https://a.example/issuer", "https://a.example/issuer"),
        ("did:web:a.example:..:secret", None),
        ("did:web:a.example:%2e%2e:secret", None),
        ("did:web:a.example:x%2Fy", None),
        ("did:web:a.example:x%3Fy", None),
        ("did:web:a.example:", None),
        ("did:web:a.example/x", None),
        ("did:web:user@a.example", None),
        ("did:web:", None),
        ("did:key:z6Mk", None),
        ("urn:uuid:1", None),
    ],
)
def test_where_an_issuers_document_is(issuer: str, url: str | None) -> None:
    assert document_url(issuer) == url


def test_what_a_page_shows_is_cut_and_cleaned() -> None:
    assert members.shown("  a\u202eb\x07c\ud800 ") == "abc"
    assert members.shown("x" * 5000, 10) == "x" * 9 + "…"
    assert members.shown(7) == members.shown(None) == ""
    assert [members.link(one) for one in ("javascript:alert(1)", "https://a.example/x", "https://a.example/\u202e", 7)] == [
        "", "https://a.example/x", "", "",
    ]  # fmt: skip
    assert members.detail("a\u202eb\x1b[2J") == "ab[2J"
    assert members.detail("a\nb" + "c" * 500) == ("a b" + "c" * 500)[:300]


def test_depth_is_counted_outside_of_texts_alone() -> None:
    assert json_text.parsed('{"a": "' + "[" * 1000 + '"}') == {"a": "[" * 1000}
    assert json_text.parsed("[" * 40 + "]" * 40) != []
