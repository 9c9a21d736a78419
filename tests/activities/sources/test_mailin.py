"""Mails as people's programs write them, and as somebody writes them who means no good."""

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from recognition.activities.sources import mailin
from recognition.activities.sources.seen import Malformed, NotForUs, TooLarge

NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
TO = "report+abc123-sig456@badges.example.org"


def mail(
    body: str, *more: str, subject: str = "Mended the map", to: str = TO, day: str = "Sat, 21 Nov 2026 10:00:00 +0100"
) -> bytes:
    head = [
        "From: Ana <ana@example.org>",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {day}",
        "Message-ID: <1@example.org>",
        *more,
    ]
    return ("\n".join(head) + "\n\n" + body).replace("\n", "\r\n").encode()


def text(body: str, *more: str) -> str:
    return mailin.read(mail(body, *more), NOW).text


def test_a_mail() -> None:
    letter = mailin.read(mail("At the #market, with Ben."), NOW)
    assert letter.text == "Mended the map\n\nAt the #market, with Ben."
    assert letter.tokens == ("abc123-sig456",)
    assert letter.sent_at == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert mailin.read(mail("other words"), NOW).name == letter.name


def test_the_address_is_found_wherever_the_server_writes_it_and_in_any_case() -> None:
    def tokens(*head: str, recipient: str = "") -> tuple[str, ...]:
        return mailin.read(mail("x", *head, to="list@example.org"), NOW, recipient).tokens

    assert tokens(recipient=TO.upper()) == ("abc123-sig456",)
    assert tokens("Delivered-To: report+ABC123-SIG456@badges.example.org") == ("abc123-sig456",)
    assert tokens("Cc: Report <report+abc123-sig456@badges.example.org>, x@example.org") == ("abc123-sig456",)
    assert tokens("Cc: " + "(" * 5000 + f", {TO}") == ("abc123-sig456",)
    for other in ("", "Cc: my-report+abc123-sig456@badges.example.org"):
        with pytest.raises(Malformed, match="not written to an address for reports"):
            tokens(*filter(None, [other]))


@pytest.mark.parametrize("head", ["Content-Type: text/plain; charset=punycode", "Message-ID: =?punycode?q?%s?="])
def test_an_encoding_that_takes_ever_longer_does_not(head: str) -> None:
    """A megabyte of it would keep a machine busy for a minute, and anybody can write to an address."""
    long = "a" * 500_000 + "-" + "a" * 500_000
    message = mail(long, head.replace("%s", long)).replace(b"Message-ID: <1@example.org>\r\n", b"")
    begun = time.process_time()
    mailin.read(message, NOW)
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("Words\n\n-- \nAna\n+1 555", "Words"),
        ("Words\n\nOn Sat, 21 Nov 2026, Ben wrote:\n> Did you?\n> Yes?\n", "Words"),
        ("> Did you?\n\nI did.\n", "I did."),
        ("Words\nAm Samstag schrieb\nBen <ben@example.org>:\n> Hallo\n", "Words\nAm Samstag schrieb\nBen <ben@example.org>:"),
        ("Words\n-----Original Message-----\nFrom: Ben\nOld words", "Words"),
        ("Words\n\n________________________________\nFrom: Ben\nOld words", "Words"),
        ("On Monday I wrote:\nthe handbook.", "On Monday I wrote:\nthe handbook."),
    ],
)
def test_what_is_quoted_and_signed_is_left_out(body: str, kept: str) -> None:
    assert text(body) == f"Mended the map\n\n{kept}"


def test_a_line_that_introduces_a_quotation_may_be_broken_in_two() -> None:
    body = "Words\n\nOn Sat, 21 Nov 2026 at 10:00, Ben Somebody\n<ben@example.org> wrote:\n\n> Did you?\n"
    assert text(body) == "Mended the map\n\nWords"


MULTI = """--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Caf=E9
--c
Content-Type: text/html

<b>no</b>
--c--
--b
Content-Type: text/plain
Content-Disposition: attachment; filename=secret.txt

not this
--b--
"""


def test_of_many_parts_the_plain_one_and_no_attachment() -> None:
    assert text(MULTI, "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b") == "Mended the map\n\nCafé"


def test_markup_alone_is_read_as_words() -> None:
    html = (
        "<html><head><style>x</style></head><p>One &amp; two</p><script>alert(1)</script>"
        "<div>three</div><blockquote><div>old</div></blockquote></html>"
    )
    assert text(html, "Content-Type: text/html; charset=utf-8") == "Mended the map\n\nOne & two\nthree"


def test_subjects_in_any_script() -> None:
    letter = mailin.read(mail("", subject="=?utf-8?B?44GT44KT44Gr44Gh44Gv?="), NOW)
    assert letter.text == "こんにちは"
    assert mailin.read(mail("x", subject="=?nonsense?Q?=FF?="), NOW).text.endswith("x")


@pytest.mark.parametrize(
    "head",
    ["Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; x=y", "Precedence: bulk", "Return-Path: <>",
     "List-Id: <x.example.org>", "X-Autoreply: yes", "Content-Type: multipart/report; boundary=x",
     "X-Failed-Recipients: a@example.org"],
)  # fmt: skip
def test_what_no_person_wrote_is_let_go(head: str) -> None:
    with pytest.raises(NotForUs):
        mailin.read(mail("Out of office", head), NOW)


def test_a_bounce_and_an_empty_mail_are_let_go() -> None:
    with pytest.raises(NotForUs):
        mailin.read(mail("x").replace(b"Ana <ana@example.org>", b"MAILER-DAEMON@example.org"), NOW)
    with pytest.raises(NotForUs):
        mailin.read(mail("", subject=""), NOW)
    assert mailin.read(mail("x", "Auto-Submitted: no"), NOW).text.endswith("x")


@pytest.mark.parametrize(
    "day", ["Sat, 21 Nov 2030 10:00:00 +0000", "Sat, 21 Nov 2020 10:00:00 +0000", "soon", "", "Sat, 99 Nov 99999 99:99:99 +9999"]
)
def test_a_day_that_cannot_be_is_today(day: str) -> None:
    assert mailin.read(mail("x", day=day), NOW).sent_at == NOW


def test_what_never_ends_is_refused() -> None:
    with pytest.raises(TooLarge):
        mailin.read(b" " * (mailin.MAX_BYTES + 1), NOW)
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(60))
    with pytest.raises(TooLarge):
        mailin.read(mail(nested), NOW)


def test_a_long_mail_is_cut() -> None:
    assert len(text("word " * 100_000)) == 20_000


@given(some.binary(max_size=200), some.integers(0, 400), some.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_whatever_comes_is_read_or_refused(noise: bytes, where: int, words: str) -> None:
    whole = (
        mail(
            MULTI,
            "MIME-Version: 1.0",
            "Content-Type: multipart/mixed; boundary=b",
            subject=words.replace("\n", " ").replace("\r", " "),
        )
        if words.isprintable()
        else mail("x")
    )
    for body in (noise, whole[:where] + noise + whole[where:]):
        with suppress(Malformed, NotForUs):
            letter = mailin.read(body, NOW, TO)
            assert letter.text
            assert len(letter.text) <= 20_000
            assert letter.sent_at <= NOW
