"""News for programs of others: what is told to whom, signed, tried again, and given up in the end."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.activities import changes
from recognition.activities.drain import drain
from recognition.activities.models import Activity, Kind
from recognition.activities.services import record
from recognition.announcements.models import Notice
from recognition.badges.models import Award
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.webhooks import jobs, keeping, rules, sending
from recognition.webhooks.keeping import HookSpec, TooMany
from recognition.webhooks.models import Webhook, WebhookMessage
from tests.activities.test_tagging import promoted, run_jobs
from tests.factories.activities import make_report
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.webhooks.receiver import Receiver, is_genuine, listening

ALL = rules.EVENTS
MINE = (*rules.EVENTS, rules.ONLY_MINE)


@pytest.fixture
def there(app: Flask) -> Iterator[Receiver]:
    with listening() as receiver:
        app.extensions[rules.REACHABLE] = {("127.0.0.1", receiver.port)}
        yield receiver
        del app.extensions[rules.REACHABLE]


@pytest.fixture
def ada(db: Any) -> Member:
    member = make_member("ada", name="Ada Bell")
    database.session.commit()
    return member


def hook(member: Member, url: str, events: tuple[str, ...] = ALL, name: str = "mine") -> Webhook:
    made = keeping.add(member.id, HookSpec(name, url, events), clock.utcnow() - timedelta(minutes=1))
    database.session.commit()
    return made


def told(member: Member, **more: Any) -> int:
    outcome = record([make_report(member.id, **{"fingerprinted": False} | more)], clock.utcnow())[0]
    database.session.commit()
    drain()
    return outcome.id


def log() -> list[tuple[str, str, int]]:
    database.session.expire_all()
    rows = database.session.scalars(sa.select(WebhookMessage).order_by(WebhookMessage.id))
    return [(row.event, row.state, row.attempts) for row in rows]


def later(**more: float) -> Any:
    return clock.as_of(clock.utcnow() + timedelta(**more))


def test_a_deed_is_told_signed_as_the_specification_says(there: Receiver, ada: Member) -> None:
    mine = hook(ada, there.url)
    row = told(ada, text="Ein Vortrag über #Karten", tags=("karten",), kind="talk", kind_label="Gave a talk")
    jobs.send()
    ((headers, body),) = there.came
    assert is_genuine(keeping.secret_of(mine), headers, body)
    assert not is_genuine(keeping.secret_of(mine), headers, body + b" ")
    assert abs(int(headers["webhook-timestamp"]) - clock.utcnow().timestamp()) < 60
    assert (headers["content-type"], headers["webhook-id"][:4]) == ("application/json; charset=utf-8", "msg_")
    (said,) = there.said
    assert (said["type"], sorted(said)) == ("activity.told", ["data", "timestamp", "type"])
    assert said["data"] == {
        "id": row, "url": f"http://localhost/activities/{row}", "member": {"handle": "ada", "name": "Ada Bell"},
        "occurred_at": "2026-11-02T12:00:00Z", "kind": "talk", "kind_label": "Gave a talk", "text": "Ein Vortrag über #Karten",
        "tags": ["karten"], "link": None, "group": None, "campaign": None, "evidence": "self", "visibility": "members",
    }  # fmt: skip
    jobs.send()
    assert (len(there.came), log()) == (1, [("activity.told", "sent", 1)])


def test_it_hears_what_its_owner_may_see(there: Receiver, ada: Member) -> None:
    noor, gone = make_member("noor", visibility={"name": "me"}), make_member("gone")
    hook(ada, there.url)
    own, open_one = told(ada, visibility="me"), told(noor, visibility="members")
    told(noor, visibility="me"), told(gone)
    gone.state = "suspended"
    database.session.commit()
    jobs.send()
    assert [said["data"]["id"] for said in there.said] == [own, open_one]
    assert [said["data"]["member"] for said in there.said] == [
        {"handle": "ada", "name": "Ada Bell"},
        {"handle": "noor", "name": ""},
    ]
    assert log() == [("activity.told", "sent", 1), ("activity.told", "sent", 1), ("activity.told", "dropped", 1)]


def test_what_was_hidden_before_it_goes_is_not_told(there: Receiver, ada: Member) -> None:
    noor = make_member("noor")
    hook(ada, there.url)
    row = told(noor)
    changes.set_visibility(row, "me", clock.utcnow())
    database.session.commit()
    jobs.send()
    assert (there.came, [state for _event, state, _tries in log()]) == ([], ["dropped", "dropped"])


def test_only_mine(there: Receiver, ada: Member) -> None:
    noor = make_member("noor")
    hook(ada, there.url, MINE)
    told(noor)
    own = told(ada)
    jobs.send()
    assert [said["data"]["id"] for said in there.said] == [own]


def test_who_heard_of_a_deed_hears_that_it_is_gone(there: Receiver, ada: Member) -> None:
    noor = make_member("noor")
    hook(ada, there.url)
    row, unheard = told(noor), told(noor, visibility="me")
    jobs.send()
    changes.withdraw([row, unheard], noor.id, "A reason of their own", clock.utcnow())
    database.session.commit()
    jobs.send()
    assert [(said["type"], said["data"]) for said in there.said][1:] == [("activity.withdrawn", {"id": row})]


def test_a_row_that_counts_elsewhere_now_is_no_news(there: Receiver, ada: Member) -> None:
    hook(ada, there.url)
    row = told(ada, tags=("call",))
    jobs.send()
    rosa = make_member("rosa")
    database.session.add(Kind(slug="talk", label="Talk", points=1, offered=True))
    database.session.commit()
    promoted("call", "talk", rosa)
    run_jobs()
    jobs.send()
    assert [said["type"] for said in there.said] == ["activity.told"]
    changes.withdraw([row], ada.id, "", clock.utcnow())
    database.session.commit()
    jobs.send()
    assert [said["type"] for said in there.said] == ["activity.told", "activity.withdrawn"]


def test_a_deed_that_its_owner_opens_or_closes(there: Receiver, ada: Member) -> None:
    noor = make_member("noor")
    hook(ada, there.url)
    row = told(noor, visibility="me")
    changes.set_visibility(row, "members", clock.utcnow())
    database.session.commit()
    jobs.send()
    changes.set_visibility(row, "me", clock.utcnow())
    database.session.commit()
    jobs.send()
    assert [(said["type"], said["data"]["id"]) for said in there.said] == [("activity.told", row), ("activity.withdrawn", row)]


def test_a_badge_that_is_given(there: Receiver, ada: Member) -> None:
    noor = make_member("noor", wears_at_once=False)
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1})
    hook(ada, there.url, (rules.GIVEN,))
    told(ada, kind="talk"), told(noor, kind="talk")
    jobs.send()
    keys = dict(database.session.execute(sa.select(Award.member_id, Award.key)).all())
    (said,) = there.said
    assert (said["data"]["id"], said["data"]["badge"], said["data"]["member"]["handle"]) == (keys[ada.id], "talker", "ada")
    # What its holder has not answered yet shows to nobody else.
    assert log() == [("award.given", "sent", 1), ("award.given", "dropped", 1)]


def test_nothing_is_written_without_webhooks_or_for_one_that_is_off(there: Receiver, ada: Member, count_queries: Any) -> None:
    told(ada)
    assert log() == []
    off = hook(ada, there.url)
    keeping.switch(off, on=False)
    database.session.commit()
    told(ada)
    assert log() == []


def test_an_old_deed_and_one_from_before_the_webhook_are_no_news(there: Receiver, ada: Member) -> None:
    row = told(ada)
    hook(ada, there.url)
    database.session.execute(sa.update(Activity).values(considered_at=None, reported_at=clock.utcnow() - timedelta(hours=1)))
    database.session.commit()
    drain()
    assert (row > 0, log()) == (True, [])


def test_tries_are_spread_and_then_it_is_given_up(there: Receiver, ada: Member) -> None:
    there.status = 500
    hook(ada, there.url)
    told(ada)
    start = clock.utcnow()
    for number, wait in enumerate(rules.WAITS, 1):
        jobs.send()
        jobs.send()  # It is not due.
        message = database.session.scalars(sa.select(WebhookMessage)).one()
        assert (message.state, message.attempts, message.status) == ("waiting", number, 500)
        assert timedelta() <= message.due_at - clock.utcnow() - wait + timedelta(seconds=30) < timedelta(minutes=1)
        database.session.execute(sa.update(WebhookMessage).values(due_at=start))
        database.session.commit()
    jobs.send()
    assert (log(), len(there.came)) == ([("activity.told", "failed", 7)], 7)
    assert len({headers["webhook-id"] for headers, _body in there.came}) == 1


def test_what_fails_is_not_knocked_at_for_every_message(there: Receiver, ada: Member) -> None:
    there.status = 503
    mine = hook(ada, there.url)
    for _turn in range(3):
        told(ada)
    jobs.send()
    assert len(there.came) == 1
    there.status = 200
    with later(minutes=2):
        jobs.send()
    assert (len(there.came), [state for _event, state, _tries in log()]) == (4, ["sent"] * 3)
    assert database.session.get_one(Webhook, mine.id, populate_existing=True).failing_since is None


def test_one_that_fails_for_three_days_rests_and_its_owner_is_told(there: Receiver, ada: Member) -> None:
    there.status = 500
    mine = hook(ada, there.url)
    told(ada), told(ada)
    jobs.send()
    with later(days=3, minutes=1):
        jobs.send()
        assert database.session.get_one(Webhook, mine.id, populate_existing=True).state == "resting"
        assert [state for _event, state, _tries in log()] == ["failed", "failed"]
        notice = database.session.scalars(sa.select(Notice)).one()
        assert (notice.member_id, notice.kind, notice.path) == (ada.id, "webhook.resting", f"/me/webhooks/{mine.id}")
        jobs.send()
        assert len(there.came) == 2
        there.status = 200
        keeping.switch(mine, on=True)
        first = database.session.scalars(sa.select(WebhookMessage.id).order_by(WebhookMessage.id)).first()
        assert keeping.send_again(mine, first or 0, clock.utcnow()) is True
        assert keeping.send_again(mine, first or 0, clock.utcnow()) is False
        database.session.commit()
        jobs.send()
    assert [state for _event, state, _tries in log()] == ["sent", "failed"]


def test_a_receiver_that_wants_nothing_more_is_left_in_peace(there: Receiver, ada: Member) -> None:
    there.status = 410
    mine = hook(ada, there.url)
    told(ada)
    jobs.send()
    assert database.session.get_one(Webhook, mine.id, populate_existing=True).state == "resting"


def test_no_redirects_and_no_private_addresses(there: Receiver, ada: Member, app: Flask) -> None:
    there.status, there.location = 307, "http://127.0.0.1:1/elsewhere"
    hook(ada, there.url)
    told(ada)
    jobs.send()
    assert [row.error for row in database.session.scalars(sa.select(WebhookMessage))] == ["redirects"]
    app.extensions[rules.REACHABLE] = set()
    database.session.execute(sa.update(WebhookMessage).values(due_at=datetime(2026, 1, 1, tzinfo=UTC)))
    database.session.commit()
    jobs.send()
    assert (len(there.came), [row.error for row in database.session.scalars(sa.select(WebhookMessage))]) == (1, ["private"])


def test_one_that_hangs_up_holds_up_nobody_else(there: Receiver, ada: Member, app: Flask) -> None:
    app.extensions[rules.REACHABLE] = {("127.0.0.1", there.port), ("127.0.0.1", 9)}
    hook(ada, "http://127.0.0.1:9/", name="away")
    hook(ada, there.url, name="there")
    told(ada), told(ada)
    jobs.send()
    assert len(there.came) == 2
    assert sorted(state for _event, state, _tries in log()) == ["sent", "sent", "waiting", "waiting"]


def test_a_suspended_owner_hears_nothing(there: Receiver, ada: Member) -> None:
    hook(ada, there.url)
    told(ada)
    ada.state = "suspended"
    database.session.commit()
    jobs.send()
    assert (there.came, log()) == ([], [("activity.told", "dropped", 1)])


def test_while_secrets_change_either_one_counts(there: Receiver, ada: Member) -> None:
    mine = hook(ada, there.url)
    before = keeping.secret_of(mine)
    assert keeping.rotate(mine, 1, clock.utcnow()) is True
    assert keeping.rotate(mine, 1, clock.utcnow()) is False
    database.session.commit()
    after = keeping.secret_of(mine)
    told(ada)
    jobs.send()
    with later(days=1, minutes=1):
        told(ada)
        jobs.send()
    assert [(is_genuine(before, *one), is_genuine(after, *one)) for one in there.came] == [(True, True), (False, True)]
    assert before != after


def test_a_worker_that_was_killed_in_the_middle_sends_it_again(there: Receiver, ada: Member) -> None:
    hook(ada, there.url)
    told(ada)
    (message_id, _hook_id), *_rest = sending.due(clock.utcnow(), 10)
    assert sending.begin(message_id, clock.utcnow()) is not None
    database.session.commit()
    assert sending.begin(message_id, clock.utcnow()) is None
    jobs.send()
    assert there.came == []
    with later(minutes=6):
        jobs.send()
    assert (len(there.came), log()) == (1, [("activity.told", "sent", 2)])


def test_ten_are_as_many_as_one_person_has_and_the_same_twice_is_one(ada: Member) -> None:
    first = hook(ada, "https://example.org/0", name="0")
    assert hook(ada, "https://example.org/0", name="0").id == first.id
    for number in range(1, 10):
        hook(ada, f"https://example.org/{number}", name=str(number))
    with pytest.raises(TooMany):
        hook(ada, "https://example.org/x", name="x")


def test_what_was_sent_is_forgotten_after_a_month(there: Receiver, ada: Member) -> None:
    hook(ada, there.url)
    told(ada)
    jobs.send()
    told(ada)
    with later(days=31):
        jobs.tidy()
        database.session.commit()
    assert [state for _event, state, _tries in log()] == ["waiting"]


def test_signatures_of_the_specification() -> None:
    """The key, id, time and body of the specification's own example; what comes out was worked out beside it."""
    derived = base64.urlsafe_b64encode(base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).decode().rstrip("=")
    made = rules.signature([derived], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert rules.secret_text(derived) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
