"""Who is asked in the place of people who have been silent for a week: once, and never the doer."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import answering, naming
from recognition.activities.changes import withdraw
from recognition.activities.confirming import confirm
from recognition.activities.deputies import SILENT_FOR, ask_deputies
from recognition.activities.models import NamedPerson
from recognition.announcements.models import Notice
from recognition.identity.models import Membership
from tests.factories.activities import REPORTED, make_activity
from tests.factories.identity import JOINED, make_group, make_member

LATER = REPORTED + SILENT_FOR


@pytest.fixture
def people(db) -> dict[str, Any]:
    return {name: make_member(name) for name in ("ada", "bob", "cleo", "dan")}


def join(db: Any, group: Any, member: Any, is_curator: bool = False) -> None:
    db.session.add(Membership(group_id=group.id, member_id=member.id, is_curator=is_curator, since=JOINED))
    db.session.flush()


def told(people: dict[str, Any], *named: str, **changes: Any) -> int:
    ada = people["ada"]
    deed = make_activity(ada.id, **{"text": "Painted", **changes}).id
    naming.name(deed, ada.id, [people[name].id for name in named], [], REPORTED)
    return deed


def asked(db: Any) -> list[tuple[int, int, int]]:
    """(deed, deputy, in whose place)"""
    columns = (NamedPerson.activity_id, NamedPerson.member_id, NamedPerson.stands_in_for_id)
    return [tuple(row) for row in db.session.execute(sa.select(*columns).where(columns[2].is_not(None)).order_by(*columns[:2]))]


def test_the_mentor_is_asked_after_a_week_and_once(db, people):
    people["ada"].mentor_id = people["cleo"].id
    deed = told(people, "bob", "dan")
    assert ask_deputies(LATER - timedelta(seconds=1)) == 0
    assert ask_deputies(LATER) == 1
    assert asked(db) == [(deed, people["cleo"].id, people["bob"].id)]
    notice = db.session.scalars(sa.select(Notice).where(Notice.kind == "deed.deputy")).one()
    assert (notice.member_id, notice.data) == (people["cleo"].id, {"person": people["ada"].id, "words": "Painted"})
    assert ask_deputies(LATER + timedelta(days=30)) == 0
    answering.answer(deed, people["cleo"].id, True, LATER)
    answering.answer(deed, people["bob"].id, True, LATER)  # those who were named may still answer
    heard = sa.select(Notice.kind, Notice.data).where(Notice.member_id == people["ada"].id).order_by(Notice.id)
    assert [tuple(row) for row in db.session.execute(heard)] == [
        ("deed.vouched", {"person": people["cleo"].id}), ("deed.confirmed", {"person": people["bob"].id}),
    ]  # fmt: skip


@pytest.mark.parametrize("mentor", ["bob", None])
def test_then_the_curator_then_who_confirmed_lately(db, people, mentor):
    """A mentor who is named already is asked already."""
    people["ada"].mentor_id = people[mentor].id if mentor else None
    group = make_group()
    join(db, group, people["ada"], is_curator=True)
    join(db, group, people["dan"])
    first = told(people, "bob", group_id=group.id)
    assert ask_deputies(LATER) == 0  # the only curator did it, and dan confirmed nothing
    assert ask_deputies(LATER + timedelta(days=1)) == 0
    confirm(make_activity(people["bob"].id).id, people["dan"].id, LATER)
    second = told(people, "bob", group_id=group.id, text="Swept")
    assert ask_deputies(LATER) == 1
    join(db, group, people["cleo"], is_curator=True)
    third = told(people, "bob", group_id=group.id, text="Sang")
    assert ask_deputies(LATER) == 1
    assert asked(db) == [(second, people["dan"].id, people["bob"].id), (third, people["cleo"].id, people["bob"].id)]
    assert first not in {row[0] for row in asked(db)}


@pytest.mark.parametrize("why", ["withdrawn", "confirmed", "private", "suspended", "answered"])
def test_nobody_is_asked_where_nothing_is_wanted(db, people, why):
    people["ada"].mentor_id = people["cleo"].id
    deed = told(people, "bob", visibility="me" if why == "private" else "members")
    if why == "withdrawn":
        withdraw([deed], people["ada"].id, "", REPORTED)
    if why == "confirmed":
        confirm(deed, people["dan"].id, REPORTED)
    if why == "answered":
        answering.answer(deed, people["bob"].id, False, REPORTED)
    if why == "suspended":
        people["ada"].state = "suspended"
        db.session.flush()
    assert (ask_deputies(LATER), asked(db)) == (0, [])


def test_a_slice_at_a_time(db, people):
    people["ada"].mentor_id = people["cleo"].id
    for number in range(3):
        told(people, "bob", text=str(number))
    assert [ask_deputies(LATER, limit=2) for _turn in range(3)] == [2, 1, 0]
