"""A member's own rhythm: what waits, for when, in one mail; what changes when they change their mind; and the clock moved on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.announcements import gathering, jobs, mailing, wishing
from recognition.announcements.models import Delivery, MailWish, Notice
from recognition.announcements.wishes import meant_by, off_token
from recognition.announcements.wishing import Said, save, set_rhythm
from recognition.clock import as_of
from recognition.identity.models import Member
from tests.announcements.test_mailing import connected, reader, states
from tests.factories.announcements import tell_some
from tests.servers.mail import Mailbox

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def post(app: Flask, mailbox: Mailbox) -> Iterator[Mailbox]:
    yield from connected(app, mailbox.port, mailbox)


def said(zone: str = "UTC", quiet: tuple[int, int] = (0, 0), language: str = "", **rhythms: str) -> Said:
    return Said(rhythms, language, zone, 0, 8, *quiet)


def run(at: datetime) -> None:
    with as_of(at):
        jobs.send()


def tell(member: Member, number: int, now: datetime, **changes: Any) -> None:
    tell_some(member.id, number, now=now, **changes)


def test_a_week_of_news_is_one_mail_on_its_day(db: Any, post: Mailbox) -> None:
    ada = reader(db)
    save(ada.id, said(news="week"), SUNDAY - timedelta(days=9))
    for days in (5, 3, 1):
        tell(ada, 2, SUNDAY - timedelta(days=days), topic="news")
        db.session.commit()
        run(SUNDAY - timedelta(days=days) + HOUR)
    assert (post.mails, {row[0] for row in states(db)}) == ([], {"waiting"})
    run(MONDAY - timedelta(seconds=1))
    assert post.mails == []
    run(MONDAY)
    run(MONDAY)
    run(MONDAY + timedelta(days=7))
    assert [mail["Subject"] for mail in post.mails] == ["6 notices for you"]
    assert states(db) == [("sent", 1)] * 6


def test_each_topic_has_its_own_rhythm(db: Any, post: Mailbox) -> None:
    ada = reader(db)
    save(ada.id, said(news="week", mine="day", events="never"), SUNDAY)
    for topic in ("news", "mine", "events", "campaign:draw"):
        tell(ada, 1, SUNDAY, topic=topic, data={"badge": topic})
    tell(ada, 1, SUNDAY, kind="deed.named", path="/asks/x", data={"person": 0})
    db.session.commit()
    run(SUNDAY + HOUR)
    assert [mail["Subject"] for mail in post.mails] == ["Somebody names you in a deed. Is it so?"]
    run(MONDAY)
    # Monday is both the day of the week and a day: one mail.
    assert [post.words(1).count(f"A pin for you: {topic}.") for topic in ("news", "mine", "campaign:draw", "events")] == [
        1,
        1,
        1,
        0,
    ]
    run(MONDAY + timedelta(days=30))
    assert len(post.mails) == 2
    left = db.session.scalars(
        sa.select(Notice.topic).outerjoin(Delivery, Delivery.notice_id == Notice.id).where(Delivery.mail.is_(None))
    )
    assert list(left) == ["events"]


def test_nothing_goes_in_quiet_hours_also_when_it_is_late(db: Any, post: Mailbox) -> None:
    ada, bea = reader(db), reader(db, "bea")
    save(ada.id, said("Europe/Berlin", (22, 7)), SUNDAY)
    night = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
    for member in (ada, bea):
        tell(member, 1, night)
    db.session.commit()
    run(night + HOUR)
    assert post.to == ["bea@mail.example"]
    run(datetime(2026, 11, 23, 5, 59, tzinfo=UTC))
    assert len(post.to) == 1
    # No worker was there in the morning, and in the evening it is too late again.
    run(datetime(2026, 11, 23, 22, tzinfo=UTC))
    assert (len(post.to), states(db)[0]) == (1, ("waiting", 0))
    run(datetime(2026, 11, 24, 6, tzinfo=UTC))
    assert (post.to[1:], states(db)) == (["ada@mail.example"], [("sent", 1)] * 2)


def test_who_changes_their_mind_is_heard_for_what_waits(db: Any, post: Mailbox) -> None:
    ada = reader(db)
    save(ada.id, said(news="week", events="month", mine="day"), SUNDAY)
    for topic in ("news", "events", "mine"):
        tell(ada, 1, SUNDAY, topic=topic, data={"badge": topic})
    db.session.commit()
    run(SUNDAY + HOUR)
    save(ada.id, said(news="never", events="day"), SUNDAY + 2 * HOUR)
    db.session.commit()
    mails = db.session.execute(sa.select(Delivery.due_at, Delivery.mail).where(Delivery.state == "waiting").distinct()).all()
    assert [row.due_at for row in mails] == [MONDAY]
    run(MONDAY)
    assert [post.words().count(topic) for topic in (": news.", ": events.", ": mine.")] == [0, 1, 1]
    assert sorted(states(db)) == [("dropped", 0), ("sent", 1), ("sent", 1)]
    set_rhythm(ada.id, "mine", "now", MONDAY)
    assert db.session.get_one(MailWish, ada.id).rhythms == {"news": "never", "events": "day", "mine": "now"}


def test_what_was_read_meanwhile_is_left_out(db: Any, post: Mailbox) -> None:
    ada = reader(db)
    save(ada.id, said(news="day"), SUNDAY)
    tell(ada, 2, SUNDAY, topic="news")
    db.session.commit()
    run(SUNDAY + HOUR)
    db.session.execute(sa.update(Notice).values(read_at=SUNDAY))
    db.session.commit()
    run(MONDAY)
    assert (post.mails, states(db)) == ([], [("dropped", 1)] * 2)


def test_two_that_gather_at_once_make_one_mail(db: Any) -> None:
    ada = reader(db)
    save(ada.id, said(news="week"), SUNDAY)
    for minutes in (0, 10):
        tell(ada, 1, SUNDAY + timedelta(minutes=minutes), topic="news")
        gathering.gather(SUNDAY + timedelta(minutes=minutes + 6))
        db.session.commit()
    assert db.session.scalar(sa.select(sa.func.count(sa.distinct(Delivery.mail)))) == 1
    with as_of(SUNDAY + HOUR):
        assert (jobs.waits(), mailing.counts(SUNDAY + HOUR)) == (False, {"waiting": 0, "lost": 0})


def test_what_came_into_a_mail_while_it_was_sent_does_not_send_it_again(db: Any) -> None:
    """The clocks of two machines differ: one puts a notice beside others that the other has sent already."""
    ada = reader(db)
    save(ada.id, said(news="day"), SUNDAY)
    tell(ada, 1, SUNDAY, topic="news", data={"badge": "first"})
    gathering.gather(SUNDAY + HOUR)
    mail = mailing.due(MONDAY, 9)[0]
    first = mailing.begin(mail, MONDAY)
    assert first is not None
    tell(ada, 1, MONDAY - HOUR, topic="news", data={"badge": "second"})
    late = db.session.scalars(sa.select(Notice).order_by(Notice.id.desc())).first()
    db.session.add(Delivery(notice_id=late.id, member_id=ada.id, mail=mail, state="waiting", attempts=0, due_at=MONDAY))
    db.session.flush()
    again = mailing.begin(mail, MONDAY)
    assert again is not None
    assert [notice.data["badge"] for notice in again.notices] == ["second"]
    mailing.sent(first.mail, MONDAY)
    assert db.session.scalars(sa.select(Delivery.state).order_by(Delivery.notice_id)).all() == ["sent", "sending"]
    mailing.sent(again.mail, MONDAY)
    assert db.session.scalars(sa.select(Delivery.state)).all() == ["sent", "sent"]


def test_whoever_stops_a_topic_gets_no_mail_of_it_that_had_to_be_tried_again(db: Any, post: Mailbox) -> None:
    ada = reader(db)
    tell(ada, 1, SUNDAY, topic="news", data={"badge": "news"})
    tell(ada, 1, SUNDAY, topic="events", data={"badge": "call"})
    db.session.commit()
    post.rcpt = "451 later"
    run(SUNDAY + HOUR)
    post.rcpt = ""
    with as_of(SUNDAY + HOUR):
        wishing.stop_topic(ada.id, "news", SUNDAY + HOUR)
    db.session.commit()
    run(SUNDAY + 2 * HOUR)
    assert [mail["Subject"] for mail in post.mails] == ["A pin for you: call."]
    assert db.session.scalars(sa.select(Delivery.state).order_by(Delivery.notice_id)).all() == ["dropped", "sent"]


def test_a_year_of_weekly_digests_comes_once_a_week(db: Any, post: Mailbox) -> None:
    """Something is told each day; the worker runs at odd hours and is away for two weeks in summer."""
    ada = reader(db)
    save(ada.id, said("America/New_York", (20, 7), news="week"), SUNDAY)
    start, told = SUNDAY + HOUR, 0
    for hour in range(0, 366 * 24, 31):
        now = start + timedelta(hours=hour)
        tell(ada, 1, now - timedelta(minutes=20), topic="news")
        told += 1
        db.session.commit()
        if not 200 * 24 < hour < 214 * 24:
            run(now)
    local = {(mail["Date"].datetime - timedelta(hours=4)).date().isocalendar()[:2] for mail in post.mails}
    assert len(local) == len(post.mails)
    assert len(post.mails) in (50, 51)
    sent = db.session.scalar(sa.select(sa.func.count()).where(Delivery.state == "sent"))
    assert sent <= told
    bodies = [post.words(place) for place in range(len(post.mails))]
    links = [line for body in bodies for line in body.splitlines() if "/me/notices/" in line]
    assert len(links) == len(set(links)) == sent


def test_one_topic_is_ended_from_its_mail_alone(db: Any, client: FlaskClient, post: Mailbox) -> None:
    ada = reader(db)
    tell(ada, 1, SUNDAY, topic="campaign:draw-mdm")
    db.session.commit()
    run(SUNDAY + HOUR)
    address = post.mails[0]["List-Unsubscribe"].strip("<>")
    path = address.removeprefix("http://localhost")
    assert meant_by(path.rpartition("/")[2]) == (ada.id, "campaign:draw-mdm")
    assert f"http://localhost/mail/off/{off_token(ada.id)}" in post.words().replace("=\n", "")
    assert "draw-mdm" in client.get(path).text
    for _time in range(2):
        assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    db.session.expire_all()
    assert (db.session.get_one(MailWish, ada.id).rhythms, ada.takes_mail) == ({"campaign:draw-mdm": "never"}, True)
    tell(ada, 1, SUNDAY + HOUR, topic="campaign:draw-mdm")
    tell(ada, 1, SUNDAY + HOUR, topic="news")
    db.session.commit()
    run(SUNDAY + 2 * HOUR)
    assert len(post.mails) == 2
    assert meant_by(post.mails[1]["List-Unsubscribe"].strip("<>").rpartition("/")[2]) == (ada.id, "news")


def test_the_way_out_of_a_topic_is_one_line_that_a_mail_program_can_press(db: Any, post: Mailbox) -> None:
    """A long address must not be written as an encoded word."""
    ada = reader(db)
    tell(ada, 1, SUNDAY, topic="campaign:the-longest-way-round-and-still-no-end-in-sight-1")
    db.session.commit()
    run(SUNDAY + HOUR)
    headers = post.raw[0].split(b"\r\n\r\n")[0].split(b"\r\n")
    ways_out = [line for line in headers if line.startswith((b"List-Unsubscribe:", b"Recognition-Return:"))]
    assert [(line.count(b"=?"), len(line) > 100) for line in ways_out] == [(0, True)] * 2
    assert ways_out[0].startswith(b"List-Unsubscribe: <http://localhost/mail/off/")
    assert (ways_out[0][-1:], len(ways_out)) == (b">", 2)


def test_a_row_that_was_joined_is_meant_by_both(db: Any) -> None:
    ada = reader(db)
    old = reader(db, "old", state="suspended", merged_into_id=ada.id)
    wishing.stop_topic(old.id, "news", SUNDAY)
    wishing.stop_topic(10**9, "news", SUNDAY)
    assert [(row.member_id, row.rhythms) for row in db.session.scalars(sa.select(MailWish))] == [(ada.id, {"news": "never"})]


def test_who_says_very_much_keeps_the_topics_of_the_house(db: Any) -> None:
    ada = reader(db)
    set_rhythm(ada.id, "news", "week", SUNDAY)
    for number in range(wishing.TOPICS_MAX + 5):
        set_rhythm(ada.id, f"campaign:c{number}", "never", SUNDAY)
    rhythms = db.session.get_one(MailWish, ada.id).rhythms
    assert (len(rhythms), rhythms["news"], rhythms[f"campaign:c{wishing.TOPICS_MAX + 4}"]) == (
        wishing.TOPICS_MAX,
        "week",
        "never",
    )
