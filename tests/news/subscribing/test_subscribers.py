"""News by mail without an account: nothing before a yes, each piece once, one press to leave, and no word about who reads."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.announcements import bounces
from recognition.announcements.models import StoppedAddress
from recognition.clock import as_of
from recognition.news.models import Announcement, Subscriber
from recognition.news.rules import Text
from recognition.news.services import moving
from recognition.news.subscribing import jobs, services
from recognition.news.subscribing.rules import is_address
from recognition.news.subscribing.tokens import JOIN, LEAVE, meant_by, token
from tests.announcements.test_mailing import connected
from tests.factories.news import make_draft, make_out
from tests.servers.mail import Mailbox
from tests.servers.site import free_port

SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def post(app: Flask, mailbox: Mailbox) -> Iterator[Mailbox]:
    yield from connected(app, mailbox.port, mailbox)


def run(at: datetime) -> None:
    with as_of(at):
        jobs.write()


def ask(client: FlaskClient, address: str = "sam@mail.example", rhythm: str = "week", at: datetime = SUNDAY) -> Any:
    with as_of(at):
        return client.post("/news/subscribe", data={"address": address, "rhythm": rhythm})


def make_subscriber(
    db: Any, address: str = "sam@mail.example", rhythm: str = "week", at: datetime = SUNDAY, language: str = ""
) -> Subscriber:
    services.ask(address, rhythm, language, at)
    one = db.session.scalars(sa.select(Subscriber).where(Subscriber.address == address)).one()
    services.confirm(one.id, address, at)
    db.session.commit()
    db.session.refresh(one)
    return one


def test_two_mails_and_two_presses(db: Any, client: FlaskClient, post: Mailbox) -> None:
    answer = ask(client, "Sam@Mail.example")
    assert (answer.status_code, answer.location) == (303, "/news/subscribe/asked")
    make_out("Before the yes", SUNDAY + timedelta(minutes=1))
    run(SUNDAY + timedelta(minutes=2))
    run(SUNDAY + timedelta(minutes=3))
    assert (post.to, post.mails[0]["Subject"]) == (["sam@mail.example"], "Would you like news from Recognition?")
    join = re.search(r"http://localhost(/news/subscribe/\S+)", post.words())
    assert join is not None
    page = client.get(join.group(1))
    assert (page.status_code, page.headers["Cache-Control"], "Set-Cookie" in page.headers) == (200, "private, no-store", False)
    assert db.session.scalars(sa.select(Subscriber.confirmed_at)).one() is None
    with as_of(SUNDAY + timedelta(minutes=10)):
        for _time in range(2):
            assert "You are in" in client.post(join.group(1)).text
    make_out("After the yes", SUNDAY + timedelta(hours=1), body="A **big** day, [see](/campaigns/x).")
    run(MONDAY - timedelta(seconds=1))
    assert len(post.mails) == 1
    run(MONDAY)
    run(MONDAY)
    run(MONDAY + WEEK)
    assert [mail["Subject"] for mail in post.mails[1:]] == ["After the yes"]
    assert "http://localhost/news/after-the-yes" in post.words(1)
    assert 'href="http://localhost/campaigns/x"' in post.words(1, "html")
    mail = post.mails[1]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    off = mail["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    assert client.get(off).status_code == 200
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Subscriber)) == 1
    for _time in range(2):
        assert client.post(off, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Subscriber)) == 0
    assert client.post(join.group(1)).status_code == 404


def test_nobody_learns_who_reads(db: Any, client: FlaskClient, post: Mailbox) -> None:
    make_subscriber(db, "known@mail.example")
    seen = {
        (answer.status_code, answer.location, answer.text)
        for answer in (ask(client, "known@mail.example"), ask(client, "new@mail.example"))
    }
    assert len(seen) == 1
    run(SUNDAY)
    assert post.to == ["new@mail.example"]


def test_an_address_is_asked_once_a_day_and_forgotten_after_a_week(db: Any, client: FlaskClient, post: Mailbox) -> None:
    for hours in (0, 1, 23, 24, 25):
        ask(client, at=SUNDAY + timedelta(hours=hours))
        run(SUNDAY + timedelta(hours=hours))
    assert len(post.mails) == 2
    run(SUNDAY + timedelta(days=8))
    assert len(post.mails) == 2
    run(SUNDAY + timedelta(days=8, hours=1))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Subscriber)) == 0


def test_what_was_drafted_first_and_went_out_last_is_told_too(db: Any, post: Mailbox) -> None:
    make_subscriber(db)
    slow = make_draft("Drafted first", SUNDAY)
    make_out("Out first", SUNDAY + timedelta(hours=1))
    make_out("For some only", SUNDAY + timedelta(hours=1), is_public=False)
    run(MONDAY)
    moving.plan(slow.slug, MONDAY + timedelta(days=1), None)
    db.session.commit()
    assert moving.go_out(slow.id, MONDAY + timedelta(days=1))
    db.session.commit()
    run(MONDAY + WEEK)
    run(MONDAY + 2 * WEEK)
    assert [mail["Subject"] for mail in post.mails] == ["Out first", "Drafted first"]


def test_a_year_month_by_month_and_each_piece_once(db: Any, post: Mailbox) -> None:
    make_subscriber(db, rhythm="month")
    titles = []
    for days in range(0, 365, 11):
        at = MONDAY + timedelta(days=days)
        titles.append(make_out(f"Piece of day {days}", at + timedelta(hours=1)).texts[0].title)
        for hours in (2, 50, 120):
            run(at + timedelta(hours=hours))
    assert len(post.mails) == 12
    bodies = [post.words(place) for place in range(len(post.mails))]
    told = [title for title in titles if sum(f"== {title} ==" in body for body in bodies) == 1]
    assert told == titles[: len(told)]
    assert len(told) > 30


@pytest.mark.parametrize(("answer", "told"), [("451 later", 1), ("", 1)])
def test_what_surely_did_not_arrive_goes_later_as_it_was(db: Any, app: Flask, post: Mailbox, answer: str, told: int) -> None:
    make_subscriber(db)
    make_out("News", SUNDAY + timedelta(hours=1))
    post.rcpt = answer
    run(MONDAY)
    post.rcpt = ""
    run(MONDAY + timedelta(hours=2))
    run(MONDAY + timedelta(hours=4))
    assert [mail["Subject"] for mail in post.mails] == ["News"] * told


def test_a_server_that_is_away_costs_nobody_their_news(db: Any, app: Flask, mailbox: Mailbox) -> None:
    make_subscriber(db)
    make_out("News", SUNDAY + timedelta(hours=1))
    for _box in connected(app, free_port(), None):
        run(MONDAY)
    for _box in connected(app, mailbox.port, mailbox):
        run(MONDAY + timedelta(hours=2))
    assert mailbox.to == ["sam@mail.example"]


def test_what_may_have_arrived_is_not_sent_again(db: Any, post: Mailbox) -> None:
    make_subscriber(db)
    make_out("News", SUNDAY + timedelta(hours=1))
    post.hang_up = True
    run(MONDAY)
    post.hang_up = False
    run(MONDAY + WEEK)
    assert len(post.mails) == 1


WORKER = """
import sys
from pathlib import Path
from recognition import create_app
from recognition.clock import as_of
from recognition.config import MailServer
from recognition.news.subscribing import jobs
from tests.conftest import make_settings
from tests.news.subscribing.test_subscribers import MONDAY
url, port, folder = sys.argv[1:]
server = MailServer("127.0.0.1", int(port), False, "", "", "hall@badges.example.org")
app = create_app(make_settings(Path(folder), database_url=url, mail=server))
with app.app_context(), as_of(MONDAY):
    jobs.write()
