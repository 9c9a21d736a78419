"""Thanks in words: whom they reach, who reads them, how they are taken back."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import thanking
from recognition.activities.models import Activity
from recognition.activities.rules import NotThanked
from recognition.activities.thanking import given, received, set_private, take_back, thank
from recognition.announcements.models import Notice
from tests.activities.test_record import in_threads
from tests.factories.activities import REPORTED
from tests.factories.identity import make_member


@pytest.fixture
def ada(db):
    return make_member("ada")


@pytest.fixture
def bob(db):
    return make_member("bob")


def log(db: Any) -> list[Any]:
    columns = (Activity.member_id, Activity.reporter_id, Activity.kind, Activity.object, Activity.text, Activity.points)
    rows = db.session.execute(sa.select(*columns).where(Activity.withdrawn_at.is_(None)).order_by(Activity.kind, Activity.id))
    return [tuple(row) for row in rows]


def words(page: Any) -> list[tuple[str, str | None, bool]]:
    return [(one.words, one.other.handle if one.other else None, one.private) for one in page.items]


def test_two_facts_and_a_notice_once(db, ada, bob):
    said = thank(ada.id, bob.id, " For the   map.\r\nIt helped! ", REPORTED, "k")
    assert thank(ada.id, bob.id, "Another try of the same form", REPORTED, "k") == said
    assert log(db) == [
        (ada.id, None, "thanks.given", f"member:{bob.id}", "", 0),
        (bob.id, ada.id, "thanks.received", f"member:{ada.id}", "For the   map.\nIt helped!", 0),
    ]
    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.member_id, notice.kind, notice.path) == (bob.id, "thanks.received", "/members/bob/thanks")
    assert notice.data == {"person": ada.id, "words": "For the   map.\nIt helped!"}


@pytest.mark.parametrize("text", ["", "   ", "\u2800", "x" * 501, "a\x00b"])
def test_words_that_are_none(db, ada, bob, text):
    with pytest.raises(NotThanked):
        thank(ada.id, bob.id, text, REPORTED, "k")
    assert log(db) == []


def test_whom_thanks_do_not_reach(db, ada):
    gone, shy = make_member("gone", state="suspended"), make_member("shy", visibility={"name": "me"})
    for giver, receiver in ((ada.id, ada.id), (ada.id, gone.id), (ada.id, shy.id), (ada.id, 10**9), (gone.id, ada.id)):
        with pytest.raises(NotThanked):
            thank(giver, receiver, "Thank you", REPORTED, "k")
    assert log(db) == []


def test_a_day_has_room_for_thirty(db, ada, bob):
    for n in range(30):
        thank(ada.id, bob.id, f"Thanks {n}", REPORTED, f"k{n}")
    with pytest.raises(NotThanked, match="tomorrow"):
        thank(ada.id, bob.id, "One more", REPORTED, "k30")
    thank(ada.id, bob.id, "One more", REPORTED + timedelta(days=1), "k30")
    thank(bob.id, ada.id, "You too", REPORTED, "k")


def test_who_reads_them(db, ada, bob):
    eve = make_member("eve")
    first, second = (thank(giver, bob.id, text, REPORTED, "k") for giver, text in ((ada.id, "From Ada"), (eve.id, "From Eve")))
    assert set_private(first, bob.id, True, REPORTED) is True
    assert set_private(first, ada.id, False, REPORTED) is False
    assert words(received(bob.id, bob)) == [("From Eve", "eve", False), ("From Ada", "ada", True)]
    assert words(received(bob.id, ada)) == words(received(bob.id, eve)) == [("From Eve", "eve", False)]
    assert words(received(bob.id, None)) == []
    assert words(given(ada)) == [("From Ada", "bob", True)]
    set_private(first, bob.id, False, REPORTED)
    eve.state = "suspended"
    db.session.flush()
    assert words(received(bob.id, bob)) == [("From Ada", "ada", False)]
    assert second > first


def test_they_are_taken_back_by_who_said_them(db, ada, bob):
    said = thank(ada.id, bob.id, "Oh", REPORTED, "k")
    assert take_back(said, bob.id, REPORTED) is False
    assert take_back(said, ada.id, REPORTED) is True
    assert take_back(said, ada.id, REPORTED) is False
    assert (log(db), words(received(bob.id, bob)), words(given(ada))) == ([], [], [])
    assert set_private(said, bob.id, True, REPORTED) is False


def test_pages(db, ada, bob, count_queries):
    for n in range(5):
        thank(ada.id, bob.id, f"Thanks {n}", REPORTED, f"k{n}")
    first = received(bob.id, bob, size=3)
    rest = received(bob.id, bob, first.next_cursor, size=3)
    assert [one.words for one in [*first.items, *rest.items]] == [f"Thanks {n}" for n in (4, 3, 2, 1, 0)]
    assert rest.next_cursor is None
    db.session.expire_all()
    seen = []
    for size in (1, 5):
        db.session.commit()
        assert bob.id != ada.id
        with count_queries() as queries:
            thanking.received(bob.id, bob, size=size)
        seen.append(len(queries))
    assert seen[0] == seen[1]


def test_one_form_sent_many_times_at_once(app, db, ada, bob):
    giver, receiver = ada.id, bob.id
    db.session.commit()

    def work(_n: int) -> int:
        said = thank(giver, receiver, "Thank you", REPORTED, "k")
        db.session.commit()
        return said

    assert len(set(in_threads(app, 6, work))) == 1
    assert len(log(db)) == 2


def test_thanks_that_were_taken_back_leave_no_notice(db, ada, bob):
    kept, said = thank(ada.id, bob.id, "For the chairs", REPORTED, "k1"), thank(ada.id, bob.id, "Oh no", REPORTED, "k2")
    assert take_back(said, ada.id, REPORTED) is True
    assert list(db.session.scalars(sa.select(Notice.key))) == [f"thanks:{kept}"]
