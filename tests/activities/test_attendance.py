"""A pasted list: read in the ways people write one, matched with members, and told for all of them at once."""

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.activities import attendance, listing
from recognition.activities.changes import withdraw
from recognition.activities.models import Activity
from recognition.activities.rules import BadReport
from recognition.announcements.models import Notice
from tests.factories.activities import REPORTED, make_report
from tests.factories.identity import make_member


@pytest.mark.parametrize(
    ("pasted", "found"),
    [
        ("", []),
        ("ada\nbob\n\n ada ", ["ada", "bob"]),
        ("@ada, @bob; Cleo Ng\tdan", ["ada", "bob", "Cleo Ng", "dan"]),
        ("1. ada\n2) bob\n- cleo\n* dan\n[x] eve\n• fay", ["ada", "bob", "cleo", "dan", "eve", "fay"]),
        ('Name,Handle,Came\nAda L,ada,yes\n"Ng, Bob",bob,no\nshort', ["ada", "bob"]),
        ('name;town\n"Ng; Cleo";Rome\n', ["Ng; Cleo"]),
        ("\ufeffHandle\nada\nAda\nbob", ["ada", "bob"]),
        ("'ada'\r\n\"bob\"\r", ["ada", "bob"]),
        ("a\x00d\u202ea", ["ada"]),
        ("مينا\n山田 太郎", ["مينا", "山田 太郎"]),
        ('handle\n"never closed', ["never closed"]),
    ],
)
def test_what_people_paste(pasted, found):
    assert attendance.entries(pasted) == found


@pytest.mark.parametrize("pasted", ["x" * (attendance.PASTED_MAX_CHARS + 1), "\n".join(f"m{n}" for n in range(501))])
def test_too_much_is_refused(pasted):
    with pytest.raises(BadReport):
        attendance.entries(pasted)


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text_is_read(text):
    found = attendance.entries(text)
    assert len(found) == len({one.casefold() for one in found})
    assert all(0 < len(one) <= attendance.NAME_MAX_CHARS and one == one.strip() for one in found)


def test_who_is_meant(db):
    ada, bob = make_member("ada", name="Ada Lovelace"), make_member("bob", name="José Núñez")
    make_member("one", name="Sam Same"), make_member("two", name="Sam Same")
    make_member("shy", name="Shy Person", visibility={"name": "me"})
    make_member("gone", name="Gone Away", state="suspended")
    left = make_member("left", name="Left Over", state="suspended", merged_into_id=bob.id)
    db.session.flush()
    given_names = ["ADA", "ada lovelace", "jose nunez", "Sam Same", "Shy Person", "gone", "Gone Away", left.handle, "zed"]
    meant = listing.match(given_names, ada)
    assert [person.handle for person in meant.people] == ["ada", "bob"]
    assert meant.unknown == ["Sam Same", "Shy Person", "gone", "Gone Away", "zed"]


def rows(db: Any) -> list[tuple[int, int | None, int, str]]:
    columns = (Activity.member_id, Activity.reporter_id, Activity.evidence, Activity.source)
    return [
        tuple(row) for row in db.session.execute(sa.select(*columns).where(Activity.withdrawn_at.is_(None)).order_by(Activity.id))
    ]


def test_one_row_each_and_each_hears_of_it(db):
    cur, ada, bob = (make_member(name) for name in ("cur", "ada", "bob"))
    report = make_report(cur.id, text="Came to the call", kind="meeting")
    assert listing.tell_for(report, [ada.id, bob.id, cur.id, ada.id], cur.id, REPORTED) == listing.Listed(3, 0)
    assert sorted(rows(db)) == [(cur.id, cur.id, 0, "list"), (ada.id, cur.id, 1, "list"), (bob.id, cur.id, 1, "list")]
    told = db.session.execute(sa.select(Notice.member_id, Notice.kind, Notice.data).order_by(Notice.member_id)).all()
    said = {"person": cur.id, "words": "Came to the call"}
    assert [tuple(row) for row in told] == [(ada.id, "deed.listed", said), (bob.id, "deed.listed", said)]


def test_told_again_nothing_changes_and_what_was_taken_off_stays_off(db):
    cur, ada, bob = (make_member(name) for name in ("cur", "ada", "bob"))
    report = make_report(cur.id, text="Came to the call")
    listing.tell_for(report, [ada.id, bob.id], cur.id, REPORTED)
    mine = db.session.scalar(sa.select(Activity.id).where(Activity.member_id == ada.id))
    withdraw([mine], ada.id, "", REPORTED)
    assert listing.tell_for(report, [ada.id, bob.id], bob.id, REPORTED) == listing.Listed(0, 2)
    assert rows(db) == [(bob.id, cur.id, 1, "list")]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 2


def test_who_keeps_to_themselves_where_they_are_alone_sees_what_a_list_tells_of_them(db):
    ada, bob, yuki = make_member("ada"), make_member("bob"), make_member("yuki", visibility={"groups": "me"})
    db.session.commit()
    listing.tell_for(make_report(ada.id), [bob.id, yuki.id], ada.id, REPORTED)
    rows = db.session.execute(sa.select(Activity.member_id, Activity.visibility).order_by(Activity.member_id))
    assert [tuple(row) for row in rows] == [(bob.id, "members"), (yuki.id, "me")]
