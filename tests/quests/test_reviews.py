"""Many readers at once, readers who are not there any more, and who hears of what waits."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.announcements.models import Notice
from recognition.extensions import db
from recognition.identity.models import Grant, Member
from recognition.quests import reviews, waiting
from recognition.quests.models import Enrolment, Quest, Review
from recognition.quests.quizzes import question_key
from recognition.quests.services import reviewing, walking
from tests.factories.quests import TEXT, make_quiz

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = question_key(TEXT)
Make = Callable[..., Any]


@pytest.fixture
def handed(app: Any, make_member: Make) -> tuple[Any, Quest, int]:
    """An author, the quest, and the review of their answer."""
    author, quest = make_member("author"), make_quiz("first", TEXT)
    walking.start(author, quest, NOW)
    reviewing.hand_in(author, quest, quest.steps[0], KEY, "My own words.", NOW)
    db.session.commit()
    return author, quest, db.session.scalars(sa.select(Review.id)).one()


def test_two_who_decide_many_at_once_do_not_wait_for_each_other(app: Flask, make_member: Make) -> None:
    other = TEXT | {"ask": "And what else?"}
    quest, authors = make_quiz("first", TEXT, other), [make_member(f"a{n}") for n in range(8)]
    for key, those in ((KEY, authors), (question_key(other), authors[::-1])):
        for author in those:
            walking.start(author, quest, NOW)
            reviewing.hand_in(author, quest, quest.steps[0], key, "Words.", NOW)
            db.session.flush()
    readers = [make_member(name, roles=("reviewer",)).id for name in ("rita", "ron")]
    ids = db.session.scalars(sa.select(Review.id).order_by(Review.id)).all()
    db.session.commit()
    together = threading.Barrier(2)
    won: list[int] = []

    def reader(member_id: int, mine: Sequence[int]) -> None:
        with app.app_context():
            together.wait(10)
            viewer = db.session.get_one(Member, member_id)
            won.extend(reviewing.decide(mine, viewer, True, "", NOW).decided)
            db.session.commit()

    halves = zip(readers, (ids[:8], ids[8:]), strict=True)
    threads = [threading.Thread(target=reader, args=half) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(won) == list(ids)
    assert db.session.scalar(sa.select(sa.func.count()).where(Enrolment.finished_at.is_not(None))) == 8


def test_one_that_went_with_its_author_does_not_hold_up_the_others(handed: Any, make_member: Make) -> None:
    _author, _quest, review_id = handed
    rita = make_member("rita", roles=("reviewer",))
    outcome = reviewing.decide([review_id, review_id + 99], rita, True, "Well put.", NOW)
    assert (outcome.decided, outcome.lost) == ([review_id], [review_id + 99])


def test_who_is_suspended_is_named_nowhere_and_nobody_reads_for_them(handed: Any, make_member: Make) -> None:
    author, quest, review_id = handed
    rita, gone = make_member("rita", roles=("reviewer",)), make_member("gone", name="Gone Girl", roles=("reviewer",))
    assert reviewing.take(review_id, gone, NOW) is True
    gone.state = "suspended"
    db.session.flush()
    assert reviews.readers_of([review_id], rita, NOW) == {review_id: "Somebody"}
    enrolment_id = db.session.scalar(sa.select(Enrolment.id))
    assert reviews.of_step(enrolment_id, quest.steps[0].id, author, NOW)[KEY].reader == "Somebody"
    (asked,) = reviews.queue(rita, "", None, NOW).items
    assert asked.taken_by is None
    author.state = "suspended"
    db.session.flush()
    assert (reviews.queue(rita, "", None, NOW).items, reviews.quests_waiting(rita), list(waiting.locks(NOW))) == ([], [], [])


def test_the_council_hears_where_no_reviewer_could_read(handed: Any, make_member: Make) -> None:
    author, _quest, _review_id = handed
    cleo = make_member("cleo", roles=("council",))
    db.session.add(Grant(member_id=author.id, role="reviewer", granted_at=NOW))
    db.session.flush()
    reviewing.tell_readers(NOW + timedelta(hours=2))
    assert db.session.scalars(sa.select(Notice.member_id)).all() == [cleo.id]
