"""Why not yet: the page opens each number to the very deeds that make it up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities import drain
from recognition.badges.models import HAND, Award
from recognition.badges.services.giving import hand_out
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.identity.pages import words

SignIn = Callable[[FlaskClient, Any], None]
NOW = clock.utcnow()
TALKS = {"count": {"kind": "talk"}, "at_least": 3}


@pytest.fixture
def ada(client: FlaskClient, sign_in: SignIn) -> Member:
    member = make_member("ada")
    sign_in(client, member)
    return member


def told(member: Member, text: str, kind: str = "talk", days_ago: int = 1) -> None:
    make_activity(member.id, kind=kind, text=text, occurred_at=NOW - timedelta(days=days_ago), fingerprinted=False)


def test_it_names_what_counts_and_what_is_missing(client: FlaskClient, ada: Member) -> None:
    make_badge("talker", TALKS)
    told(ada, "Spoke in Lima")
    told(ada, "Spoke in Nairobi", days_ago=2)
    told(ada, "Wrote a page", kind="writing")
    told(make_member("ben"), "Ben spoke")
    database.session.commit()
    said = words(client.get("/badges/talker/why").text)
    assert "Why not yet?" in said
    assert ("2 of 3" in said, "1 more is missing." in said) == (True, True)
    assert said.index("Spoke in Lima") < said.index("Spoke in Nairobi")
    assert ("Wrote a page" in said, "Ben spoke" in said) == (False, False)
    assert "/badges/talker/why" in client.get("/badges/talker").text


def test_a_day_that_is_full_says_when_the_next_one_counts(client: FlaskClient, ada: Member) -> None:
    make_badge("talker", {"count": {"kind": "talk", "at_most": {"day": 1}}, "at_least": 3})
    told(ada, "Spoke today", days_ago=0)
    told(ada, "Spoke again", days_ago=0)
    database.session.commit()
    said = words(client.get("/badges/talker/why").text)
    tomorrow = (NOW + timedelta(days=1)).strftime("%-d %b %Y")
    assert f"The next one counts from {tomorrow} on." in said
    assert said.count("Spoke ") == 1


def test_the_first_missing_part_is_open_and_others_open_one_by_one(client: FlaskClient, ada: Member) -> None:
    make_badge("both", {"all": [{"count": {"kind": "talk"}, "at_least": 1}, {"count": {"kind": "writing"}, "at_least": 2}]})
    told(ada, "Spoke in Lima")
    told(ada, "Wrote a page", kind="writing")
    database.session.commit()
    said = words(client.get("/badges/both/why").text)
    assert ("Wrote a page" in said, "Spoke in Lima" in said) == (True, False)
    said = words(client.get("/badges/both/why?part=0").text)
    assert ("Wrote a page" in said, "Spoke in Lima" in said) == (False, True)
    assert client.get("/badges/both/why?part=2").status_code == 404


def test_what_the_product_noted_has_a_name_and_no_page(client: FlaskClient, ada: Member) -> None:
    make_badge("first", TALKS, name="First pin")
    make_badge("second", {"all": [{"holds": "first"}, {"count": {"kind": "talk"}, "at_least": 5}]})
    make_activity(ada.id, kind="badge.awarded", object="badge:first", text="", fingerprinted=False)
    database.session.commit()
    page = client.get("/badges/second/why?part=0").text
    assert "First pin" in words(page).partition("These count")[2]


def test_what_must_not_be(client: FlaskClient, ada: Member) -> None:
    make_badge(
        "odd", {"all": [{"count": {"kind": "writing"}, "at_least": 1}, {"not": {"count": {"kind": "talk"}, "at_least": 1}}]}
    )
    told(ada, "Spoke in Lima")
    database.session.commit()
    said = words(client.get("/badges/odd/why?part=1").text)
    assert "These stand in the way" in said
    assert "Spoke in Lima" in said


def test_who_declined_it_does_not_have_it(client: FlaskClient, ada: Member) -> None:
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1})
    told(ada, "Spoke in Lima")
    database.session.commit()
    drain.drain()
    assert "What counted" in words(client.get("/badges/talker/why").text)
    award = database.session.scalars(sa.select(Award)).one()
    award.answer, award.shown = "declined", False
    database.session.commit()
    said = words(client.get("/badges/talker/why").text)
    assert ("Why not yet?" in said, "You said no to this badge." in said) == (True, True)


def test_a_badge_without_a_rule_and_a_stranger(app: Flask, client: FlaskClient, ada: Member) -> None:
    make_badge("given", {})
    make_badge("talker", TALKS)
    database.session.commit()
    assert client.get("/badges/given/why").status_code == 404
    assert app.test_client().get("/badges/talker/why").location == "/login?next=/badges/talker/why"


def test_it_asks_the_same_for_one_part_and_for_four(client: FlaskClient, ada: Member, count_queries: Callable[[], Any]) -> None:
    part = {"count": {"kind": "talk"}, "at_least": 3}
    make_badge("one", {"all": [part, {"count": {"kind": "a"}, "at_least": 1}]})
    make_badge("four", {"all": [part, *({"count": {"kind": kind}, "at_least": 1} for kind in "abcd")]})
    told(ada, "Spoke in Lima")
    database.session.commit()
    counts = []
    for slug in ("one", "four"):
        with count_queries() as seen:
            assert client.get(f"/badges/{slug}/why").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


def test_what_somebody_gave_by_hand_says_so_and_misses_nothing(client: FlaskClient, ada: Member) -> None:
    made = make_badge("talker", TALKS)
    told(ada, "Spoke in Lima")
    amina = make_member("amina", name="Amina")
    hand_out(made, [ada.id], NOW, how=HAND, giver_id=amina.id, reason="For Lima.")
    database.session.commit()
    said = words(client.get("/badges/talker/why").text)
    assert ("How it came" in said, "Amina gave it to you by hand." in said) == (True, True)
    assert ("Missing" in said, "more are missing" in said) == (False, False)
    amina.state = "suspended"
    database.session.commit()
    said = words(client.get("/badges/talker/why").text)
    assert ("It was given to you by hand." in said, "Amina" in said) == (True, False)


def test_another_badge_is_no_deed(client: FlaskClient, ada: Member) -> None:
    make_badge("first", TALKS, name="First pin")
    make_badge("second", {"all": [{"holds": "first"}, {"finished": "what-is-mdm"}]})
    database.session.commit()
    said = words(client.get("/badges/second/why").text)
    assert ("It is not there yet." in said, "See what counts" in said, "deed" in said.partition("Missing:")[2]) == (
        True,
        True,
        False,
    )
