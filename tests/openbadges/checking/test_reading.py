"""What people hand in: files, texts and addresses, of which many are no badge and some mean harm."""

import json
import struct
import zlib

import pytest

from recognition.openbadges.addresses import Forbidden
from recognition.openbadges.baking.pictures import bake
from recognition.openbadges.checking.report import Finding
from recognition.openbadges.fetching import Answer, Unreachable
from tests.openbadges.checking import test_v2 as v2
from tests.openbadges.checking.made import (
    ADDRESS,
    DID_URL,
    LIST_URL,
    Web,
    changed,
    codes,
    credential,
    faults,
    gone,
    look,
    signed,
    token,
    web,
)  # fmt: skip

GOOD = signed(credential())
TEXT = json.dumps(GOOD)
URL = "https://issuer.example/credentials/1"


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


HEAD, REST = (
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
    chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b""),
)
PNG = HEAD + REST
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect width="1" height="1"/></svg>'


def itxt(text: str, packed: bool = False, keyword: bytes = b"openbadgecredential") -> bytes:
    words = zlib.compress(text.encode()) if packed else text.encode()
    return chunk(b"iTXt", keyword + (b"\0\1\0" if packed else b"\0\0\0") + b"\0\0" + words)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "nothing"),
        (b"", "nothing"),
        ("  \n ", "nothing"),
        (b"\xef\xbb\xbf", "nothing"),
        ("hello", "not_a_badge"),
        ("<html><body>A badge</body></html>", "not_a_badge"),
        ("[]", "not_a_badge"),
        ('"text"', "not_a_badge"),
        ("1", "not_a_badge"),
        ("{}", "not_a_badge"),
        ("ftp://issuer.example/1", "not_a_badge"),
        ("www.issuer.example", "not_a_badge"),
        ("javascript:alert(1)", "not_a_badge"),
        (b"\x00\x01\x02", "not_a_badge"),
        (b"\xff\xd8\xff\xe0 JPEG", "not_text"),
        (b"GIF89a\xff", "not_text"),
        (TEXT[:-1], "json_broken"),
        (TEXT + "}", "json_broken"),
        ("{'id': 1}", "json_broken"),
        ('{"id": 1,}', "json_broken"),
        ('{"id": "\x01"}', "json_broken"),
        (TEXT[:-1] + ', "name": "Speaker"}', "json_duplicate"),
        ('{"a": {"id": 1, "id": 1}}', "json_duplicate"),
        ('{"a": NaN}', "json_number"),
        ('{"a": -Infinity}', "json_number"),
        ('{"a": 1e400}', "json_number"),
        ('{"a": ' + "9" * 5000 + "}", "json_number"),
        ('{"a": "\\ud800"}', "json_surrogate"),
        ('{"a": ["\\udfff"]}', "json_surrogate"),
        ('{"\\ud800": 1}', "json_surrogate"),
        ('{"a": "\\u0000"}', "json_surrogate"),
        ('{"a": "\ud800"}', "json_surrogate"),
        ('{"a":' * 41 + "1" + "}" * 41, "json_deep"),
        ('{"a":' + "[" * 1_000_000, "json_deep"),
        ('{"a": "' + '\\"' * 1_000_000, "json_broken"),
        ('{"a": "' + "x" * 3_000_000 + '"}', "too_large"),
        (b"x" * 9_000_000, "too_large"),
        ("e" * 3_000_000 + ".x.y", "too_large"),
    ],
)
def test_what_is_no_badge(content: bytes | str, code: str) -> None:
    site = web()
    report = look(content, site)
    assert (report.standing, faults(report), report.badge, site.asked) == ("false", [code], None, [])


def test_depth_and_sizes_of_honest_badges_are_read() -> None:
    assert look(" \ufeff" + TEXT.replace(", ", ",\n  ")).standing == "good"
    assert look(TEXT.encode("utf-8-sig")).standing == "good"
    assert look(token(credential()) + "\n").standing == "good"


@pytest.mark.parametrize("picture", [PNG, SVG])
@pytest.mark.parametrize("text", [TEXT, token(credential())])
def test_pictures_that_carry_one(picture: bytes, text: str) -> None:
    made = bake(picture, {"3.0": text})
    report = look(made, address=ADDRESS)
    assert (report.standing, faults(report), codes(report)[0]) == ("good", [], "is_picture")
    assert report.badge is not None
    assert (report.badge.name, report.badge.picture) == ("Talker", made)


def test_a_byte_of_the_badge_in_the_picture() -> None:
    made = bake(SVG, {"3.0": TEXT})
    assert faults(look(made.replace(b"Gave a talk.", b"Gave a walk."))) == ["signature_bad"]
    packed = bake(PNG, {"3.0": TEXT})
    assert faults(look(packed.replace(b"Gave a talk.", b"Gave a walk."))) == ["picture_broken"]
    assert faults(look(HEAD + itxt(TEXT.replace("Gave a talk.", "Gave a walk.")) + REST)) == ["signature_bad"]


def test_a_picture_with_both_editions() -> None:
    site = v2.site()
    site.pages |= web().pages
    made = bake(PNG, {"3.0": TEXT, "2.0": json.dumps(v2.assertion())})
    report = look(made, site, ADDRESS)
    assert (report.standing, faults(report), "picture_both" in codes(report)) == ("good", [], True)
    assert report.badge is not None
    assert report.badge.version == "3.0"
    site.pages[v2.ASSERTION] = gone(v2.ASSERTION, {"revocationReason": "Sold"})
    back = look(made, site)
    assert (back.standing, back.findings[-1]) == ("revoked", Finding("revoked", "Sold"))
    site.pages[v2.ASSERTION] = v2.assertion(id="https://issuer.example/other")
    differ = look(made, site)
    assert (differ.standing, differ.findings[-1]) == ("false", Finding("versions_differ", "false (hosted_other)"))
    for silent in (Unreachable("slow"), Answer(v2.ASSERTION, 404, "", b"")):
        site.pages[v2.ASSERTION] = silent
        alone = look(made, site)
        assert (alone.standing, faults(alone), alone.findings[-1]) == ("good", [], Finding("versions_unsure"))
    bad = bake(PNG, {"3.0": changed_text(), "2.0": json.dumps(v2.assertion())})
    assert look(bad, site).standing == "false"


