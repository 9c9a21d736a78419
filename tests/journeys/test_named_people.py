"""From a deed that names somebody to a pin for both: the question goes by real mail, and is answered without signing in."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import naming
from recognition.activities.drain import drain
from recognition.activities.models import Activity
from recognition.announcements import jobs
from recognition.badges.models import Award, Badge
from recognition.clock import as_of, utcnow
from recognition.config import MailServer
from recognition.identity.models import Account
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.servers.mail import Mailbox


@pytest.fixture
def post(app: Any, mailbox: Mailbox) -> Iterator[Mailbox]:
    settings = app.extensions["settings"]
    object.__setattr__(settings, "mail", MailServer("127.0.0.1", mailbox.port, False, "", "", "hall@badges.example.org"))
    yield mailbox
    object.__setattr__(settings, "mail", None)


def pins(db: Any) -> list[tuple[str, int]]:
    db.session.rollback()
    wanted = sa.select(Badge.slug, Award.member_id).join(Badge, Badge.id == Award.badge_id)
    return sorted(tuple(row) for row in db.session.execute(wanted))


@pytest.mark.parametrize("visibility", ["members", "me"])
def test_from_a_name_to_a_pin_for_both(client: Any, db: Any, post: Mailbox, visibility: str) -> None:
    ada, bob = make_member("ada"), make_member("bob")
    db.session.add(Account(member_id=bob.id, issuer="https://sso.example.org", subject="bob", created_at=utcnow(),
                           email="bob@mail.example", email_verified=True))  # fmt: skip
    make_badge("seen-caring", {"count": {"kind": "mentoring", "evidence": "confirmed"}, "at_least": 1})
    deed = make_activity(ada.id, kind="mentoring", text="How to say no", visibility=visibility, occurred_at=utcnow()).id
    naming.name(deed, ada.id, [bob.id], [], utcnow())
    db.session.commit()
    drain()
    assert pins(db) == []
    with as_of(utcnow() + timedelta(minutes=6)):
        jobs.send()
    assert post.to == ["bob@mail.example"]
    said = post.words()
    assert ("How to say no" in said) == (visibility == "members")
    (link,) = re.findall(r"http://localhost(/w/\S+)", said)
    assert f'href="http://localhost{link}"' in post.words(0, "html")
    for _look in range(2):  # a mail program that opens links, and Bob
        assert client.get(link).status_code == 200
    drain()
    assert pins(db) == []
    assert client.post(link, data={"answer": "yes"}).status_code == 200
    drain()
    assert pins(db) == [("seen-caring", ada.id), ("seen-caring", bob.id)]
    rows = db.session.execute(sa.select(Activity.member_id, Activity.evidence).where(Activity.kind == "mentoring"))
    assert sorted(map(tuple, rows)) == [(ada.id, 2), (bob.id, 2)]
    assert client.get(f"/activities/{deed}").status_code == 404  # the answer opened no door
