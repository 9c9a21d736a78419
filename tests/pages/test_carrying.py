"""After an event for mentors: each mentor is asked once, both sides say so, and the reach counts all mentees."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities.answering import answer
from recognition.activities.changes import withdraw
from recognition.activities.models import Activity, NamedPerson
from recognition.announcements.models import Notice
from recognition.events.models import Event
from recognition.identity.models import Member
from recognition.identity.services.merging import merge
from recognition.pages import carrying
from tests.factories.events import make_event
from tests.factories.identity import make_group, make_member
from tests.identity.pages import send, words

Count = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def call(db: Any) -> Event:
    """It was yesterday. Ada stands by eleven people and Ben by one; Kim stands by nobody."""
    began = clock.utcnow() - timedelta(days=1)
    event = make_event("call", title="A call with mentors", topic="mentors", starts_at=began, ends_at=began + timedelta(hours=1))
    make_event("party", title="A party", starts_at=began, ends_at=began + timedelta(hours=1))
    ours = {"group_id": make_group("choir").id, "starts_at": began, "ends_at": began + timedelta(hours=1)}
    make_event("rehearsal", title="A call of one group", topic="mentors", **ours)
    ada, ben, _kim = (make_member(name) for name in ("ada", "ben", "kim"))
    for number in range(12):
        make_member(f"m-{number:02}", mentor_id=(ada if number < 11 else ben).id)
    db.session.commit()
    return event


def member(db: Any, handle: str) -> Member:
    return db.session.scalars(sa.select(Member).where(Member.handle == handle)).one()


def test_each_mentor_is_asked_once_also_who_was_not_there(db: Any, call: Event) -> None:
    for _turn in range(2):
        carrying.look()
        db.session.commit()
    asked = sa.select(Member.handle, Notice.path).join(Notice, Notice.member_id == Member.id).where(Notice.kind == "mentor.carry")
    assert sorted(tuple(row) for row in db.session.execute(asked)) == [
        ("ada", "/mentoring/after/call"), ("ben", "/mentoring/after/call"),
    ]  # fmt: skip


def test_both_sides_say_so_and_the_reach_is_of_all_mentees(client: FlaskClient, sign_in: Any, db: Any, call: Event) -> None:
    sign_in(client, member(db, "ada"))
    for number in range(7):
        for _turn in range(2):
            assert send(client, "/mentoring/after/call", "/mentoring/after/call", mentee=f"m-{number:02}").status_code == 303
    asked = db.session.execute(sa.select(NamedPerson.activity_id, NamedPerson.member_id).order_by(NamedPerson.member_id)).all()
    assert len(asked) == 7
    for number, row in enumerate(asked):
        if number < 6:
            answer(row.activity_id, row.member_id, number > 0, clock.utcnow())
    db.session.commit()
    carrying.look()
    db.session.commit()
    found = carrying.reach(call)
    assert found is not None
    assert (found.reached, found.everybody) == (5, 12)
    assert "mentees say" not in words(client.get("/mentoring/after/call").text)
    cleo = client.application.test_client()
    sign_in(cleo, make_member("cleo", roles=("council",)))
    page = words(cleo.get("/mentoring/after/call").text)
    assert "5 mentees say that somebody talked with them about it of all 12 who have a mentor" in page
    assert "M-0" not in page


def test_what_was_taken_back_is_not_thanked_for_again(client: FlaskClient, sign_in: Any, db: Any, call: Event) -> None:
    sign_in(client, member(db, "ben"))
    path = "/mentoring/after/call"
    send(client, path, path, mentee="m-11")
    assert "They are asked whether it is so" in words(client.get(path).text)
    withdraw(db.session.scalars(sa.select(Activity.id)).all(), member(db, "ben").id, "A mistake", clock.utcnow())
    db.session.commit()
    send(client, path, path, mentee="m-11")
    page = words(client.get(path).text)
    assert "It was taken back before, and that stays." in page
    assert "They are asked whether it is so" not in page


@pytest.mark.parametrize("whose", ["ada", "m-00"])
@pytest.mark.parametrize("taken_back", [False, True])
def test_after_two_rows_became_one_it_is_said_and_asked_once(
    client: FlaskClient, sign_in: Any, db: Any, call: Event, whose: str, taken_back: bool
) -> None:
    """Whichever of the two it was: the mentor, or whom they stand by."""
    carrying.look()
    carrying.say(call, member(db, "ada"), member(db, "m-00"), clock.utcnow())
    db.session.commit()
    if taken_back:
        withdraw(db.session.scalars(sa.select(Activity.id)).all(), member(db, "ada").id, "", clock.utcnow())
    make_member("new", mentor_id=member(db, "ada").id if whose == "m-00" else None)
    merge(member(db, whose), member(db, "new"), None, "One person", clock.utcnow())
    db.session.commit()
    mentor, mentee = ("new", "m-00") if whose == "ada" else ("ada", "new")
    ids = (member(db, mentor).id, member(db, mentee).id)
    assert carrying.said(call, ids[0], [ids[1]]) == (set() if taken_back else {ids[1]})
    sign_in(client, member(db, mentor))
    page = words(client.get("/mentoring/after/call").text)
    assert ("You talked about it" in page) is not taken_back
    carrying.say(call, member(db, mentor), member(db, mentee), clock.utcnow())
    carrying.look()
    db.session.commit()
    told = sa.select(sa.func.count()).select_from(Activity).where(Activity.source == "mentoring")
    assert db.session.scalar(told) == 1
    asked = sa.select(Notice.member_id).where(Notice.kind == "mentor.carry").order_by(Notice.member_id)
    assert list(db.session.scalars(asked)) == sorted({member(db, "ben").id, ids[0]})


def test_few_are_not_told_and_nobody_speaks_for_somebody_elses_mentee(
    client: FlaskClient, sign_in: Any, db: Any, call: Event, count_queries: Count
) -> None:
    carrying.look()
    db.session.commit()
    found = carrying.reach(call)
    assert found is not None
    assert (found.reached, found.everybody) == (None, 12)
    sign_in(client, member(db, "ben"))
    assert send(client, "/mentoring/after/call", "/mentoring/after/call", mentee="m-00").status_code == 404
    assert client.get("/mentoring/after/party").status_code == 404
    assert "/mentoring/after/call" in client.get("/events/call").text
    costs = []
    visit = client.application.test_client()
    sign_in(visit, member(db, "ada"))
    for reader in (client, visit):
        reader.get("/mentoring/after/call")
        with count_queries() as seen:
            page = reader.get("/mentoring/after/call")
        costs.append(len(seen))
    assert page.headers["Cache-Control"] == "private, no-store"
    assert 'aria-label="We talked about it: M-00"' in page.text  # begins with what stands on the button
    assert costs[0] == costs[1] <= 12
