"""Who stands by whom: two clicks, a limit that holds, history in step whoever sets it, and nobody's mentor is a gate."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.announcements.models import Notice
from recognition.identity.models import Member
from recognition.identity.services.imports import import_members
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from recognition.mentoring.models import MentorAsk, MentorLink, MentorOffer, MentorWord
from recognition.mentoring.rules import NotDone
from recognition.mentoring.services import asks, links, offers
from tests.dumps import differing, dump
from tests.factories.identity import make_member
from tests.factories.mentoring import START, live, make_mentor


def known(db: Any, mentee: Member) -> list[tuple[str, bool, str]]:
    """(mentor, whether it holds, who ended it), the oldest first."""
    rows = sa.select(Member.handle, MentorLink.ended_at, MentorLink.ended_by).join(MentorLink, MentorLink.mentor_id == Member.id)
    rows = rows.where(MentorLink.mentee_id == mentee.id).order_by(MentorLink.id)
    return [(row[0], row[1] is None, row[2]) for row in db.session.execute(rows)]


def test_a_choice_ends_the_one_before_and_keeps_it(db: Any) -> None:
    ada, ben, mia = make_mentor("ada"), make_mentor("ben"), make_member("mia")
    links.choose(mia, ada.id, START)
    links.choose(mia, ada.id, START)
    links.choose(mia, ben.id, START + timedelta(days=5))
    assert mia.mentor_id == ben.id
    assert known(db, mia) == [("ada", False, "mentee"), ("ben", True, "")]
    assert [links.leave(mia.id, START) for _turn in range(2)] == [True, False]
    assert known(db, mia) == [("ada", False, "mentee"), ("ben", False, "mentee")]
    told = db.session.execute(
        sa.select(Member.handle, Notice.kind).join(Notice, Notice.member_id == Member.id).order_by(Notice.id)
    )
    assert [tuple(row) for row in told] == [("ada", "mentor.chosen"), ("ben", "mentor.chosen")]


@pytest.mark.parametrize(
    "changes", [{"most": 1}, {"is_open": False}, {"rests_until": date(2027, 3, 1)}], ids=["full", "closed", "resting"]
)
def test_who_has_no_room_is_not_chosen_and_keeps_whom_they_have(db: Any, changes: dict[str, Any]) -> None:
    ada, mia, noa = make_mentor("ada"), make_member("mia"), make_member("noa")
    links.choose(noa, ada.id, START)
    for name, value in changes.items():
        setattr(db.session.get(MentorOffer, ada.id), name, value)
    db.session.flush()
    with pytest.raises(NotDone):
        links.choose(mia, ada.id, START)
    assert (mia.mentor_id, noa.mentor_id) == (None, ada.id)


def test_nobody_chooses_themselves_or_who_never_offered(db: Any) -> None:
    ada, mia = make_mentor("ada"), make_member("mia")
    for who, whom in ((ada, ada), (ada, mia)):
        with pytest.raises(NotDone):
            links.choose(who, whom.id, START)
    assert known(db, ada) == []


def test_a_mentor_who_cannot_go_on_says_so(db: Any) -> None:
    ada, mia = make_mentor("ada"), make_member("mia")
    links.choose(mia, ada.id, START)
    assert [links.end(mia.id, ada.id, START) for _turn in range(2)] == [True, False]
    assert known(db, mia) == [("ada", False, "mentor")]
    assert db.session.scalar(sa.select(Notice.kind).where(Notice.member_id == mia.id)) == "mentor.ended"


def test_an_imported_roll_leaves_history(db: Any) -> None:
    def roll(mentor: str) -> None:
        rows = [{"member": name, "status": "rep", "mentor": whom} for name, whom in (("ada", ""), ("ben", ""), ("mia", mentor))]
        import_members(list(enumerate(rows, start=2)), START)
        db.session.commit()

    roll("ada")
    roll("ada")
    roll("ben")
    mia = db.session.scalar(sa.select(Member).where(Member.handle == "mia"))
    assert known(db, mia) == [("ada", False, "gone"), ("ben", True, "")]


def test_what_was_set_before_there_was_history_is_caught_up_by_the_job(db: Any) -> None:
    ada = make_mentor("ada")
    mia = make_member("mia", mentor_id=ada.id)
    db.session.commit()
    for _turn in range(2):
        live(0)
    assert known(db, mia) == [("ada", True, "")]
    db.session.execute(sa.update(Member).where(Member.id == mia.id).values(mentor_id=None))
    live(1)
    assert known(db, mia) == [("ada", False, "gone")]


@pytest.mark.parametrize("which", ["mentor", "mentee", "each other"])
def test_two_rows_of_one_person_become_one_and_two_again(db: Any, which: str) -> None:
    old, new, mia, ben = (
        make_mentor("old", rests_until=date(2027, 9, 1)),
        make_mentor("new"),
        make_member("mia"),
        make_mentor("ben"),
    )
    if which == "mentor":
        db.session.get(MentorOffer, old.id).rests_until = None
        links.choose(mia, old.id, START)
        asks.ask(mia, "How do I begin?", START)
        offers.say(mia, old.id, "poor", "Never answers", START)
    elif which == "mentee":
        links.choose(old, ben.id, START)
        links.choose(new, ben.id, START)
    else:
        links.choose(old, new.id, START)
        asks.ask(old, "To myself?", START)
    db.session.commit()
    before = dump()
    done = merge(old, new, None, "One person", START)
    db.session.commit()
    held = sa.select(MentorLink.mentee_id, MentorLink.mentor_id).where(MentorLink.ended_at.is_(None))
    expected = {"mentor": [(mia.id, new.id)], "mentee": [(new.id, ben.id)], "each other": []}[which]
    assert [tuple(row) for row in db.session.execute(held)] == expected
    same = sa.select(Member.id, Member.mentor_id).where(Member.mentor_id.is_not(None), Member.merged_into_id.is_(None))
    assert [tuple(row) for row in db.session.execute(same)] == expected
    assert db.session.scalars(sa.select(MentorOffer.member_id).order_by(MentorOffer.member_id)).all() == [new.id, ben.id]
    for column in (MentorAsk.mentor_id, MentorWord.mentor_id):
        assert set(db.session.scalars(sa.select(column))) <= {new.id, None}
    assert unmerge(done.id, None, "Two after all", START) == []
    db.session.commit()
    assert differing(before, dump()) == {}