def test_a_picture_with_two_badges_of_different_names_says_so() -> None:
    """Programs that read only the older one see somebody be a doctor."""
    site = v2.site(kind=v2.kind(name="Doctor"))
    site.pages |= web().pages
    report = look(bake(PNG, {"3.0": TEXT, "2.0": json.dumps(v2.assertion())}), site, ADDRESS)
    assert (report.standing, report.badge and report.badge.name) == ("good", "Talker")
    assert report.findings[-1] == Finding("versions_other", "Doctor")


def changed_text() -> str:
    return json.dumps(changed(GOOD, "name", "Speaker"))


def test_the_oldest_pictures_carry_an_address() -> None:
    legacy = HEAD + chunk(b"tEXt", b"openbadges\0" + v2.ASSERTION.encode()) + REST
    report = look(legacy, v2.site())
    assert (report.standing, "picture_legacy" in codes(report)) == ("good", True)
    assert report.badge is not None
    assert report.badge.picture == legacy


@pytest.mark.parametrize(
    ("picture", "standing", "code"),
    [
        (HEAD + itxt(TEXT) + itxt(changed_text()) + REST, "unsure", "picture_several"),
        (HEAD + itxt(TEXT, packed=True) + REST, "good", "picture_compressed"),
        (HEAD + itxt(TEXT) + REST + b"more", "good", "picture_trailing"),
        (PNG, "false", "picture_empty"),
        (SVG, "false", "picture_empty"),
        (HEAD, "false", "picture_broken"),
        (PNG[:20], "false", "picture_broken"),
        (b"<svg", "false", "not_a_badge"),
        (SVG[:-6], "false", "picture_broken"),
        (bake(SVG, {"3.0": TEXT}).replace(b"<rect", b"<script>alert(1)</script><rect"), "false", "picture_script"),
        (bake(SVG, {"3.0": TEXT}).replace(b"<rect", b'<rect onclick="alert(1)"'), "false", "picture_script"),
        (bake(SVG, {"3.0": TEXT}).replace(b"<rect", b'<image href="https://evil.example/"/><rect'), "good", "picture_foreign"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "false", "picture_entities"),
        (b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + SVG.replace(b"<rect", b"<text>&x;</text><rect"),
         "false", "picture_entities"),
    ],
)  # fmt: skip
def test_pictures_that_are_odd_or_mean_harm(picture: bytes, standing: str, code: str) -> None:
    report = look(picture)
    assert (report.standing, code in codes(report)) == (standing, True), report.findings


def test_an_address() -> None:
    site = web()
    site.pages[URL] = GOOD
    report = look(f" {URL}\n", site)
    assert (report.standing, codes(report)[0], site.asked) == ("good", "is_address", [URL, DID_URL, LIST_URL])
    site.pages[URL] = Answer(URL, 200, "image/png", bake(PNG, {"3.0": TEXT}))
    assert look(URL, site).standing == "good"
    site.pages[URL] = token(credential()).encode()
    assert look(URL, site).standing == "good"


@pytest.mark.parametrize(
    ("answer", "standing", "expected"),
    [
        (Forbidden("private", "http://127.0.0.1/"), "unsure", ["fetch_private", "badge_unreachable"]),
        (Forbidden("scheme", "file:///x"), "unsure", ["fetch_scheme", "badge_unreachable"]),
        (Forbidden("downgrade", URL), "unsure", ["fetch_downgrade", "badge_unreachable"]),
        *((Unreachable(reason, URL), "unsure", [f"fetch_{reason}", "badge_unreachable"])
          for reason in ("name", "connection", "certificate", "slow", "large", "redirects", "garbled")),
        *((Forbidden(reason, URL), "unsure", [f"fetch_{reason}", "badge_unreachable"])
          for reason in ("address", "credentials", "port")),
        (Answer(URL, 404, "text/html", b"no"), "unsure", ["fetch_status", "badge_unreachable"]),
        (Answer(URL, 410, "text/html", b"<html>"), "unsure", ["fetch_status", "badge_unreachable"]),
        (Answer(URL, 410, "text/html", b"{}"), "unsure", ["fetch_status", "badge_unreachable"]),
        (Answer(URL, 410, "application/json", b'{"revoked": true}'), "revoked", ["revoked"]),
        (b"<!doctype html><title>A badge</title>", "false", ["not_a_badge"]),
        (b"https://issuer.example/credentials/2", "false", ["not_a_badge"]),
        (b"", "false", ["nothing"]),
    ],
)  # fmt: skip
def test_addresses_without_a_badge(answer: object, standing: str, expected: list[str]) -> None:
    site = web()
    site.pages[URL] = answer
    report = look(URL, site)
    assert (report.standing, faults(report), report.badge) == (standing, expected, None)


def test_a_mistake_of_this_program_is_no_error_page(caplog: pytest.LogCaptureFixture) -> None:
    def broken(url: str, accept: str) -> Answer:
        raise ZeroDivisionError

    site = Web({})
    site.__class__ = type("Broken", (Web,), {"__call__": lambda self, url, accept: broken(url, accept)})
    report = look(GOOD, site)
    assert (report.standing, faults(report)) == ("unsure", ["stumbled"])
    assert "ZeroDivisionError" in caplog.text
