"""One text, pressed once: a mailbox, a forum, the feed and the notices hold it once each."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.announcements import jobs as mail_jobs
from recognition.announcements.models import Notice
from recognition.clock import as_of
from recognition.identity.models import Account, Member
from recognition.news import jobs
from recognition.news.models import Announcement
from recognition.news.services import moving
from tests.announcements.test_mailing import connected
from tests.factories.identity import make_member
from tests.factories.news import make_channel, make_draft
from tests.servers.forum import KEY, USER, Forum
from tests.servers.mail import Mailbox


@pytest.fixture
def there(app: Flask, forum: Forum, mailbox: Mailbox) -> Iterator[Forum]:
    app.extensions[jobs.REACHABLE] = {forum.address}
    for _box in connected(app, mailbox.port, mailbox):
        yield forum
    del app.extensions[jobs.REACHABLE]


def everything() -> None:
    """As the workers do it, and again."""
    for _time in range(2):
        jobs.going_out()
        jobs.dispatch()
        mail_jobs.send()


def test_each_place_holds_it_once_also_without_any_mentor(db: Any, app: Flask, there: Forum, mailbox: Mailbox) -> None:
    now = clock.utcnow()
    mentor = make_member("mentor")
    for handle in ("ada", "bea"):
        member = make_member(handle, mentor_id=mentor.id)
        db.session.add(Account(member_id=member.id, issuer="i", subject=handle, created_at=now,
                               email=f"{handle}@mail.example", email_verified=True))  # fmt: skip
    db.session.flush()
    db.session.execute(sa.update(Member).values(mentor_id=None))
    db.session.delete(mentor)
    make_channel("forum", "forum", KEY, config={"address": there.url, "user": USER, "category": ""})
    one = make_draft(channels=("members", "forum"), body="Bring **gloves**, and see [the plan](/campaigns/garden).")
    moving.plan(one.slug, now, None)
    db.session.commit()
    everything()
    jobs.hand_out(one.id)
    db.session.commit()
    with as_of(now + timedelta(minutes=10)):
        everything()
    assert sorted(mailbox.to) == ["ada@mail.example", "bea@mail.example"]
    assert "Bring **gloves**, and see [the plan](http://localhost/campaigns/garden)." in mailbox.words(0).replace("\n", " ")
    assert "<strong>gloves</strong>" in mailbox.words(0, "html")
    assert mailbox.mails[0]["Subject"] == "A morning for the garden"
    assert len(there.topics) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 2
    assert len(app.test_client().get("/feeds/news.json").json["items"]) == 1
    with as_of(now + timedelta(hours=1)):
        jobs.count()
    db.session.commit()
    assert db.session.scalar(sa.select(Announcement.mailed_count)) == 2
