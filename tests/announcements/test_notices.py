"""The page of notices: mine alone, new ones first, read when opened; the count in the header."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.announcements import gathering, services
from recognition.announcements.models import Delivery, Notice
from recognition.announcements.queries import notices_page, unread_words
from recognition.announcements.queries import shown as number_of
from recognition.identity.models import Member
from recognition.web import numbers
from tests.factories.announcements import TOLD, make_message, tell_some
from tests.factories.identity import make_member
from tests.identity.pages import send, words

SignIn = Callable[[FlaskClient, Member], None]
Count = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def ada(client: FlaskClient, sign_in: SignIn) -> Member:
    member = make_member("ada")
    sign_in(client, member)
    return member


def header(client: FlaskClient, path: str = "/quests/") -> str:
    """What those hear who do not see it."""
    page = re.sub(r'<span[^>]* aria-hidden="true">.*?</span>', "", client.get(path).get_data(as_text=True))
    bell = re.search(r'<a class="l-bell".*?</a>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", bell.group()).split()) if bell else ""


def read(db: Any) -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Notice.id).where(Notice.read_at.is_not(None)).order_by(Notice.id)))


def test_what_is_told_twice_is_heard_once(db: Any, app: Flask) -> None:
    ada, bea = make_member("ada"), make_member("bea")
    services.tell([make_message(ada.id, key="k"), make_message(bea.id, key="l")], TOLD)
    services.tell([make_message(ada.id, key="k"), make_message(ada.id, key="m")], TOLD)
    assert sorted(db.session.execute(sa.select(Notice.key, Notice.member_id))) == [("k", ada.id), ("l", bea.id), ("m", ada.id)]


def test_what_is_taken_back_is_gone(db: Any, app: Flask) -> None:
    ada = make_member("ada")
    services.tell([make_message(ada.id, key=key) for key in ("a", "b", "c")], TOLD)
    gathering.gather(TOLD + timedelta(hours=1))
    services.untell(["a", "c", "never"])
    services.untell([])
    assert list(db.session.scalars(sa.select(Notice.key))) == ["b"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 0


@pytest.mark.parametrize(("number", "said"), [(0, ""), (1, "1"), (9, "9"), (10, "9+"), (40, "9+")])
def test_the_count_is_small(db: Any, app: Flask, number: int, said: str) -> None:
    ada = make_member("ada")
    tell_some(make_member("bea").id, 3)
    tell_some(ada.id, number)
    assert unread_words(ada.id) == said


def test_the_header_tells_how_many_are_new(client: FlaskClient, db: Any, ada: Member, count_queries: Count) -> None:
    assert header(client) == "Notices"
    tell_some(ada.id, 2)
    tell_some(make_member("bea").id, 1)
    db.session.commit()
    with count_queries() as seen:
        assert header(client) == "Notices, 2 new"
    assert len([statement for statement in seen if "notice" in statement]) == 1


def test_guests_have_no_bell_and_ask_nothing(client: FlaskClient, db: Any, count_queries: Count) -> None:
    with count_queries() as seen:
        assert header(client) == ""
    assert [statement for statement in seen if "notice" in statement] == []
    assert client.get("/me/notices").location == "/login?next=/me/notices"
    assert client.get("/me/notices/1").status_code == 302
    assert client.post("/me/notices/read").status_code in (400, 401)


def test_an_empty_page_is_calm(client: FlaskClient, db: Any, ada: Member) -> None:
    page = client.get("/me/notices")
    assert "All quiet" in words(page.text)
    assert "Mark all as read" not in page.text


def test_new_ones_stand_first_and_say_so_in_words(client: FlaskClient, db: Any, ada: Member) -> None:
    tell_some(ada.id, 4)
    tell_some(make_member("bea").id, 1, data={"badge": "Not mine"})
    ids = list(db.session.scalars(sa.select(Notice.id).where(Notice.member_id == ada.id).order_by(Notice.id)))
    services.open_notice(ada.id, ids[3], TOLD)
    services.open_notice(ada.id, ids[1], TOLD)
    db.session.commit()
    page = words(client.get("/me/notices").text)
    said = re.findall(r"(New )?A pin for you: (.*?)\.", page)
    assert said == [("New ", "Pin 3"), ("New ", "Pin 1"), ("", "Pin 4"), ("", "Pin 2")]


def test_pages_hold_each_notice_once(db: Any, app: Flask) -> None:
    ada = make_member("ada")
    tell_some(ada.id, 11)
    ids = list(db.session.scalars(sa.select(Notice.id).order_by(Notice.id)))
    for one in ids[::3]:
        services.open_notice(ada.id, one, TOLD)
    db.session.flush()
    expected = [i for i in reversed(ids) if i not in ids[::3]] + list(reversed(ids[::3]))
    for size in (1, 2, 3, 7, 11, 20):
        found, cursor = [], None
        while True:
            page = notices_page(ada, cursor, size)
            found += [line.id for line in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert found == expected


def test_opening_one_reads_it_and_leads_to_its_place(client: FlaskClient, db: Any, ada: Member) -> None:
    tell_some(ada.id, 2, path="/badges/helper")
    db.session.commit()
    first = db.session.scalar(sa.select(sa.func.min(Notice.id)))
    answer = client.get(f"/me/notices/{number_of(first)}")
    assert (answer.status_code, answer.location) == (303, "/badges/helper")
    assert read(db) == [first]
    assert client.get(f"/me/notices/{number_of(first)}").location == "/badges/helper"
    assert header(client) == "Notices, 1 new"


@pytest.mark.parametrize("path", ["", "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_a_notice_never_leads_away_from_here(client: FlaskClient, db: Any, ada: Member, path: str) -> None:
    tell_some(ada.id, 1, path=path)
    db.session.commit()
    assert client.get(f"/me/notices/{number_of(db.session.scalar(sa.select(Notice.id)))}").location == "/me/notices"


def test_nobody_opens_a_notice_of_others(client: FlaskClient, db: Any, ada: Member) -> None:
    tell_some(make_member("bea").id, 1)
    db.session.commit()
    assert client.get(f"/me/notices/{number_of(db.session.scalar(sa.select(Notice.id)))}").status_code == 404
    assert client.get(f"/me/notices/{numbers.MOST}").status_code == 404
    assert client.get(f"/me/notices/{2**63 - 1}").status_code == 404
    assert read(db) == []


def test_all_that_was_shown_is_marked_as_read_and_no_more(client: FlaskClient, db: Any, ada: Member) -> None:
    tell_some(ada.id, 3)
    bea = make_member("bea")
    tell_some(bea.id, 1)
    db.session.commit()
    shown = list(db.session.scalars(sa.select(Notice.id).where(Notice.member_id == ada.id).order_by(Notice.id)))
    page = client.get("/me/notices").text
    assert f'name="until" value="{number_of(shown[-1])}"' in page
    tell_some(ada.id, 1, data={"badge": "Later"})
    db.session.commit()
    answer = send(client, "/me/notices", "/me/notices/read", until=str(number_of(shown[-1])))
    assert (answer.status_code, answer.location) == (303, "/me/notices")
    assert read(db) == shown
    assert header(client) == "Notices, 1 new"
    for bad in ("", "x", "-5", str(10**30)):
        assert send(client, "/me/notices", "/me/notices/read", until=bad).status_code == 303


def test_names_are_those_that_the_reader_may_see(client: FlaskClient, db: Any, ada: Member) -> None:
    shy = make_member("shy", name="Secret Name", visibility={"name": "me"})
    gone = make_member("gone", name="Gone Person", state="suspended")
    for who in (shy, gone):
        tell_some(ada.id, 1, kind="deed.confirmed", data={"person": who.id})
    db.session.commit()
    page = client.get("/me/notices").text
    assert ("Secret Name" in page, "Gone Person" in page, "@gone" in page) == (False, False, False)
    assert "@shy was there too" in words(page)
    assert "Somebody was there too" in words(page)


def test_what_somebody_wrote_is_gone_with_them(client: FlaskClient, db: Any, ada: Member) -> None:
    """As on the page of thanks; whoever was joined to another row is still there."""
    new = make_member("new", name="New Row")
    gone, old = make_member("gone", state="suspended"), make_member("old", state="suspended", merged_into_id=new.id)
    for who, said in ((gone, "An insult"), (old, "A kind word")):
        tell_some(ada.id, 1, kind="thanks.received", data={"person": who.id, "words": said})
    db.session.commit()
    page = words(client.get("/me/notices").text)
    assert "An insult" not in page
    assert ("Somebody says thank you: “…”" in page, "New Row says thank you: “A kind word”" in page) == (True, True)


def test_what_people_wrote_is_text(client: FlaskClient, db: Any, ada: Member) -> None:
    tell_some(ada.id, 1, kind="thanks.received", data={"person": ada.id, "words": "<script>x</script>"})
    db.session.commit()
    assert "<script>x" not in client.get("/me/notices").text


def test_as_many_statements_for_many_as_for_one(client: FlaskClient, db: Any, ada: Member, count_queries: Count) -> None:
    numbers = []
    for handle in ("one", "two", "three"):
        person = make_member(handle)
        tell_some(ada.id, 9, kind="deed.confirmed", data={"person": person.id})
        db.session.commit()
        with count_queries() as seen:
            client.get("/me/notices")
        numbers.append(len(seen))
    # A page that new ones fill does not ask for those that were read.
    assert numbers[0] == numbers[1] == numbers[2] + 1 <= 12


def test_home_has_a_quiet_line_for_what_is_new(client: FlaskClient, db: Any, ada: Member, count_queries: Count) -> None:
    assert "Something new for you" not in client.get("/").text
    tell_some(ada.id, 3)
    db.session.commit()
    with count_queries() as seen:
        assert "Something new for you (3)" in words(client.get("/").text)
    assert len([statement for statement in seen if "notice" in statement]) == 1
