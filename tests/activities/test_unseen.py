"""Quiet help: on the list is whom others saw helping; nobody is there for being quiet, and nothing hidden is counted."""

from datetime import timedelta
from typing import Any

import pytest

from recognition import clock
from recognition.activities import thanking, unseen
from recognition.activities.changes import withdraw
from recognition.activities.confirming import confirm
from recognition.activities.models import NamedPerson
from recognition.activities.unseen import helpers
from tests.factories.activities import REPORTED, make_activity
from tests.factories.identity import make_member
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures

LONG_AGO = REPORTED - timedelta(days=120)


@pytest.fixture
def people(db) -> dict[str, Any]:
    made = {name: make_member(name) for name in ("ada", "bob", "eve", "fay", "gus", "quiet")}
    made["cleo"] = make_member("cleo", roles=("council",))
    for name in ("ada", "cleo"):
        make_activity(made[name].id, occurred_at=REPORTED, reporter_id=made[name].id, text=f"Told by {name}")
    return made


def found(people: dict[str, Any], **changes: Any) -> list[tuple[str, list[str], int, int, int]]:
    page = helpers(people["cleo"], REPORTED, **changes)
    return [(one.person.handle, list(one.thanks), one.thanked, one.stood_up, one.named) for one in page.items]


def named(db: Any, deed: int, member: Any, **changes: Any) -> None:
    values = {"role": "with", "asked_at": REPORTED, **changes}
    db.session.add(NamedPerson(activity_id=deed, member_id=member.id, **values))
    db.session.flush()


def test_each_sign_by_itself(db, people):
    deed = make_activity(people["ada"].id, text="A talk", occurred_at=REPORTED).id
    thanking.thank(people["ada"].id, people["bob"].id, "For the chairs", REPORTED, "k1")
    confirm(deed, people["eve"].id, REPORTED)
    named(db, deed, people["fay"])
    make_activity(people["gus"].id, text="Carried tables", occurred_at=REPORTED, reporter_id=people["ada"].id, source="list")
    assert found(people) == [
        ("bob", ["For the chairs"], 1, 0, 0),
        ("eve", [], 0, 1, 0),
        ("fay", [], 0, 0, 1),
        ("gus", [], 0, 0, 1),
    ]


def test_who_told_something_is_seen_already(db, people):
    for name, key in (("bob", "k1"), ("ada", "k2"), ("eve", "k3")):
        giver = people["fay"]
        thanking.thank(giver.id, people[name].id, "Thank you", REPORTED, key)
    make_activity(people["eve"].id, text="Seen by a program", occurred_at=LONG_AGO)
    assert found(people) == [("bob", ["Thank you"], 1, 0, 0)]
    own = make_activity(people["bob"].id, text="A yes to what others told", source="together", occurred_at=REPORTED)
    assert (own.new, len(found(people))) == (True, 1)


def test_what_does_not_count(db, people):
    """Old, private, taken back, said no to, of the suspended, in deeds that the reader may not see."""
    bob, ada = people["bob"], people["ada"]
    thanking.set_private(thanking.thank(ada.id, bob.id, "A secret", REPORTED, "k1"), bob.id, True, REPORTED)
    thanking.thank(ada.id, bob.id, "Long ago", LONG_AGO, "k2")
    thanking.take_back(thanking.thank(ada.id, bob.id, "Oh no", REPORTED, "k3"), ada.id, REPORTED)
    gone = make_member("gone")
    thanking.thank(gone.id, bob.id, "From somebody who is gone", REPORTED, "k4")
    gone.state = "suspended"
    mine, away = (make_activity(ada.id, text=text, occurred_at=REPORTED, **more).id
                  for text, more in (("Mine", {"visibility": "me"}), ("Away", {})))  # fmt: skip
    said_no = make_activity(ada.id, text="No", occurred_at=REPORTED).id
    named(db, mine, bob)
    named(db, away, bob)
    named(db, said_no, bob, answer="no", answered_at=REPORTED)
    named(db, make_activity(ada.id, text="Deputy", occurred_at=REPORTED).id, bob, stands_in_for_id=people["eve"].id)
    confirm(away, people["eve"].id, REPORTED)
    withdraw([away], ada.id, "", REPORTED)
    assert found(people) == []


def test_the_quiet_ones_are_on_no_list(db, people):
    assert found(people) == []


def test_names_as_the_reader_may_see_them_and_nobody_who_is_away(db, people):
    people["bob"].visibility = {"name": "me"}
    people["eve"].state = "alumni"
    for name in ("bob", "eve", "fay"):
        make_activity(people[name].id, text=f"By {name}", occurred_at=REPORTED, reporter_id=people["ada"].id)
    people["fay"].state = "suspended"
    db.session.flush()
    (one,) = helpers(people["cleo"], REPORTED).items
    assert (one.person.called, one.can_be_thanked) == ("@bob", False)


def test_by_name_page_after_page_at_one_price(db, people, count_queries):
    for number in range(9):
        for helper in (make_member(f"helper-{number}").id, people["bob"].id, people["bob"].id):
            thanking.thank(people["ada"].id, helper, "Words", REPORTED, f"{number}-{helper}")
    first = helpers(people["cleo"], REPORTED, size=4)
    rest = helpers(people["cleo"], REPORTED, first.next_cursor, size=8)
    assert [one.person.handle for one in [*first.items, *rest.items]] == ["bob", *(f"helper-{number}" for number in range(9))]
    assert (first.items[0].thanked, len(first.items[0].thanks)) == (9, 2)
    seen = []
    for size in (1, 9):
        db.session.commit()
        assert people["cleo"].id
        with count_queries() as asked:
            helpers(people["cleo"], REPORTED, size=size)
        seen.append(len(asked))
    assert seen[0] == seen[1]


def test_only_the_newest_signs_are_read(db, people, monkeypatch):
    monkeypatch.setattr(unseen, "SIGNS_MAX", 2)
    for number, name in enumerate(("bob", "eve", "fay")):
        thanking.thank(people["ada"].id, people[name].id, "Thanks", REPORTED + timedelta(seconds=number), f"k{number}")
    assert [line[0] for line in found(people)] == ["eve", "fay"]


def test_the_page_is_the_councils(client, db, people, as_):  # noqa: F811
    now = clock.utcnow()
    thanking.thank(people["ada"].id, people["bob"].id, "For the <chairs>", now, "k1")
    db.session.commit()
    assert as_(people["ada"]).get("/council/unseen").status_code == 403
    assert client.get("/council/unseen").status_code == 302
    page = as_(people["cleo"]).get("/council/unseen")
    assert "For the &lt;chairs&gt;" in plain(page.text)
    assert 'href="/members/bob/thanks"' in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
