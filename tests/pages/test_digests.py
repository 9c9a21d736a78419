"""The digest of what people did: plain deeds, thanks as a number, next steps; once for each occasion, over a year of them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.activities import thanking
from recognition.activities.lately import lately
from recognition.announcements import gathering, jobs
from recognition.announcements.models import Delivery, MailWish, Notice
from recognition.announcements.queries import notices_page, unread_words
from recognition.announcements.wishing import Said, save
from recognition.clock import as_of
from tests.announcements.test_mailing import connected, reader
from tests.factories.activities import make_activity
from tests.factories.announcements import tell_some
from tests.factories.contests import make_contest, make_entry, open_round, put_ballot
from tests.factories.identity import make_member
from tests.servers.mail import Mailbox

SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def post(app: Flask, mailbox: Mailbox) -> Iterator[Mailbox]:
    yield from connected(app, mailbox.port, mailbox)


def wants(member: Any, now: datetime = SUNDAY, **rhythms: str) -> None:
    save(member.id, Said(rhythms, "", "UTC", 0, 8, 0, 0), now)


def run(at: datetime) -> None:
    with as_of(at):
        jobs.send()


def deed(member: Any, text: str, days: float, **changes: Any) -> int:
    at = MONDAY - timedelta(days=days)
    return make_activity(member.id, text=text, occurred_at=at, visibility="public", fingerprinted=False, **changes).id


def digests(db: Any) -> int:
    return int(db.session.scalar(sa.select(sa.func.count()).where(Notice.kind == "digest")))


def test_a_digest_in_full(db: Any, post: Mailbox) -> None:
    ada, bea, eve = reader(db), reader(db, "bea"), make_member("eve", name="Eve")
    wants(ada, community="week")
    shown = deed(eve, "Made tea for the newcomers", 2)
    deed(eve, "Drew a map", 1, campaign="draw-mdm")
    deed(bea, "Long ago", 8)
    deed(bea, "Right now", 0)
    make_activity(bea.id, text="For members", occurred_at=MONDAY - timedelta(days=1), visibility="members")
    db.session.commit()
    run(SUNDAY)
    assert (post.mails, digests(db)) == ([], 0)
    run(MONDAY)
    run(MONDAY)
    assert post.to == ["ada@mail.example"]
    words = post.words().replace("\r\n", "\n")
    assert post.mails[0]["Subject"] == "What people did this week"
    assert "* Eve: Made tea for the newcomers\n" in words
    assert f"http://localhost/activities/{shown}\n" in words
    assert words.index("Made tea") < words.index("Drew a map")
    assert [text in words for text in ("Long ago", "Right now", "For members", "deeds were told")] == [False] * 4
    assert "http://localhost/activities/new" in words
    assert "What you could do next, if you like:" in words
    assert "Made tea for the newcomers</a>" in post.words(0, "html")


def test_it_is_no_news_on_the_site(db: Any, post: Mailbox) -> None:
    ada = reader(db)
    wants(ada, community="day")
    deed(ada, "A talk", 0.5)
    db.session.commit()
    run(MONDAY)
    assert (len(post.mails), digests(db)) == (1, 1)
    assert (unread_words(ada.id), notices_page(ada, None).items) == ("", [])


def test_what_is_due_with_it_comes_in_the_same_mail(db: Any, post: Mailbox) -> None:
    ada = reader(db)
    wants(ada, community="week", mine="day", news="month")
    deed(ada, "A talk", 3)
    tell_some(ada.id, 25, now=SUNDAY)
    db.session.commit()
    run(SUNDAY + timedelta(hours=1))
    run(MONDAY - timedelta(minutes=5))
    assert post.mails == []
    run(MONDAY)
    assert (len(post.mails), post.mails[0]["Subject"]) == (1, "26 notices for you")
    words = post.words()
    assert (words.count("A pin for you"), words.count("* Ada: A talk"), "And 6 more" in words) == (19, 1, True)


def test_where_nothing_happened_nothing_goes(db: Any, post: Mailbox) -> None:
    ada = reader(db)
    wants(ada, community="week")
    db.session.commit()
    run(MONDAY)
    assert (post.mails, db.session.scalars(sa.select(Delivery.state)).all()) == ([], ["dropped"])
    assert db.session.get_one(MailWish, ada.id, populate_existing=True).due_at == MONDAY + WEEK


def test_small_numbers_are_not_told_and_private_thanks_not_counted(db: Any) -> None:
    ada, bea = make_member("ada"), make_member("bea")
    for number in range(4):
        deed(ada, f"Deed {number}", 1)
        thanking.thank(ada.id, bea.id, f"Thank you {number}", MONDAY - timedelta(days=1), f"k{number}")
    db.session.commit()
    found = lately(MONDAY - WEEK, MONDAY, 10)
    assert (len(found.deeds), found.deed_count, found.thanks_count) == (4, 0, 0)
    deed(ada, "Deed 5", 1)
    kept = thanking.thank(ada.id, bea.id, "Thank you 5", MONDAY - timedelta(days=1), "k5")
    db.session.commit()
    found = lately(MONDAY - WEEK, MONDAY, 2)
    assert (len(found.deeds), found.deed_count, found.thanks_count) == (2, 5, 5)
    thanking.set_private(kept, bea.id, True, MONDAY)
    assert lately(MONDAY - WEEK, MONDAY, 2).thanks_count == 0


def test_each_week_of_a_year_once_with_workers_that_stop_anywhere(db: Any, app: Flask, post: Mailbox) -> None:
    """Every second run ends right after it has planned, and for three weeks nothing runs at all."""
    ada = reader(db)
    wants(ada, community="week")
    db.session.commit()
    weeks = 53
    for week in range(weeks):
        at = MONDAY + week * WEEK
        make_activity(ada.id, text=f"Deed of week {week}", occurred_at=at - timedelta(days=2), visibility="public",
                      fingerprinted=False)  # fmt: skip
        db.session.commit()
        if week in (20, 21, 22):
            continue
        if week % 2:
            gathering.gather(at - timedelta(minutes=4))
            db.session.commit()
            gathering.gather(at)
            db.session.rollback()
        for minutes in (0, 3, 60 * 24 * 3):
            run(at + timedelta(minutes=minutes))
    bodies = [post.words(place) for place in range(len(post.mails))]
    # The weeks without anybody at work are told in one.
    assert len(bodies) == weeks - 2
    told = [week for week in range(weeks) if sum(f"Deed of week {week}\n" in body.replace("\r", "") for body in bodies) == 1]
    assert told == list(range(weeks))


def test_who_stops_all_mails_or_this_one_gets_none_and_is_not_asked_again(db: Any, post: Mailbox) -> None:
    ada, bea = reader(db, takes_mail=False), reader(db, "bea")
    for member in (ada, bea):
        wants(member, community="week")
    deed(ada, "A talk", 3)
    db.session.commit()
    gathering.gather(MONDAY - timedelta(minutes=5))
    db.session.commit()
    wants(bea, MONDAY - timedelta(minutes=2), community="never")
    db.session.commit()
    run(MONDAY)
    assert (post.mails, digests(db)) == ([], 1)
    assert db.session.scalars(sa.select(MailWish.due_at).order_by(MailWish.member_id)).all() == [MONDAY + WEEK, None]


def test_one_answer_of_the_log_serves_all_who_read_at_the_same_time(db: Any, post: Mailbox, count_queries: Any) -> None:
    for number in range(3):
        wants(reader(db, f"m{number}"), community="week")
    deed(make_member("eve"), "A talk", 3)
    db.session.commit()
    with count_queries() as seen:
        run(MONDAY)
    assert len(post.mails) == 3
    assert sum("activity.visibility = " in one and "count(*)" in one for one in seen) <= 2


def test_no_mail_says_who_has_not_voted(db: Any, post: Mailbox) -> None:
    ada, bea = reader(db, name="Same"), reader(db, "bea", name="Same")
    for member in (ada, bea):
        wants(member, community="week")
    contest = make_contest(title="The vote of the month")
    entry = make_entry(contest, make_member("eve"))
    one = open_round(contest.rounds[0], [entry], [ada, bea])
    put_ballot(one, ada, {entry.id: 1})
    deed(ada, "A talk", 3)
    db.session.commit()
    run(MONDAY)
    voted, silent = (re.sub(r"/mail/off/\S+", "", post.words(place)) for place in (0, 1))
    assert voted == silent
    assert "The vote of the month" not in silent
