"""Whose mentor went hears of it first, may say no thanks for a week, and is then offered to the pool. Nobody else is."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.announcements.models import Notice
from recognition.identity.models import Account, Member
from recognition.mentoring import queries
from recognition.mentoring.models import MentorAsk, MentorLink
from recognition.mentoring.services import asks, links, wishes
from recognition.mentoring.waiting import locks
from tests.factories.identity import make_member
from tests.factories.mentoring import START, live, make_mentor
from tests.identity.pages import send, words


@pytest.fixture
def people(db: Any) -> dict[str, Member]:
    """Ada stands by Mia; Ben offers too. Noa is new, Lea went on by herself, and Kim never signed in."""
    found = {name: make_mentor(name) for name in ("ada", "ben")} | {
        name: make_member(name) for name in ("mia", "noa", "lea", "kim")
    }
    for name in ("mia", "lea", "kim"):
        links.choose(found[name], found["ada"].id, START)
    for name in ("mia", "noa", "lea"):
        db.session.add(Account(member_id=found[name].id, issuer="https://login.example", subject=name, created_at=START))
    links.leave(found["lea"].id, START)
    db.session.commit()
    return found


def heard(db: Any, kind: str) -> list[str]:
    db.session.rollback()
    who = sa.select(Member.handle).join(Notice, Notice.member_id == Member.id).where(Notice.kind == kind)
    return list(db.session.scalars(who.order_by(Notice.id)))


def offered(reader: Member, day: int) -> list[tuple[str, bool]]:
    return [
        (one.mentee.handle, one.is_offered) for one in queries.pool(reader, True, START + timedelta(days=day)).items if one.mentee
    ]


@pytest.mark.parametrize("how", ["alumni", "suspended", "deleted", "not on the roll", "cannot go on"])
def test_the_mentee_hears_first_and_the_pool_a_week_later(db: Any, people: dict[str, Member], how: str) -> None:
    ada, mia, ben = people["ada"], people["mia"], people["ben"]
    if how == "deleted":
        db.session.execute(sa.delete(Member).where(Member.id == ada.id))
        db.session.expire_all()
    elif how == "not on the roll":
        mia.mentor_id = None
    elif how == "cannot go on":
        links.end(mia.id, ada.id, START + timedelta(days=1))
    else:
        ada.state = how
    db.session.commit()
    for day in (1, 2, 7):
        live(day)
        assert heard(db, "mentor.ended" if how == "cannot go on" else "mentor.gone") == ["mia"]
        assert (offered(ben, day), heard(db, "mentor.pool"), list(locks(START))) == ([], [], [])
    for day in (8, 9, 60):
        live(day)
        assert offered(ben, day) == [("mia", True)]
    assert "mia" not in heard(db, "mentor.ways") + heard(db, "mentor.passed_on")
    assert len(heard(db, "mentor.gone") + heard(db, "mentor.ended")) == 1
    wish = db.session.scalars(sa.select(MentorAsk)).one()
    asks.take(wish.id, ben, START + timedelta(days=61))
    db.session.commit()
    assert mia.mentor_id == ben.id
    stretches = sa.select(MentorLink.mentor_id, MentorLink.ended_at.is_(None)).where(MentorLink.mentee_id == mia.id)
    before = None if how == "deleted" else ada.id
    assert [tuple(row) for row in db.session.execute(stretches.order_by(MentorLink.id))] == [(before, False), (ben.id, True)]


def test_who_says_no_thanks_is_asked_no_more(db: Any, people: dict[str, Member]) -> None:
    people["ada"].state = "alumni"
    db.session.commit()
    live(1)
    assert [wishes.no_thanks(people["mia"].id, START + timedelta(days=2)) for _turn in range(2)] == [True, False]
    db.session.commit()
    for day in (3, 9, 40):
        live(day)
    assert (heard(db, "mentor.gone"), offered(people["ben"], 40)) == (["mia"], [])


def test_a_mentor_who_is_back_within_the_week_stays(db: Any, people: dict[str, Member]) -> None:
    people["ada"].state = "alumni"
    db.session.commit()
    live(1)
    people["ada"].state = "active"
    db.session.commit()
    live(9)
    assert (offered(people["ben"], 9), db.session.scalars(sa.select(MentorAsk)).all()) == ([], [])


def test_whose_mentor_went_a_second_time_hears_it_again_before_the_pool(db: Any, people: dict[str, Member]) -> None:
    for day, state in ((1, "alumni"), (3, "active"), (10, "alumni")):
        people["ada"].state = state
        db.session.commit()
        live(day)
    assert (heard(db, "mentor.gone"), offered(people["ben"], 10)) == (["mia", "mia"], [])


def test_who_left_meanwhile_is_not_offered(db: Any, people: dict[str, Member]) -> None:
    people["ada"].state = "alumni"
    db.session.commit()
    live(1)
    people["mia"].state = "alumni"
    db.session.commit()
    live(9)
    assert (offered(people["ben"], 9), list(locks(START))) == ([], [])
    people["mia"].state = "active"
    db.session.commit()
    live(10)
    assert offered(people["ben"], 10) == [("mia", True)]


def test_who_never_signed_in_is_not_offered_when_a_mentor_cannot_go_on(db: Any, people: dict[str, Member]) -> None:
    links.end(people["kim"].id, people["ada"].id, START)
    db.session.commit()
    live(8)
    assert (offered(people["ben"], 8), heard(db, "mentor.ended")) == ([], ["kim"])


def test_the_own_words_of_who_lost_one_go_to_the_pool_at_once(
    client: FlaskClient, sign_in: Any, db: Any, people: dict[str, Member]
) -> None:
    now = clock.utcnow()
    people["ada"].state = "alumni"
    db.session.commit()
    live(0, now)
    sign_in(client, people["mia"])
    page = words(client.get("/me/mentor").text)
    assert "nobody sees it yet" in page
    assert "Until then it is up to you alone." in page
    assert send(client, "/me/mentor/choose", "/me/mentor/find", words="I localise").location == "/me/mentor"
    assert [(one.words, one.is_offered) for one in queries.pool(people["ben"], True, now).items] == [("I localise", False)]
    assert send(client, "/me/mentor", "/me/mentor/no-thanks").location == "/me/mentor"
    assert queries.pool(people["ben"], True, now).items == []
