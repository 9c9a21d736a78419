"""What every way out of the house does, whoever is at its other end: a new adapter passes these tests, or is none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.announcements import jobs as mail_jobs
from recognition.announcements.models import Delivery, MailWish
from recognition.clock import as_of
from recognition.extensions import db as database
from recognition.identity.models import Account
from recognition.news import jobs
from recognition.news.adapters import ADAPTERS
from recognition.news.models import Announcement, Dispatch
from recognition.news.rules import MEMBERS, Text
from tests.announcements.test_mailing import connected
from tests.factories.identity import make_member
from tests.factories.news import make_channel, make_out
from tests.servers.forum import KEY, ROOM, USER, Forum
from tests.servers.mail import Mailbox

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TEXTS = (
    Text("en", "A morning for the garden", "Bring **gloves**."),
    Text("de", "Ein Morgen im Garten", "Bringt **Handschuhe** mit."),
)
WORDS = {"en": ("A morning for the garden", "gloves"), "de": ("Ein Morgen im Garten", "Handschuhe")}


@dataclass
class OtherSide:
    """`arrived`: all texts that are there. `fails`: from now on nothing is taken; `works`: from now on it is."""

    channel: str
    arrived: Callable[[], list[str]]
    fails: Callable[[], None]
    works: Callable[[], None]


@pytest.fixture
def sides(app: Flask, db: Any, forum: Forum, mailbox: Mailbox, tmp_path: Path) -> Iterator[Callable[[str, str], OtherSide]]:
    """Makes the other side of one sort, for one language."""
    app.extensions[jobs.REACHABLE] = {forum.address}
    settings = app.extensions["settings"]
    object.__setattr__(settings, "news_dir", tmp_path / "news")
    (tmp_path / "news").mkdir()
    configs: dict[str, tuple[dict[str, str], str]] = {
        "forum": ({"address": forum.url, "user": USER, "category": ""}, KEY),
        "matrix": ({"address": forum.url, "room": ROOM}, KEY),
        "chat": ({}, f"{forum.url}/chat/secret"),
        "file": ({"folder": "told"}, ""),
    }

    def held() -> list[str]:
        topics = [f"{topic['title']}\n{topic['raw']}" for topic in forum.topics]
        return topics + [str(event["body"]) for event in forum.events.values()] + forum.chatted

    def make(sort: str, language: str) -> OtherSide:
        if sort == "mail":
            return _mailbox(mailbox, language)
        config, secret = configs[sort]
        make_channel(sort, sort, secret, config=config, language=language)
        if sort == "file":
            return _folder(tmp_path)
        return OtherSide(sort, held, lambda: setattr(forum, "failures", 1), lambda: setattr(forum, "failures", 0))

    for _box in connected(app, mailbox.port, mailbox):
        yield make
    object.__setattr__(settings, "news_dir", None)
    del app.extensions[jobs.REACHABLE]


def _folder(tmp_path: Path) -> OtherSide:
    here, away = tmp_path / "news", tmp_path / "away"
    return OtherSide("file", lambda: [path.read_text() for path in sorted(here.rglob("*")) if path.is_file()],
                     lambda: void(here.rename(away)), lambda: void(away.rename(here)))  # fmt: skip


def _mailbox(mailbox: Mailbox, language: str) -> OtherSide:
    ada = make_member("ada")
    database.session.add(Account(member_id=ada.id, issuer="i", subject="ada", created_at=NOW, email="ada@mail.example",
                                 email_verified=True))  # fmt: skip
    database.session.add(MailWish(member_id=ada.id, language=language))
    database.session.commit()
    return OtherSide(MEMBERS, lambda: [f"{mail['Subject']}\n{mailbox.words(at)}" for at, mail in enumerate(mailbox.mails)],
                     lambda: setattr(mailbox, "data", "451 later"), lambda: setattr(mailbox, "data", ""))  # fmt: skip


def void(_any: object) -> None:
    return None


def work(at: datetime) -> None:
    with as_of(at):
        jobs.dispatch()
        for announcement_id in database.session.scalars(sa.select(Announcement.id)).all():
            jobs.hand_out(announcement_id)
        database.session.commit()
        mail_jobs.send()
    database.session.rollback()


def on_its_way() -> list[tuple[str, bool]]:
    """(state, whether an error is told)."""
    rows = [database.session.execute(sa.select(one.state, one.error)).all() for one in (Dispatch, Delivery)]
    return [(row.state, bool(row.error)) for row in (*rows[0], *rows[1])]


SORTS = (*ADAPTERS, "mail")


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_once_in_its_language_however_often_the_workers_come(sides: Any, sort: str, language: str) -> None:
    there = sides(sort, language)
    make_out(texts=TEXTS, channels=(there.channel,), now=NOW)
    for minutes in (0, 6, 60):
        work(NOW + timedelta(minutes=minutes))
    (text,) = there.arrived()
    assert [words in text for words in (*WORDS[language], *WORDS["de" if language == "en" else "en"])] == [
        True,
        True,
        False,
        False,
    ]
    assert on_its_way() == [("sent", False)]


@pytest.mark.parametrize("sort", SORTS)
def test_an_error_is_told_and_it_is_tried_again(sides: Any, sort: str) -> None:
    there = sides(sort, "en")
    there.fails()
    make_out(texts=TEXTS, channels=(there.channel,), now=NOW)
    for minutes in (0, 6):
        if on_its_way() != [("waiting", True)]:
            work(NOW + timedelta(minutes=minutes))
    assert on_its_way() == [("waiting", True)]
    there.works()
    assert there.arrived() == []
    for minutes in (30, 120, 240):
        work(NOW + timedelta(minutes=minutes))
    assert (len(there.arrived()), on_its_way()) == (1, [("sent", False)])
