"""A question is answered once, and never waits for one person: silence passes it on to the pool, and then to the council."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.announcements.models import Notice
from recognition.identity.models import Member
from recognition.mentoring import queries
from recognition.mentoring.models import MentorAsk, MentorLink
from recognition.mentoring.rules import NotDone
from recognition.mentoring.services import asks, links
from recognition.mentoring.waiting import locks
from tests.factories.activities import make_activity
from tests.factories.identity import make_member
from tests.factories.mentoring import START, live, make_mentor


@pytest.fixture
def mia(db: Any) -> Member:
    """She has a mentor, and two more offer to help, of whom one rests."""
    mia, ada = make_member("mia"), make_mentor("ada")
    make_mentor("ben")
    make_mentor("resting", rests_until=date(2027, 12, 1))
    links.choose(mia, ada.id, START)
    db.session.commit()
    return mia


def told(db: Any, kind: str) -> list[str]:
    db.session.rollback()
    who = sa.select(Member.handle).join(Notice, Notice.member_id == Member.id).where(Notice.kind == kind)
    return list(db.session.scalars(who.order_by(Notice.id)))


def member(db: Any, handle: str) -> Member:
    return db.session.scalar(sa.select(Member).where(Member.handle == handle))


def test_after_a_week_of_silence_the_pool_is_asked_once(db: Any, mia: Member) -> None:
    one = asks.ask(mia, "How do I begin?", START)
    assert asks.ask(mia, "How do I begin?", START).id == one.id
    db.session.commit()
    ben = member(db, "ben")
    live(6)
    assert (told(db, "mentor.pool"), queries.pool(ben, True, START + timedelta(days=6)).items) == ([], [])
    for day in (7, 7, 8):
        live(day)
        assert (told(db, "mentor.passed_on"), told(db, "mentor.pool")) == (["mia"], ["ben"])
    assert [waits.words for waits in queries.pool(ben, True, START + timedelta(days=8)).items] == ["How do I begin?"]
    asks.answer(one.id, ben, "With what you like", START + timedelta(days=9))
    with pytest.raises(NotDone, match="quicker"):
        asks.answer(one.id, member(db, "ada"), "Late", START + timedelta(days=9))
    db.session.commit()
    assert db.session.get(MentorAsk, one.id).answer == "With what you like"
    assert told(db, "mentor.answered") == ["mia"]


def test_an_answer_in_time_stays_between_the_two(db: Any, mia: Member) -> None:
    one = asks.ask(mia, "How do I begin?", START)
    asks.answer(one.id, member(db, "ada"), "With a map", START + timedelta(days=2))
    db.session.commit()
    live(30)
    assert (told(db, "mentor.pool"), told(db, "mentor.answered")) == ([], ["mia"])


def test_a_mentor_who_is_gone_is_not_waited_for(db: Any, mia: Member) -> None:
    asks.ask(mia, "Anybody?", START)
    member(db, "ada").state = "alumni"
    db.session.commit()
    live(0)
    assert told(db, "mentor.pool") == ["ben"]


def test_who_has_no_mentor_asks_the_pool_at_once(db: Any, mia: Member) -> None:
    noa = make_member("noa")
    one = asks.ask(noa, "Where is the map?", START)
    assert (one.mentor_id, one.passed_on_at) == (None, START)
    assert told(db, "mentor.pool") == [] or told(db, "mentor.pool") == ["ada", "ben"]


def test_the_council_may_answer_after_two_weeks_and_strangers_never(db: Any, mia: Member) -> None:
    one = asks.ask(make_member("noa"), "Where is the map?", START)
    council, stranger = make_member("cleo", roles=("council",)), make_member("stranger")
    db.session.commit()
    for who, day in ((stranger, 20), (council, 13), (member(db, "noa"), 20)):
        with pytest.raises(NotDone):
            asks.answer(one.id, who, "Here", START + timedelta(days=day))
    assert queries.pool(council, False, START + timedelta(days=13)).items == []
    assert len(queries.pool(council, False, START + timedelta(days=14)).items) == 1
    asks.answer(one.id, council, "On the wall", START + timedelta(days=14))


def test_who_wants_a_mentor_is_found_by_one_of_the_pool(db: Any, mia: Member) -> None:
    noa, ben, ada = make_member("noa"), member(db, "ben"), member(db, "ada")
    one = asks.ask(noa, "I localise", START, "mentor")
    with pytest.raises(NotDone):
        asks.take(one.id, noa, START)
    asks.take(one.id, ben, START)
    with pytest.raises(NotDone):
        asks.take(one.id, ada, START)
    assert noa.mentor_id == ben.id
    db.session.commit()
    assert told(db, "mentor.found") == ["noa"]


def test_a_mentor_without_a_sign_in_eight_weeks_is_made_up_for_gently_and_once(db: Any, mia: Member) -> None:
    make_activity(member(db, "ada").id, occurred_at=START)
    db.session.commit()
    live(55)
    assert told(db, "mentor.ways") == []
    for day in (57, 58, 200):
        live(day)
        assert told(db, "mentor.ways") == ["mia"]
    assert db.session.get(Member, mia.id).mentor_id == member(db, "ada").id


def test_so_many_questions_at_once_and_no_empty_ones(db: Any, mia: Member) -> None:
    for words in ("", "   ", "x" * 2001):
        with pytest.raises(NotDone):
            asks.ask(mia, words, START)
    for number in range(5):
        asks.ask(mia, f"Question {number}", START)
    with pytest.raises(NotDone):
        asks.ask(mia, "One more", START)


def test_locks_tell_how_many_wait_and_who_else_may_and_name_nobody(db: Any, mia: Member) -> None:
    asks.ask(mia, "How do I begin?", START)
    asks.ask(make_member("noa"), "", START + timedelta(days=1), "mentor")
    found = {one.kind: one for one in locks(START)}
    assert {kind: (one.waiting, one.since) for kind, one in found.items()} == {
        "mentor.word": (1, START), "mentor.mentor": (1, START + timedelta(days=1)),
    }  # fmt: skip
    assert all(name not in str(one) for one in found.values() for name in ("mia", "noa", "ada", "Mia", "Noa", "Ada"))


def test_who_found_a_mentor_otherwise_waits_for_none(db: Any, mia: Member) -> None:
    noa, lea, ben = make_member("noa"), make_member("lea"), member(db, "ben")
    for who in (noa, lea):
        asks.ask(who, "", START, "mentor")
    asks.ask(lea, "How do I begin?", START)
    links.choose(lea, ben.id, START)
    db.session.commit()
    assert [waits.words for waits in queries.pool(member(db, "ada"), True, START).items] == ["", "How do I begin?"]
    assert queries.waiting() == {"word": 1, "mentor": 1}
    noa.state = "suspended"
    db.session.commit()
    assert (queries.waiting(), [one.kind for one in locks(START)]) == ({"word": 1, "mentor": 0}, ["mentor.word"])


def test_who_has_a_silent_mentor_asks_the_pool_and_somebody_takes_over(db: Any, mia: Member) -> None:
    ada, ben = member(db, "ada"), member(db, "ben")
    wish = asks.ask(mia, "Somebody in my time zone?", START, "mentor")
    db.session.commit()
    assert told(db, "mentor.pool") == ["ben"]
    live(1)
    assert db.session.get(MentorAsk, wish.id).answered_at is None
    assert (queries.pool(ada, True, START).items, queries.asks_to(ada)) == ([], [])
    with pytest.raises(NotDone):
        asks.take(wish.id, ada, START)
    asks.take(wish.id, ben, START + timedelta(days=1))
    db.session.commit()
    ended = db.session.scalars(sa.select(MentorLink).where(MentorLink.mentor_id == ada.id)).one()
    assert (mia.mentor_id, ended.ended_at, ended.ended_by) == (ben.id, START + timedelta(days=1), "mentee")


def test_who_chose_somebody_meanwhile_is_not_taken_over(db: Any, mia: Member) -> None:
    ben, lea = member(db, "ben"), make_mentor("lea")
    wish = asks.ask(mia, "", START, "mentor")
    links.choose(mia, lea.id, START)
    with pytest.raises(NotDone):
        asks.take(wish.id, ben, START)
    assert mia.mentor_id == lea.id


def test_the_council_stands_by_who_waited_two_weeks_without_an_offer_to_all_and_within_measure(db: Any) -> None:
    cleo = make_member("cleo", roles=("council",))
    found = [asks.ask(make_member(f"noa-{number}"), "", START, "mentor").id for number in range(4)]
    for wish in found[:3]:
        asks.take(wish, cleo, START + timedelta(days=14))
    with pytest.raises(NotDone, match="as many people as you said"):
        asks.take(found[3], cleo, START + timedelta(days=14))
    offer = queries.offer_of(cleo.id)
    assert offer is not None
    assert (offer.is_open, queries.offers(member(db, "noa-3"), START.date()).items) == (False, [])
    assert db.session.scalar(sa.select(sa.func.count()).where(Member.mentor_id == cleo.id)) == 3
