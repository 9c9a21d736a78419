"""A word to a deed: who may say it, who reads it, who hears of it, and how it goes again."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import commenting
from recognition.activities.changes import correct, withdraw
from recognition.activities.commenting import comment, of_deed, take_back
from recognition.activities.models import Comment
from recognition.activities.rules import COMMENTS_A_DAY, NotCommented
from recognition.announcements.models import Notice
from tests.activities.test_record import in_threads
from tests.factories.activities import REPORTED, make_activity, make_report
from tests.factories.identity import make_member


@pytest.fixture
def people(db) -> dict[str, Any]:
    return {name: make_member(name) for name in ("ada", "bob", "eve")}


@pytest.fixture
def deed(people) -> int:
    return make_activity(people["ada"].id, text="A talk").id


def words(page: Any) -> list[tuple[str, str]]:
    return [(one.who.handle, one.text) for one in page.items]


def test_said_read_and_heard_once(db, people, deed):
    said = comment(deed, people["bob"].id, " Well done!\r\nReally. ", "k", REPORTED)
    assert comment(deed, people["bob"].id, "Sent again", "k", REPORTED) == said
    comment(deed, people["ada"].id, "Thank you", "k", REPORTED)
    for reader in people.values():
        assert words(of_deed(deed, reader)) == [("ada", "Thank you"), ("bob", "Well done!\nReally.")]
    assert words(of_deed(deed, None)) == []
    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.member_id, notice.kind, notice.path) == (
        people["ada"].id,
        "deed.comment",
        f"/activities/{deed}#comment-{said}",
    )
    assert notice.data == {"person": people["bob"].id, "words": "Well done!\nReally."}


@pytest.mark.parametrize("text", ["", "  ", "\u2800", "x" * 2001, "a\x00b", "\u202e"])
def test_words_that_are_none(db, people, deed, text):
    with pytest.raises(NotCommented):
        comment(deed, people["bob"].id, text, "k", REPORTED)
    assert db.session.scalars(sa.select(Comment)).all() == []


def test_who_may_say_nothing(db, people, deed):
    mine = make_activity(people["ada"].id, visibility="me").id
    fact = make_activity(people["ada"].id, kind="badge.awarded").id
    gone = make_activity(people["ada"].id, text="Gone").id
    withdraw([gone], people["ada"].id, "", REPORTED)
    for about, who in ((mine, "bob"), (fact, "bob"), (gone, "bob"), (gone, "ada"), (10**9, "bob")):
        with pytest.raises(NotCommented):
            comment(about, people[who].id, "Hello", "k", REPORTED)
    people["eve"].state = "suspended"
    db.session.flush()
    with pytest.raises(NotCommented):
        comment(deed, people["eve"].id, "Hello", "k", REPORTED)
    assert comment(mine, people["ada"].id, "A note to myself", "k", REPORTED)
    assert db.session.scalars(sa.select(Notice)).all() == []


def test_one_form_is_for_one_deed(db, people, deed):
    other = make_activity(people["ada"].id, text="Another").id
    comment(deed, people["bob"].id, "Hello", "k", REPORTED)
    with pytest.raises(NotCommented, match="another deed"):
        comment(other, people["bob"].id, "Hello", "k", REPORTED)


def test_a_day_has_room_for_so_many(db, people, deed):
    for number in range(COMMENTS_A_DAY):
        comment(deed, people["bob"].id, "Hello", f"k{number}", REPORTED)
    with pytest.raises(NotCommented, match="tomorrow"):
        comment(deed, people["bob"].id, "Hello", "more", REPORTED)
    assert comment(deed, people["bob"].id, "Sent again", "k3", REPORTED)
    assert comment(deed, people["bob"].id, "Hello", "more", REPORTED + timedelta(days=1, seconds=1))


def test_taken_back_by_who_said_it(db, people, deed):
    said = comment(deed, people["bob"].id, "Oh no", "k", REPORTED)
    assert take_back(said, people["ada"].id, REPORTED) is None
    assert take_back(said, people["bob"].id, REPORTED) == deed
    assert take_back(said, people["bob"].id, REPORTED) is None
    assert words(of_deed(deed, people["ada"])) == []
    assert db.session.execute(sa.select(Comment.text, Comment.removed_at)).all() == [("", REPORTED)]
    assert db.session.scalars(sa.select(Notice)).all() == []


def test_what_nobody_reads(db, people, deed):
    hidden = comment(deed, people["bob"].id, "Not nice", "k", REPORTED)
    comment(deed, people["eve"].id, "From somebody who is gone", "k", REPORTED)
    db.session.get_one(Comment, hidden).hidden_at = REPORTED
    people["eve"].state = "suspended"
    db.session.flush()
    assert words(of_deed(deed, people["ada"])) == []
    assert [(one.text, one.is_hidden) for one in of_deed(deed, people["bob"]).items] == [("Not nice", True)]


def test_it_stays_with_the_deed_when_that_is_corrected(db, people, deed):
    comment(deed, people["bob"].id, "Well done!", "k", REPORTED)
    anew = correct(deed, make_report(people["ada"].id, text="A talk in Paris"), people["ada"].id, REPORTED).id
    assert (words(of_deed(anew, people["ada"])), words(of_deed(deed, people["ada"]))) == ([("bob", "Well done!")], [])


def test_page_after_page_at_one_price(db, people, deed, count_queries):
    for number in range(5):
        comment(deed, people["bob"].id, f"n{number}", f"k{number}", REPORTED)
    first = of_deed(deed, people["ada"], size=3)
    rest = of_deed(deed, people["ada"], first.next_cursor, size=3)
    assert [one.text for one in [*first.items, *rest.items]] == ["n4", "n3", "n2", "n1", "n0"]
    assert rest.next_cursor is None
    reader = people["ada"]
    seen = []
    for size in (1, 5):
        db.session.commit()
        assert reader.id
        with count_queries() as queries:
            commenting.of_deed(deed, reader, size=size)
        seen.append(len(queries))
    assert seen[0] == seen[1]


def test_one_form_sent_many_times_at_once(app, db, people, deed):
    bob = people["bob"].id
    db.session.commit()

    def work(_n: int) -> int:
        said = comment(deed, bob, "Hello", "k", REPORTED)
        db.session.commit()
        return said

    assert len(set(in_threads(app, 6, work))) == 1
    assert len(db.session.scalars(sa.select(Notice)).all()) == 1
