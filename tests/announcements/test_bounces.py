"""Mails that come back: what a mail server says is believed for our own letters only, and stops mail to that address alone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.announcements import bounces, jobs
from recognition.announcements.models import Notice, StoppedAddress
from recognition.announcements.returned import read
from recognition.announcements.wishes import off_token, return_token, returned_by
from recognition.clock import as_of
from tests.announcements.test_mailing import connected, reader, states
from tests.factories.announcements import TOLD, tell_some
from tests.servers.mail import Mailbox

LATER = TOLD + timedelta(minutes=5)
HOUR = timedelta(hours=1)


@pytest.fixture
def post(app: Flask, mailbox: Mailbox) -> Iterator[Mailbox]:
    yield from connected(app, mailbox.port, mailbox)


def dsn(letter: bytes, status: str = "5.1.1", action: str = "failed", whole: bool = True) -> bytes:
    """As Postfix and others say it (RFC 3464)."""
    status_block = (
        "Reporting-MTA: dns; mx.example\r\nArrival-Date: Sun, 22 Nov 2026 10:00:00 +0000\r\n\r\n"
        f"Final-Recipient: rfc822; somebody@mail.example\r\nAction: {action}\r\nStatus: {status} (it said so)\r\n"
        "Diagnostic-Code: smtp; 550 no such person\r\n"
    )
    returned = letter if whole else letter.split(b"\r\n\r\n")[0] + b"\r\n"
    kind = b"message/rfc822" if whole else b"text/rfc822-headers"
    parts = [
        b"Content-Type: text/plain; charset=us-ascii\r\n\r\nThis is the mail system. Sorry.\r\n",
        b"Content-Type: message/delivery-status\r\n\r\n" + status_block.encode(),
        b"Content-Type: " + kind + b"\r\n\r\n" + returned,
    ]
    head = (
        b"From: MAILER-DAEMON@mx.example\r\nTo: hall@badges.example.org\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="edge"\r\n\r\n'
    )
    return head + b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"


def mail_to(post: Mailbox, member_id: int, at: datetime) -> bytes:
    tell_some(member_id, 1, now=at - timedelta(minutes=6))
    with as_of(at):
        jobs.send()
    return post.raw[-1]


def hand_in(app: Flask, content: bytes, at: datetime = LATER) -> str:
    with as_of(at):
        answer = app.test_cli_runner().invoke(args=["mail", "bounced"], input=content)
    assert answer.exit_code == 0, answer.output
    return answer.output.strip()


NOTHING = "That is no letter of ours that came back; nothing was changed."


@pytest.mark.parametrize("whole", [True, False])
def test_a_mailbox_that_is_gone_gets_no_more(db: Any, app: Flask, post: Mailbox, whole: bool) -> None:
    ada, bea = reader(db, email="Ada@Mail.example"), reader(db, "bea")
    db.session.commit()
    letter = mail_to(post, ada.id, LATER)
    assert hand_in(app, dsn(letter, whole=whole)) == "No more mails go to that address."
    db.session.rollback()
    row = db.session.scalars(sa.select(StoppedAddress)).one()
    assert (row.address, row.bounces, row.is_stopped, row.reason) == ("ada@mail.example", 1, True, "returned with 5.1.1")
    for member in (ada, bea):
        tell_some(member.id, 1, now=LATER)
    db.session.commit()
    with as_of(LATER + HOUR):
        jobs.send()
    assert post.to == ["Ada@Mail.example", "bea@mail.example"]
    assert db.session.scalar(sa.select(sa.func.count()).where(Notice.gathered_at.is_(None))) == 0
    assert bounces.works_again(ada.id) is True
    assert bounces.works_again(ada.id) is False
    db.session.commit()
    mail_to(post, ada.id, LATER + 2 * HOUR)
    assert post.to[-1] == "Ada@Mail.example"


def test_a_full_mailbox_stops_after_three_within_a_month_and_each_letter_counts_once(db: Any, app: Flask, post: Mailbox) -> None:
    ada = reader(db)
    db.session.commit()
    seen = []
    for days in (0, 40, 50, 60):
        at = LATER + timedelta(days=days)
        letter = mail_to(post, ada.id, at)
        seen += [hand_in(app, dsn(letter, "4.2.2"), at + HOUR) for _time in range(2)]
    noted, stopped = "Noted; mails still go there.", "No more mails go to that address."
    assert seen == [noted] * 6 + [stopped] * 2
    assert db.session.scalars(sa.select(StoppedAddress.bounces)).one() == 3


def test_what_is_no_returned_letter_of_ours_changes_nothing(db: Any, app: Flask, post: Mailbox) -> None:
    ada = reader(db)
    db.session.commit()
    letter = mail_to(post, ada.id, LATER)
    token = letter.split(b"Recognition-Return: ")[1].split(b"\r\n")[0]
    forged = letter.replace(token, return_token("k", "bea@mail.example", TOLD.toordinal()).encode()[:-3] + b"abc")
    unsigned = letter.replace(b"Recognition-Return", b"X-Return")
    other_purpose = letter.replace(token, off_token(ada.id).encode())
    bad = [b"", b"\xff\xfe\x00", letter, forged, dsn(forged), dsn(unsigned), dsn(other_purpose), dsn(letter, action="delayed"),
           dsn(letter, action="delivered", status="2.0.0"), dsn(letter, status="oops"), dsn(b"")]  # fmt: skip
    assert [hand_in(app, content) for content in bad] == [NOTHING] * len(bad)
    assert hand_in(app, dsn(letter), LATER + timedelta(days=15)) == NOTHING
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StoppedAddress)) == 0


def test_a_reader_the_server_does_not_know_is_not_written_to_again(db: Any, post: Mailbox) -> None:
    ada = reader(db)
    tell_some(ada.id, 1)
    db.session.commit()
    post.rcpt = "550 no such person"
    with as_of(LATER):
        jobs.send()
    post.rcpt = ""
    assert states(db) == [("refused", 1)]
    found = bounces.stopped(ada.id)
    assert found is not None
    assert (found.reason, found.is_stopped) == ("the mail server answered 550", True)
    tell_some(ada.id, 1, now=LATER)
    db.session.commit()
    with as_of(LATER + HOUR):
        jobs.send()
    assert (post.mails, states(db)) == ([], [("refused", 1)])


@pytest.mark.parametrize("answer", ["451 later, please", "452 mailbox full"])
def test_a_server_that_asks_for_patience_counts_as_none(db: Any, post: Mailbox, answer: str) -> None:
    tell_some(reader(db).id, 1)
    db.session.commit()
    post.rcpt = answer
    with as_of(LATER):
        jobs.send()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StoppedAddress)) == 0


def test_two_letters_are_two_however_often_each_comes(db: Any) -> None:
    for letter in ("a" * 22, "b" * 22, "a" * 22, "b" * 22):
        assert bounces.count("ada@mail.example", letter, for_ever=False, reason="", now=LATER) is False
    assert db.session.scalars(sa.select(StoppedAddress.bounces)).one() == 2
    assert bounces.count("ada@mail.example", "c" * 22, for_ever=False, reason="", now=LATER) is True


@pytest.mark.parametrize("answer", ["554 Relay access denied", "554 5.7.1 Relay access denied", "550 5.7.1 no relaying"])
def test_a_server_that_does_not_serve_us_says_nothing_about_its_readers(db: Any, post: Mailbox, answer: str) -> None:
    """One wrong setting would end the mails of the whole house."""
    tell_some(reader(db).id, 1)
    db.session.commit()
    post.rcpt = answer
    with as_of(LATER):
        jobs.send()
    assert states(db) == [("refused", 1)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StoppedAddress)) == 0


def test_what_a_policy_turned_back_counts_as_one_of_three(db: Any, app: Flask, post: Mailbox) -> None:
    ada = reader(db)
    db.session.commit()
    assert hand_in(app, dsn(mail_to(post, ada.id, LATER), "5.7.1")) == "Noted; mails still go there."


def test_another_address_of_theirs_is_another_matter(db: Any, app: Flask) -> None:
    ada = reader(db, email="new@mail.example")
    bounces.count("old@mail.example", "k", for_ever=True, reason="", now=LATER)
    assert bounces.stopped(ada.id) is None
    assert (bounces.is_stopped("OLD@mail.example"), bounces.is_stopped("new@mail.example")) == (True, False)


def test_a_token_says_what_was_put_in(app: Flask) -> None:
    with app.app_context():
        assert returned_by(return_token("key", "a@b.example", 740000)) == ("key", "a@b.example", 740000)
        assert [returned_by(bad) for bad in ("", "x", off_token(1), off_token(1, "news"))] == [None] * 4


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_whatever_comes_in_is_read_or_left(content: bytes) -> None:
    head = b"Content-Type: multipart/report; boundary=edge\r\n\r\n--edge\r\nContent-Type: message/delivery-status\r\n\r\n"
    for given_bytes in (content, head + content, dsn(content), dsn(content, whole=False)):
        found = read(given_bytes)
        assert found is None or found.status == "5.1.1"


def test_a_report_of_many_parts_is_read_to_an_end() -> None:
    message = EmailMessage(policy=SMTP)
    message.set_content("x")
    for _part in range(200):
        message.add_attachment("y", "plain")
    assert read(message.as_bytes()) is None
