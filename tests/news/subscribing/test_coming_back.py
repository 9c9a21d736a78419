"""Whoever left may come back, whoever was lost too, and nobody's mailbox is filled by others."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.announcements.models import StoppedAddress
from recognition.news.models import Subscriber
from recognition.news.subscribing.tokens import LEAVE, token
from tests.announcements.test_mailing import connected
from tests.factories.news import make_out
from tests.news.subscribing.test_subscribers import MONDAY, SUNDAY, WEEK, ask, make_subscriber, run
from tests.servers.mail import Mailbox


@pytest.fixture
def post(app: Flask, mailbox: Mailbox) -> Iterator[Mailbox]:
    yield from connected(app, mailbox.port, mailbox)


def addresses(db: Any) -> list[str]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Subscriber.address)))


def test_the_way_out_of_an_old_mail_still_leads_out(db: Any, client: FlaskClient) -> None:
    former = make_subscriber(db)
    make_subscriber(db, "else@mail.example")
    off = f"/news/unsubscribe/{token(LEAVE, former.id, former.address)}"
    client.post(off)
    make_subscriber(db)
    assert "your address is forgotten here" in client.post(off).text
    assert addresses(db) == ["else@mail.example"]


def test_an_address_that_mails_came_back_from_can_be_asked_again_after_a_month(
    db: Any, client: FlaskClient, post: Mailbox
) -> None:
    make_subscriber(db)
    make_out("News", SUNDAY + timedelta(hours=1))
    post.rcpt = "550 nobody"
    run(MONDAY)
    post.rcpt = ""
    ask(client, at=MONDAY + WEEK)
    run(MONDAY + WEEK)
    assert (post.mails, addresses(db)) == ([], ["sam@mail.example"])
    later = MONDAY + timedelta(days=35)
    run(later)
    assert addresses(db) == []
    ask(client, at=later)
    run(later)
    assert post.to == ["sam@mail.example"]
    assert db.session.scalar(sa.select(StoppedAddress.is_stopped)) is True
    one = make_subscriber(db, at=later)
    assert one.confirmed_at == later
    assert db.session.scalar(sa.select(StoppedAddress.is_stopped)) is None


def test_names_behind_a_plus_are_one_mailbox(db: Any, client: FlaskClient, post: Mailbox) -> None:
    given = ["sam+1@mail.example", "sam+2@mail.example", "sam@mail.example", "sam+1@other.example", "samuel@mail.example"]
    for address in given:
        assert ask(client, address).status_code == 303
    run(SUNDAY)
    assert sorted(post.to) == ["sam+1@mail.example", "sam+1@other.example", "samuel@mail.example"]
    ask(client, "sam+2@mail.example", at=SUNDAY + timedelta(days=1))
    run(SUNDAY + timedelta(days=1))
    assert post.to[3:] == ["sam+2@mail.example"]
