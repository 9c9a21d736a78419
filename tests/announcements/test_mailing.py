"""Mails: to those who want them, once, bundled, tried again where that is safe and not where it is not."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.headerregistry import Address
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.announcements import gathering, jobs, mailing
from recognition.announcements.channels.faults import Refused
from recognition.announcements.channels.mail import Letter, compose
from recognition.announcements.models import Delivery, Notice
from recognition.announcements.queries import shown
from recognition.announcements.services import tell
from recognition.announcements.wishes import member_of, off_token
from recognition.clock import as_of
from recognition.config import MailServer
from recognition.identity.models import Account, Member
from recognition.identity.queries import DEMO_ISSUER
from tests.factories.announcements import TOLD, make_message, tell_some
from tests.factories.identity import make_member
from tests.servers.mail import Mailbox
from tests.servers.site import free_port

LATER = TOLD + timedelta(minutes=5)


@pytest.fixture
def post(app: Flask, mailbox: Mailbox) -> Iterator[Mailbox]:
    """The program, with this server for its mails."""
    yield from connected(app, mailbox.port, mailbox)


def connected(app: Flask, port: int, box: Any) -> Iterator[Any]:
    settings = app.extensions["settings"]
    server = MailServer("127.0.0.1", port, False, "", "", "hall@badges.example.org")
    object.__setattr__(settings, "mail", server)
    yield box
    object.__setattr__(settings, "mail", None)


def reader(db: Any, handle: str = "ada", email: str | None = None, verified: bool = True, **changes: Any) -> Member:
    member = make_member(handle, **changes)
    db.session.add(Account(member_id=member.id, issuer="https://sso.example.org", subject=handle, created_at=TOLD,
                           email=email or f"{handle}@mail.example", email_verified=verified))  # fmt: skip
    db.session.commit()
    return member


def run(at: datetime = LATER) -> None:
    with as_of(at):
        jobs.send()


def states(db: Any) -> list[tuple[str, int]]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(sa.select(Delivery.state, Delivery.attempts).order_by(Delivery.notice_id))]


def test_one_mail_holds_what_came_within_some_minutes(db: Any, post: Mailbox) -> None:
    ada, bea = reader(db), reader(db, "bea")
    tell_some(ada.id, 3)
    tell_some(bea.id, 1)
    db.session.commit()
    run()
    assert sorted(post.to) == ["ada@mail.example", "bea@mail.example"]
    by_name = {str(mail["To"]): place for place, mail in enumerate(post.mails)}
    mine, theirs = by_name["ada@mail.example"], by_name["bea@mail.example"]
    assert re.findall(r"A pin for you: (.*)\.", post.words(mine)) == ["Pin 1", "Pin 2", "Pin 3"]
    assert post.mails[mine]["Subject"] == "3 notices for you"
    assert post.mails[theirs]["Subject"] == "A pin for you: Pin 1."
    assert states(db) == [("sent", 1)] * 4
    assert set(db.session.scalars(sa.select(Notice.mailed_at))) == {LATER}
    assert post.lines == 1
    run(LATER + timedelta(hours=1))
    assert len(post.mails) == 2


def test_a_mail_in_full(db: Any, post: Mailbox) -> None:
    ada = reader(db)
    tell_some(ada.id, 1)
    db.session.commit()
    run()
    mail, notice_id = post.mails[0], db.session.scalar(sa.select(Notice.id))
    off = f"http://localhost/mail/off/{off_token(ada.id)}"
    assert post.words().replace("\r\n", "\n").strip().split("\n") == [
        "Hello Ada,", "", "A pin for you: Pin 1.", f"http://localhost/me/notices/{shown(notice_id)}", "",
        "None of this waits for an answer.", "", "-- ",
        "You get this because you take mails from Recognition, http://localhost.",
        "No more mails, in one press and without signing in:", off,
    ]  # fmt: skip
    assert mail["List-Unsubscribe"] == f"<{off}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"].addresses == (Address("Recognition", "hall", "badges.example.org"),)
    assert mail["Date"].datetime == LATER
    assert re.fullmatch(r"<[\w-]{22}@badges\.example\.org>", mail["Message-ID"])
    html = post.words(0, "html")
    assert f'href="{off}"' in html
    assert f'href="http://localhost/me/notices/{shown(notice_id)}"' in html


def test_a_notice_waits_for_others_to_come(db: Any, post: Mailbox) -> None:
    tell_some(reader(db).id, 1)
    db.session.commit()
    early = LATER - timedelta(seconds=1)
    run(early)
    with as_of(early):
        assert (post.mails, states(db), jobs.waits()) == ([], [], False)
    with as_of(LATER):
        assert jobs.waits() is True
    run()
    assert len(post.mails) == 1
    with as_of(LATER):
        assert jobs.waits() is False


@pytest.mark.parametrize(
    ("account", "member"),
    [
        ({}, {"takes_mail": False}),
        ({}, {"state": "suspended"}),
        ({"verified": False}, {}),
    ],
)
def test_who_gets_none(db: Any, post: Mailbox, account: dict[str, Any], member: dict[str, Any]) -> None:
    tell_some(reader(db, **account, **member).id, 2)
    tell_some(make_member("nologin").id, 2)
    db.session.commit()
    run()
    assert (post.mails, states(db)) == ([], [])
    db.session.execute(sa.update(Member).values(takes_mail=True, state="active"))
    db.session.execute(sa.update(Account).values(email_verified=True))
    db.session.commit()
    run(LATER + timedelta(minutes=5))
    assert post.mails == []


def test_who_changes_their_mind_before_it_goes_gets_none(db: Any, post: Mailbox) -> None:
    ada = reader(db)
    tell_some(ada.id, 1)
    db.session.commit()
    gathering.gather(LATER)
    ada.takes_mail = False
    db.session.commit()
    run()
    assert (post.mails, states(db)) == ([], [("dropped", 1)])


def test_what_was_read_or_is_old_is_not_mailed(db: Any, post: Mailbox) -> None:
    ada = reader(db)
    tell_some(ada.id, 1, now=TOLD - timedelta(days=2))
    tell_some(ada.id, 2)
    db.session.execute(
        sa.update(Notice).where(Notice.id == db.session.scalar(sa.select(sa.func.max(Notice.id)))).values(read_at=TOLD)
    )
    db.session.commit()
    run()
    assert [mail["Subject"] for mail in post.mails] == ["A pin for you: Pin 1."]
    assert states(db) == [("sent", 1)]


def test_the_newest_verified_address_is_used(db: Any, post: Mailbox) -> None:
    ada = reader(db, email="old@mail.example")
    for subject, email, verified in (("b", "new@mail.example", True), ("c", "unproven@mail.example", False), ("d", None, True)):
        db.session.add(
            Account(member_id=ada.id, issuer="i", subject=subject, created_at=TOLD, email=email, email_verified=verified)
        )
    tell_some(ada.id, 1)
    db.session.commit()
    run()
    assert post.to == ["new@mail.example"]


def test_nobody_of_the_demo_has_a_mailbox(db: Any, post: Mailbox) -> None:
    """Their addresses are made up; another login of the same person counts as it does elsewhere."""
    ada, bea = reader(db), make_member("bea")
    for member in (ada, bea):
        made_up = f"{member.handle}@hall.example"
        db.session.add(Account(member_id=member.id, issuer=DEMO_ISSUER, subject=member.handle, created_at=TOLD, email=made_up,
                               email_verified=True))  # fmt: skip
        tell_some(member.id, 1)
    db.session.commit()
    run()
    assert post.to == ["ada@mail.example"]


def test_without_a_server_nothing_is_done(db: Any, app: Flask) -> None:
    tell_some(reader(db).id, 1)
    db.session.commit()
    run()
    with as_of(LATER):
        assert jobs.waits() is False
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 0


def test_a_server_that_is_away_is_asked_again_later_and_less_often(db: Any, app: Flask) -> None:
    tell_some(reader(db).id, 1)
    tell_some(reader(db, "bea").id, 1)
    db.session.commit()
    for _box in connected(app, free_port(), None):
        run()
        assert sorted(states(db)) == [("waiting", 0), ("waiting", 1)]
        now, tries = LATER, 1
        while "waiting" in {state for state, _attempts in states(db)}:
            now += timedelta(hours=8)
            tries += 1
            run(now)
            run(now)
    assert states(db) == [("refused", 6), ("refused", 6)]
    assert set(db.session.scalars(sa.select(Delivery.error))) == {"the mail server could not be reached (ConnectionRefusedError)"}
    assert tries == 7


def test_a_server_that_comes_back_gets_the_mail_once(db: Any, post: Mailbox) -> None:
    tell_some(reader(db).id, 1)
    db.session.commit()
    post.rcpt = "451 later, please"
    run()
    assert states(db) == [("waiting", 1)]
    post.rcpt = ""
    run(LATER + timedelta(seconds=59))
    assert post.mails == []
    run(LATER + timedelta(seconds=60))
    run(LATER + timedelta(hours=60))
    assert (len(post.mails), states(db)) == (1, [("sent", 2)])


@pytest.mark.parametrize(
    ("answers", "state", "error"),
    [
        ({"rcpt": "550 ada@mail.example unknown"}, "refused", "the mail server answered 550"),
        ({"data": "554 no"}, "refused", "the mail server answered 554"),
        ({"data": "452 full"}, "waiting", "the mail server answered 452"),
    ],
)
def test_what_the_server_says_decides(db: Any, post: Mailbox, answers: dict[str, str], state: str, error: str) -> None:
    tell_some(reader(db).id, 1)
    tell_some(reader(db, "bea").id, 1)
    db.session.commit()
    vars(post).update(answers)
    run()
    assert states(db) == [(state, 1)] * 2
    assert set(db.session.scalars(sa.select(Delivery.error))) == {error}


def test_what_may_have_arrived_is_not_sent_again(db: Any, post: Mailbox) -> None:
    tell_some(reader(db).id, 1)
    db.session.commit()
    post.hang_up = True
    run()
    post.hang_up = False
    run(LATER + timedelta(days=1))
    assert (len(post.mails), states(db)) == (1, [("unsure", 1)])


@pytest.mark.parametrize("taken", [False, True])
def test_a_killed_worker_sends_nothing_twice(db: Any, post: Mailbox, monkeypatch: pytest.MonkeyPatch, taken: bool) -> None:
    """Killed right before or right after the server took it: the next worker cannot tell, so it keeps its hands off."""
    tell_some(reader(db).id, 1)
    db.session.commit()
    real = jobs.Post.send

    def killed(self: Any, letter: Letter) -> None:
        if taken:
            real(self, letter)
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs.Post, "send", killed)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.setattr(jobs.Post, "send", real)
    run(LATER + timedelta(minutes=1))
    assert states(db) == [("sending", 1)]
    run(LATER + mailing.LEASE)
    assert (len(post.mails), states(db)) == (int(taken), [("unsure", 1)])


def test_killed_between_the_claim_and_the_mail_loses_nothing(db: Any, post: Mailbox) -> None:
    tell_some(reader(db).id, 2)
    db.session.commit()
    gathering.gather(LATER)
    gathering.gather(LATER)
    db.session.commit()
    assert states(db) == [("waiting", 0)] * 2
    run(LATER + timedelta(hours=1))
    assert (len(post.mails), states(db)) == (1, [("sent", 1)] * 2)


def test_two_workers_share_the_mails(db: Any, post: Mailbox) -> None:
    tell_some(reader(db).id, 1)
    gathering.gather(LATER)
    db.session.commit()
    mail = mailing.due(LATER, 9)[0]
    assert mailing.begin(mail, LATER) is not None
    db.session.commit()
    assert (mailing.begin(mail, LATER), mailing.due(LATER, 9)) == (None, [])


def test_one_that_cannot_be_written_stops_no_other(db: Any, post: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bea, odd = reader(db), reader(db, "bea"), reader(db, "odd", email="odd name@mail.example")
    for member in (ada, bea, odd):
        tell_some(member.id, 1)
    db.session.commit()
    real = jobs.letter

    def stumbles(key: str, to: str, *rest: Any) -> Letter:
        if to == "ada@mail.example":
            raise KeyError("no word for it")
        return real(key, to, *rest)

    monkeypatch.setattr(jobs, "letter", stumbles)
    run()
    assert post.to == ["bea@mail.example"]
    assert states(db) == [("refused", 0), ("sent", 1), ("refused", 1)]


def test_a_long_list_is_cut_and_says_so(db: Any, post: Mailbox) -> None:
    tell_some(reader(db).id, 23, now=TOLD)
    db.session.commit()
    run()
    assert len(re.findall("A pin for you", post.words())) == 20
    assert "And 3 more on your page of notices:" in post.words()
    assert states(db) == [("sent", 1)] * 23


def test_no_header_is_made_of_what_people_wrote(db: Any, post: Mailbox) -> None:
    ada = reader(db, name="Ada\r\nBcc: all@mail.example")
    bad = "Pin\r\nBcc: x@evil.example\r\n\r\nBuy!\nX: y"
    tell([make_message(ada.id, data={"badge": bad})], TOLD)
    db.session.commit()
    run()
    assert post.to == ["ada@mail.example"]
    mail = post.mails[0]
    assert (mail["Bcc"], mail["X"], mail["Subject"]) == (None, None, "A pin for you: Pin Bcc: x@evil.example Buy! X: y.")


@pytest.mark.parametrize("to", ["a@b\r\nBcc: c@d", "a@b, c@d", "", "nobody", "a b@c", "ü@mail.example", "<a@b>"])
def test_an_address_that_is_none_is_refused(to: str) -> None:
    with pytest.raises(Refused):
        compose(Letter("k", TOLD, to, "s", "t", "<p>t</p>", "http://localhost/x"), "hall@badges.example.org")


def test_html_in_words_is_text(db: Any, post: Mailbox) -> None:
    ada = reader(db, name="<b>Ada</b>")
    tell_some(ada.id, 1, data={"badge": "<script>x</script> & co"})
    db.session.commit()
    run()
    html = post.words(0, "html")
    assert ("<script>" in html, "<b>Ada" in html) == (False, False)
    assert "&lt;script&gt;x&lt;/script&gt; &amp; co" in html
    assert "<script>x</script> & co" in post.words()


def test_the_way_out_works_without_signing_in(db: Any, client: FlaskClient, app: Flask) -> None:
    ada, bea = reader(db), reader(db, "bea")
    path = f"/mail/off/{off_token(ada.id)}"
    page = client.get(path)
    assert page.status_code == 200
    assert f'action="{path}"' in page.text
    assert "Set-Cookie" not in page.headers
    assert db.session.get_one(Member, ada.id, populate_existing=True).takes_mail is True
    for _time in range(2):
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, "Done." in answer.text) == (200, True)
    assert db.session.get_one(Member, ada.id, populate_existing=True).takes_mail is False
    assert db.session.get_one(Member, bea.id, populate_existing=True).takes_mail is True


def test_the_way_out_of_an_old_mail_is_meant_for_the_row_that_one_was_joined_to(db: Any, client: FlaskClient) -> None:
    ada = reader(db)
    old = reader(db, "old", state="suspended", merged_into_id=ada.id)
    assert client.post(f"/mail/off/{off_token(old.id)}").status_code == 200
    assert db.session.get_one(Member, ada.id, populate_existing=True).takes_mail is False


def test_the_way_out_cannot_be_guessed(db: Any, client: FlaskClient) -> None:
    ada = reader(db)
    token = off_token(ada.id)
    other = off_token(ada.id + 1)
    forged = other.split(".")[0] + "." + token.split(".")[1]
    for bad in (str(ada.id), token[:-2], token + "x", forged, "x", f"{ada.id}.abc"):
        assert member_of(bad) is None
        assert (client.get(f"/mail/off/{bad}").status_code, client.post(f"/mail/off/{bad}").status_code) == (404, 404)
    db.session.rollback()
    assert db.session.get_one(Member, ada.id).takes_mail is True


def test_statements_do_not_grow_with_the_members(db: Any, post: Mailbox, count_queries: Callable[[], Any]) -> None:
    seen_by_number = []
    for start, number in ((0, 2), (2, 20)):
        for place in range(start, start + number):
            tell_some(reader(db, f"m{place}").id, 2)
        db.session.commit()
        with count_queries() as seen:
            gathering.gather(LATER)
        seen_by_number.append(len(seen))
        db.session.commit()
    assert seen_by_number == [8, 8]