"""


def test_whoever_is_killed_in_the_middle_sends_nothing_twice(
    db: Any, app: Flask, mailbox: Mailbox, database_url: str, tmp_path: Path
) -> None:
    for number in range(20):
        make_subscriber(db, f"s{number}@mail.example")
    make_out("News", SUNDAY + timedelta(hours=1))
    mailbox.seconds_a_mail = 0.02
    for _round in range(2):
        command = [sys.executable, "-c", WORKER, database_url, str(mailbox.port), str(tmp_path)]
        with subprocess.Popen(command, cwd=Path.cwd()) as worker:
            mailbox.came.clear()
            assert mailbox.came.wait(60)
            os.kill(worker.pid, signal.SIGKILL)
    mailbox.seconds_a_mail = 0.0
    for _box in connected(app, mailbox.port, mailbox):
        run(MONDAY)
        run(MONDAY + timedelta(hours=1))
        run(MONDAY + WEEK)
    assert sorted(mailbox.to) == sorted(set(mailbox.to))
    assert len(mailbox.to) >= 18
    assert set(db.session.scalars(sa.select(Subscriber.state))) == {"on"}


def test_an_address_that_is_gone_is_left_alone(db: Any, post: Mailbox) -> None:
    make_subscriber(db)
    make_out("News", SUNDAY + timedelta(hours=1))
    post.rcpt = "550 nobody"
    run(MONDAY)
    post.rcpt = ""
    assert db.session.scalars(sa.select(StoppedAddress.is_stopped)).one() is True
    assert services.count() == 0
    make_out("More", MONDAY)
    run(MONDAY + WEEK)
    assert post.mails == []


def test_nothing_of_it_is_there_without_a_mail_server(db: Any, client: FlaskClient) -> None:
    assert "This house sends no mail" in client.get("/news/subscribe").text
    assert ask(client).status_code == 404
    with as_of(MONDAY):
        assert jobs.waits() is False


@pytest.mark.parametrize(
    ("address", "rhythm"),
    [("", "week"), ("sam", "week"), ("sam@x", "week"), ("a b@mail.example", "week"), ("sam@mail.example", "day"),
     ("x@mail.example\r\nBcc: y@z.example", "week"), ("ü@mail.example", "week"), ("a" * 250 + "@b.example", "")],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field(db: Any, client: FlaskClient, post: Mailbox, address: str, rhythm: str) -> None:
    answer = ask(client, address, rhythm)
    assert (answer.status_code, 'aria-invalid="true"' in answer.text or "c-field--error" in answer.text) == (422, True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Subscriber)) == 0


def test_links_cannot_be_made_up(db: Any, client: FlaskClient) -> None:
    one = make_subscriber(db)
    join, leave = token(JOIN, one.id, one.address), token(LEAVE, one.id, one.address)
    assert (meant_by(JOIN, join), meant_by(JOIN, leave)) == ((one.id, one.address), None)
    other = token(LEAVE, one.id, "other@mail.example")
    for bad in ("x", leave[:-2], join):
        assert [client.get(f"/news/unsubscribe/{bad}").status_code, client.post(f"/news/unsubscribe/{bad}").status_code] == [
            404,
            404,
        ]
    assert client.post(f"/news/unsubscribe/{other}").status_code == 200
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Subscriber)) == 1


def test_pieces_come_in_the_nearest_language(db: Any, post: Mailbox) -> None:
    make_subscriber(db, language="pt-BR")
    make_out("x", SUNDAY + timedelta(hours=1), texts=(Text("en", "Hello", "a"), Text("pt", "Olá", "b")))
    run(MONDAY)
    assert post.mails[0]["Subject"] == "Olá"
    assert 'lang="pt"' in post.words(0, "html")


def test_addresses() -> None:
    good = ["a@b.example", "a.b+c@mail.example.org", "o'neil@mail.example"]
    assert [is_address(one) for one in good] == [True] * 3


def test_a_row_of_an_old_link_is_nobody_elses(db: Any) -> None:
    one = make_subscriber(db)
    assert services.confirm(one.id, "else@mail.example", SUNDAY) is False
    assert bounces.is_stopped(one.address) is False
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Announcement)) == 0
