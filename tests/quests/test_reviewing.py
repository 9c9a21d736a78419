"""What a person reads: handed in, taken, decided once, given back, and never in the way of the rest of the quest."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.quests import jobs, queries, reviews, waiting
from recognition.quests.models import Enrolment, Quest, Review
from recognition.quests.quizzes import question_key
from recognition.quests.rules import TooEarly
from recognition.quests.services import reviewing, walking
from recognition.quests.services.reviewing import NeedsWords, NotYours
from tests.factories.quests import SINGLE, TEXT, begin, make_quiz

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = question_key(TEXT)
Make = Callable[..., Any]
SignIn = Callable[[FlaskClient, Any], None]


@pytest.fixture
def handed(app: Any, make_member: Make) -> tuple[Any, Quest, int]:
    """An author, the quest, and the review of their answer."""
    author, quest = make_member("author"), make_quiz("first", TEXT, after=("read",))
    return author, quest, hand_in(author, quest)


def hand_in(author: Any, quest: Quest, text: str = "My own words.", now: datetime = NOW) -> int:
    walking.start(author, quest, now)
    reviewing.hand_in(author, quest, quest.steps[0], KEY, text, now)
    db.session.commit()
    mine = sa.select(Review.id).join(Enrolment, Enrolment.id == Review.enrolment_id).where(Enrolment.member_id == author.id)
    return int(db.session.scalars(mine.order_by(Review.id.desc())).first() or 0)


def line(author: Any) -> queries.QuestLine:
    walk = queries.walk("first", author.id)
    assert walk is not None
    return walk.line


def state(review_id: int) -> str:
    return str(db.session.scalar(sa.select(Review.state).where(Review.id == review_id)))


def test_the_quest_goes_on_while_somebody_reads_and_ends_when_it_passed(handed: Any, make_member: Make) -> None:
    author, quest, review_id = handed
    reviewer = make_member("rita", roles=("reviewer",))
    assert (line(author).next_slug, line(author).waiting_slug) == ("read", "quiz")
    moved = walking.read_step(author, quest, quest.steps[1], NOW)
    assert (moved.step_done, moved.quest_done) == (True, False)
    assert (line(author).state, line(author).next_slug, line(author).done) == ("started", None, 1)
    outcome = reviewing.decide([review_id], reviewer, True, "Well put.", NOW)
    db.session.commit()
    assert (outcome.decided, outcome.lost) == ([review_id], [])
    assert (line(author).state, line(author).done) == ("done", 2)
    told = db.session.execute(sa.select(Notice.member_id, Notice.kind, Notice.path, Notice.data)).all()
    assert [tuple(row) for row in told] == [
        (author.id, "review.passed", "/quests/first/quiz", {"quest": "First", "words": "Well put."})
    ]
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.target) == ("review.passed", reviewer.id, f"review:{review_id}")
    assert "own words" not in str(entry.after)


def test_what_came_back_can_be_handed_in_again_and_holds_nothing_up(handed: Any, make_member: Make) -> None:
    author, quest, first = handed
    reviewer = make_member("rita", roles=("reviewer",))
    with pytest.raises(NeedsWords):
        reviewing.decide([first], reviewer, False, "", NOW)
    reviewing.decide([first], reviewer, False, "Say who it is for.", NOW)
    db.session.commit()
    assert (line(author).next_slug, line(author).may_answer("read")) == ("quiz", True)
    assert walking.read_step(author, quest, quest.steps[1], NOW).step_done is True
    second = hand_in(author, quest, "For newcomers.")
    rows = db.session.execute(sa.select(Review.number, Review.state, Review.text).order_by(Review.number)).all()
    assert [tuple(row) for row in rows] == [(1, "returned", "My own words."), (2, "waiting", "For newcomers.")]
    reviewing.decide([second], reviewer, True, "", NOW)
    assert line(author).state == "done"


def test_handing_in_twice_is_handing_in_once(handed: Any) -> None:
    author, quest, review_id = handed
    assert hand_in(author, quest, "Again.") == review_id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Review)) == 1


def test_the_other_questions_come_first(app: Any, make_member: Make) -> None:
    author, quest = make_member(), make_quiz("first", TEXT, SINGLE, after=("read",))
    hand_in(author, quest)
    assert (line(author).next_slug, line(author).may_answer("read")) == ("quiz", False)
    with pytest.raises(TooEarly):
        walking.read_step(author, quest, quest.steps[1], NOW)


def test_nobody_reads_their_own_and_nobody_without_a_right(handed: Any, make_member: Make) -> None:
    author, quest, review_id = handed
    stranger, gone = make_member("sam"), make_member("gone", roles=("reviewer",), state="suspended")
    make_member("rita")
    for nobody in (author, stranger, gone):
        with pytest.raises(NotYours):
            reviewing.decide([review_id], nobody, True, "", NOW)
        with pytest.raises(NotYours):
            reviewing.take(review_id, nobody, NOW)
        assert reviews.queue(nobody, "", None, NOW).items == []
    with pytest.raises(NotYours):
        reviewing.decide([review_id + 99], stranger, True, "", NOW)
    assert state(review_id) == "waiting"
    assert quest.slug == "first"


def test_on_the_desk_for_a_day_and_then_anybodys(handed: Any, make_member: Make) -> None:
    _author, _quest, review_id = handed
    rita, ron = make_member("rita", roles=("reviewer",)), make_member("ron", roles=("council",))
    assert reviewing.take(review_id, rita, NOW) is True
    assert reviewing.take(review_id, rita, NOW) is True
    assert reviewing.take(review_id, ron, NOW + timedelta(hours=23)) is False
    assert reviewing.decide([review_id], ron, True, "", NOW + timedelta(hours=23)).lost == [review_id]
    assert reviews.readers_of([review_id], ron, NOW) == {review_id: rita.name}
    assert reviewing.take(review_id, ron, NOW + timedelta(hours=24)) is True
    reviewing.put_back(review_id, rita)
    assert reviewing.decide([review_id], rita, True, "", NOW + timedelta(hours=25)).lost == [review_id]
    reviewing.put_back(review_id, ron)
    assert reviewing.decide([review_id], rita, True, "", NOW + timedelta(hours=25)).decided == [review_id]


def test_two_at_once_decide_once(app: Flask, handed: Any, make_member: Make) -> None:
    author, _quest, review_id = handed
    ids = [make_member(name, roles=("reviewer",)).id for name in ("rita", "ron", "rosa")]
    db.session.commit()
    together = threading.Barrier(len(ids))
    won: list[tuple[int, bool]] = []

    def reader(member_id: int, passes: bool) -> None:
        with app.app_context():
            together.wait(10)
            viewer = db.session.get_one(Member, member_id)
            outcome = reviewing.decide([review_id], viewer, passes, "My words.", NOW)
            db.session.commit()
            won.append((member_id, bool(outcome.decided)))

    readers = [threading.Thread(target=reader, args=(one, place != 1)) for place, one in enumerate(ids)]
    for thread in readers:
        thread.start()
    for thread in readers:
        thread.join(30)
    assert sorted(is_mine for _id, is_mine in won) == [False, False, True]
    winner = next(member_id for member_id, is_mine in won if is_mine)
    assert db.session.scalars(sa.select(Review.decided_by_id)).all() == [winner]
    assert db.session.scalars(sa.select(Notice.member_id)).all() == [author.id]
    assert len(db.session.scalars(sa.select(AuditEntry.id)).all()) == 1


def test_after_three_days_who_finished_it_and_offered_may_read(handed: Any, make_member: Make) -> None:
    _author, quest, review_id = handed
    reviewer = make_member("rita", roles=("reviewer",))
    helper, silent, other = (make_member(name) for name in ("helper", "silent", "other"))
    assert reviewing.offer_help(other, quest, True) is False
    for person in (helper, silent):
        own = hand_in(person, quest)
        walking.read_step(person, quest, quest.steps[1], NOW)
        reviewing.decide([own], reviewer, True, "", NOW)
    assert reviewing.offer_help(helper, quest, True) is True
    with pytest.raises(NotYours):
        reviewing.decide([review_id], helper, True, "", NOW)
    assert reviewing.widen(NOW + timedelta(days=2, hours=23)) == 0
    assert reviewing.widen(NOW + timedelta(days=3)) == 1
    assert reviewing.widen(NOW + timedelta(days=3)) == 0
    db.session.commit()
    told = sa.select(Notice.member_id, Notice.path).where(Notice.kind == "review.pool")
    assert [tuple(row) for row in db.session.execute(told)] == [(helper.id, "/reviews/?quest=first")]
    assert [one.line.id for one in reviews.queue(helper, "", None, NOW).items] == [review_id]
    assert reviews.queue(silent, "", None, NOW).items == []
    with pytest.raises(NotYours):
        reviewing.decide([review_id], silent, True, "", NOW)
    assert reviewing.decide([review_id], helper, True, "", NOW).decided == [review_id]


def test_the_job_tells_reviewers_once_a_day(handed: Any, make_member: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    rita = make_member("rita", roles=("reviewer",))
    make_member("cleo", roles=("council",))
    db.session.commit()
    monkeypatch.setattr(clock, "utcnow", lambda: NOW + timedelta(hours=2))
    for _hour in range(2):
        jobs.look_after_reviews()
        db.session.commit()
    told = db.session.execute(sa.select(Notice.member_id, Notice.kind)).all()
    assert [tuple(row) for row in told] == [(rita.id, "review.asked")]


def test_what_waits_is_listed_as_a_lock_without_a_name(handed: Any) -> None:
    _author, _quest, _review_id = handed
    found = list(waiting.locks(NOW))
    assert [(one.kind, one.title, one.path, one.waiting, one.since) for one in found] == [
        ("review", "Answers in “First”", "/reviews/?quest=first", 1, NOW)
    ]
    assert "author" not in str(found)


def test_the_author_sees_honestly_where_it_is(client: FlaskClient, handed: Any, make_member: Make, sign_in: SignIn) -> None:
    author, _quest, review_id = handed
    rita = make_member("rita", name="Rita Reads", roles=("reviewer",))
    sign_in(client, author)
    page = client.get("/quests/first/quiz").text
    assert "It waits for a reader" in page
    assert "My own words." in page
    assert "SECRET-GUIDE" not in page
    reviewing.take(review_id, rita, clock.utcnow())
    db.session.commit()
    assert "Rita Reads has it on the desk." in client.get("/quests/first/quiz").text
    reviewing.decide([review_id], rita, False, "Say who it is for.", clock.utcnow())
    db.session.commit()
    page = client.get("/quests/first/quiz").text
    assert "Say who it is for." in page
    assert "My own words.</textarea>" in page
    again = client.post("/quests/first/quiz", data={"question": KEY, "text": "For newcomers."})
    assert again.status_code == 303
    assert "For newcomers." in client.get(again.location).text
    assert client.post("/quests/first/quiz", data={"question": KEY, "text": "x" * 6000}).status_code == 422
    poster = client.get("/quests/first").text
    assert "being read" in poster


def test_the_queue_as_a_reviewer_meets_it(client: FlaskClient, handed: Any, make_member: Make, sign_in: SignIn) -> None:
    author, quest, review_id = handed
    more = [hand_in(make_member(f"m{n}"), quest, f"Words of {n}.") for n in range(3)]
    rita, ron = make_member("rita", roles=("reviewer",)), make_member("ron", name="Ron", roles=("reviewer",))
    db.session.commit()
    sign_in(client, rita)
    page = client.get("/reviews/?quest=first").text
    assert "SECRET-GUIDE" in page
    assert page.index("My own words.") < page.index("Words of 0.")
    taken = client.post(f"/reviews/{review_id}/take", data={"quest": "first"})
    assert taken.location == f"/reviews/?quest=first#review-{review_id}"
    assert "It is on your desk." in client.get("/reviews/").text
    failed = client.post("/reviews/", data={"review": [review_id], "outcome": "returned", "words": ""})
    assert failed.status_code == 422
    assert "what is missing" in failed.text
    reviewing.take(more[0], ron, clock.utcnow())
    db.session.commit()
    client.post("/reviews/", data={"review": [review_id, *more], "outcome": "passed", "words": "Thank you."})
    assert [state(one) for one in (review_id, *more)] == ["passed", "waiting", "passed", "passed"]
    assert "Ron was faster with this one." in client.get("/reviews/").text
    history = client.get("/reviews/history?text=words of 1").text
    assert "Words of 1." in history
    assert "Words of 2." not in history
    lines = client.get("/reviews/history.csv?outcome=passed").text.splitlines()
    assert (len(lines), lines[0]) == (4, "quest,question,answer,outcome,words,decided_at,decided_by,before")
    assert author.handle not in client.get("/reviews/history?outcome=returned").text


def test_others_find_nothing_there(client: FlaskClient, handed: Any, ada: Any) -> None:
    _author, _quest, review_id = handed
    assert "My own words." not in client.get("/reviews/").text
    assert client.post(f"/reviews/{review_id}/take").status_code == 404
    assert client.post("/reviews/", data={"review": [review_id], "outcome": "passed"}).status_code == 404
    assert client.get("/reviews/history").status_code == 403
    assert client.get("/reviews/history.csv").status_code == 403
    assert client.post("/quests/first/help", data={"helps": "1"}).status_code == 403
    assert client.application.test_client().get("/reviews/").status_code in (302, 303, 401)
    assert client.post("/reviews/", data={"review": ["x", "9" * 30], "outcome": "passed"}).status_code == 422
    assert state(review_id) == "waiting"


def test_who_has_finished_may_offer_to_read(client: FlaskClient, ada: Any, make_member: Make) -> None:
    quest = make_quiz("first", TEXT)
    reviewer = make_member("rita", roles=("reviewer",))
    begin(ada, quest)
    own = hand_in(ada, quest)
    reviewing.decide([own], reviewer, True, "", NOW)
    db.session.commit()
    assert "would you read what others wrote" in client.get("/quests/first/done").text
    client.post("/quests/first/help", data={"helps": "1"})
    assert "You offered to help." in client.get("/quests/first/done").text
    client.post("/quests/first/help", data={"helps": "0"})
    assert db.session.scalars(sa.select(Enrolment.helps)).all() == [False]


def test_as_many_statements_for_many_answers_as_for_one(
    client: FlaskClient, make_member: Make, sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    quest = make_quiz("first", TEXT)
    rita = make_member("rita", roles=("reviewer",))
    sign_in(client, rita)
    for path in ("/reviews/", "/reviews/history"):
        counts = []
        for people in (range(1), range(1, 4)):
            for n in people:
                one = hand_in(make_member(f"{len(path)}-{n}"), quest)
                if "history" in path:
                    reviewing.decide([one], rita, True, "", NOW)
            db.session.commit()
            with count_queries() as seen:
                assert client.get(path).status_code == 200
            counts.append(len(seen))
        assert counts[0] == counts[1] <= 12
