"""With whom somebody worked: read from what the reader may see, and only between two who both like it."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import answering, naming, ties
from recognition.activities.changes import correct, set_visibility, withdraw
from recognition.activities.confirming import confirm
from recognition.activities.models import Activity, NamedPerson
from recognition.identity.models import Member
from tests.factories.activities import REPORTED, make_activity, make_report
from tests.factories.identity import make_member
from tests.identity.pages import send
from tests.pages.test_deeds import Person, as_, people, plain  # noqa: F401 - fixtures

THERE = {"kind": "event.attended", "object": "event:call", "text": "Monthly call", "fingerprinted": False}


@pytest.fixture
def three(db: Any, people: dict[str, Member]) -> dict[str, Member]:  # noqa: F811
    """All were at a public call; ada and bob painted the hall, for members; eve saw ada talk, in public."""
    ada, bob, eve = people.values()
    for one in people.values():
        one.shows_ties = True
        make_activity(one.id, visibility="public", **THERE)
    hall = make_activity(ada.id, text="Painted the hall").id
    naming.name(hall, ada.id, [bob.id], [], REPORTED)
    answering.answer(hall, bob.id, True, REPORTED)
    confirm(make_activity(ada.id, text="A talk", kind="talk", visibility="public").id, eve.id, REPORTED)
    db.session.commit()
    return people


def found(member: Member, viewer: Member | None) -> dict[str, list[tuple[str, str, list[str]]]]:
    """How each of them worked with this member: (way, how often, the deeds' words)."""
    rows = ties.worked_with(member.id, viewer).items
    return {one.person.handle: [(way.name, way.often, [deed.text for deed in way.deeds]) for way in one.ways] for one in rows}


CALL, HALL, TALK = ("event", "once", ["Monthly call"]), ("together", "once", ["Painted the hall"]), ("said", "once", ["A talk"])


def test_each_reader_finds_what_they_may_read(db: Any, three: dict[str, Member]) -> None:
    ada, bob, eve = three.values()
    assert found(ada, None) == {"bob": [CALL], "eve": [CALL, TALK]}
    assert found(ada, eve) == found(ada, ada) == {"bob": [CALL, HALL], "eve": [CALL, TALK]}
    assert (found(bob, ada)["ada"], found(eve, bob)["ada"]) == ([CALL, HALL], [CALL, TALK])


def test_only_while_both_allow_it(client: Any, three: dict[str, Member], as_: Any) -> None:  # noqa: F811
    """At once, in both directions; and who takes it back has no such page any more, not even for themselves."""
    _ada, bob, _eve = three.values()
    pages = [("/members/ada/worked-with", "Bob"), ("/members/bob/worked-with", "Ada")]

    def stands() -> list[bool]:
        return [name in plain(client.get(path).text) for path, name in pages]

    assert stands() == [True, True]
    mine = as_(bob)
    send(mine.client, "/me/settings", "/me/wishes", takes_badges="1")
    assert (stands(), client.get(pages[1][0]).status_code, mine.get(pages[1][0]).status_code) == ([False, False], 404, 404)
    assert ["worked-with" in client.get(f"/members/{handle}").text for handle in ("ada", "bob")] == [True, False]
    send(mine.client, "/me/settings", "/me/wishes", takes_badges="1", shows_ties="1")
    assert stands() == [True, True]


def test_nobody_begins_with_it(db: Any) -> None:
    assert make_member("new").shows_ties is False


def test_what_one_keeps_to_themselves_makes_none(db: Any, three: dict[str, Member]) -> None:
    ada, bob, _eve = three.values()
    own = db.session.scalar(sa.select(NamedPerson.own_id))
    set_visibility(own, "me", REPORTED)
    assert [found(ada, viewer)["bob"] for viewer in (ada, bob)] == [[CALL], [CALL]]
    call = db.session.scalar(sa.select(Activity.id).where(Activity.member_id == ada.id, Activity.object == "event:call"))
    set_visibility(call, "me", REPORTED)
    assert [found(ada, viewer) for viewer in (ada, bob)] == [{"eve": [TALK]}] * 2
    assert [list(found(bob, viewer)) for viewer in (ada, bob)] == [["eve"]] * 2


def test_a_word_that_is_put_right_stays_and_one_taken_back_goes(db: Any, three: dict[str, Member]) -> None:
    ada, bob, _eve = three.values()
    own = db.session.scalar(sa.select(NamedPerson.own_id))
    better = correct(own, make_report(bob.id, text="Painted the hall blue"), bob.id, REPORTED).id
    assert found(bob, ada)["ada"] == [CALL, ("together", "once", ["Painted the hall blue"])]
    withdraw([better], bob.id, "", REPORTED)
    assert (found(bob, ada)["ada"], found(ada, ada)["bob"]) == ([CALL], [CALL])


def test_whom_a_reader_does_not_see_stands_nowhere(client: Any, db: Any, three: dict[str, Member]) -> None:
    ada, bob, eve = three.values()
    bob.state, eve.visibility = "suspended", {"name": "me"}
    db.session.commit()
    assert (found(ada, None), found(ada, ada), list(found(ada, eve))) == ({}, {}, ["eve"])
    assert [client.get(f"/members/{one}/worked-with").status_code for one in ("bob", "eve", "nobody")] == [404, 404, 404]
    bob.state, eve.visibility = "alumni", {"name": "members"}
    db.session.commit()
    assert (list(found(ada, None)), list(found(ada, ada))) == (["bob"], ["bob", "eve"])


def test_it_comes_after_the_profile_page_by_page_at_one_price(
    client: Any, db: Any, three: dict[str, Member], count_queries: Any
) -> None:
    numbers = []
    for more in range(2):
        for number in range(15 * more):
            make_activity(make_member(f"m{number:02}", shows_ties=True).id, visibility="public", **THERE)
        for number in range(3 * more):
            for one in ("ada", "bob"):
                about = THERE | {"object": f"event:{number}", "visibility": "public"}
                make_activity(three[one].id, **about)
        db.session.commit()
        db.session.expire_all()
        for path in ("/members/ada", "/members/ada/worked-with"):
            with count_queries() as seen:
                page = client.get(path).text
            numbers.append(len(seen))
    assert numbers[:2] == numbers[2:]
    assert numbers[1] <= 12
    names = re.findall(r'c-member-line__name" href="/members/([^"]*)', page)
    assert names == ["bob", "eve", *(f"m{number:02}" for number in range(10))]
    older = re.search(r'href="(/members/ada/worked-with\?after=[^"]*)"', page)
    assert older is not None
    rest = client.get(older[1]).text
    assert re.findall(r'c-member-line__name" href="/members/([^"]*)', rest) == [f"m{number:02}" for number in range(10, 15)]
    assert "At the same events, a few times: Monthly call , Monthly call" in plain(page)
    part = client.get("/members/ada/worked-with", headers={"HX-Request": "true"}).text
    assert ("<h2" in part, "<html" in part) == (True, False)
    assert 'hx-get="/members/ada/worked-with" hx-trigger="load"' in client.get("/members/ada").text
