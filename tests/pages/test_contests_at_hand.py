"""Contests where people look first: the home page, signed in and out, and the page of a campaign."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from recognition import clock
from recognition.contests.at_hand import ENTER, VOTE, at_hand
from recognition.contests.models.vote import Juror, Voter
from recognition.identity.models import Member
from tests.factories.campaigns import make_campaign
from tests.factories.contests import NOW, days, make_contest, make_entry, make_round, open_round

Make = Callable[..., Member]


@pytest.fixture(autouse=True)
def today() -> Any:
    with clock.as_of(NOW):
        yield


def entering(slug: str, **changes: Any) -> Any:
    contest = make_contest(slug, rounds=0, **({"entries_from": days(-1), "entries_until": days(5)} | changes))
    make_round(contest, starts_at=days(6), ends_at=days(9))
    return contest


def voting(slug: str, entries: list[Member], voters: list[Member], **changes: Any) -> Any:
    contest = make_contest(slug, rounds=0, **changes)
    one = make_round(contest, starts_at=days(-1), ends_at=days(3))
    open_round(one, [make_entry(contest, member) for member in entries], voters)
    return contest


def told(member: Member) -> list[tuple[str, str]]:
    return [(one.what, one.slug) for one in at_hand(member, NOW)]


def test_a_vote_that_waits_comes_before_what_takes_entries(db: Any, make_member: Make) -> None:
    ada, bo = make_member("ada"), make_member("bo")
    entering("paint")
    vote = voting("sing", [bo], [ada, bo])
    db.session.commit()
    assert told(ada) == [(VOTE, "sing"), (ENTER, "paint")]
    db.session.get_one(Voter, (vote.rounds[0].id, ada.id)).voted = True
    db.session.flush()
    assert told(ada) == [(ENTER, "paint")]


def test_who_has_entered_judges_or_may_not_is_not_asked_to_enter(db: Any, make_member: Make) -> None:
    ada, judge, fresh = make_member("ada"), make_member("judge"), make_member("fresh", joined_at=days(-2))
    old = make_member("old", joined_at=days(-90))
    contest = entering("paint", may_enter={"member_for": 30})
    make_entry(contest, ada)
    db.session.add(Juror(round_id=contest.rounds[0].id, member_id=judge.id, part="juror", position=0))
    db.session.flush()
    assert [told(member) for member in (ada, judge, fresh, old)] == [[], [], [], [(ENTER, "paint")]]


def test_what_is_over_a_draft_or_called_off_is_at_nobodys_hand(db: Any, make_member: Make) -> None:
    ada = make_member("ada")
    entering("draft", state="draft")
    entering("off", state="called_off")
    entering("past", entries_until=NOW)
    voting("late", [], [ada]).rounds[0].ends_at = NOW
    db.session.flush()
    assert told(ada) == []


def test_home_suggests_it_with_reason_and_minutes(
    client: FlaskClient, db: Any, make_member: Make, sign_in: Any, count_queries: Callable[[], Any]
) -> None:
    ada, bo = make_member("ada"), make_member("bo")
    voting("sing", [bo], [ada], title="Sing it")
    entering("paint", title="Paint it")
    db.session.commit()
    sign_in(client, ada)
    with count_queries() as seen:
        page = client.get("/").get_data(as_text=True)
    assert 'href="/contests/sing/vote">Sing it</a>' in page
    assert "The vote is open for 3 days more." in page
    assert "10 minutes" in page
    assert len(seen) <= 12


def test_signed_out_the_running_contest_hangs_on_the_first_page(
    client: FlaskClient, db: Any, make_member: Make, count_queries: Callable[[], Any]
) -> None:
    ada, bo = make_member("ada", name="Ada Secret"), make_member("bo")
    voting("sing", [ada, bo], [ada], title="Sing it")
    entering("hidden", shows_at_once=False)
    db.session.commit()
    with count_queries() as seen:
        page = client.get("/").get_data(as_text=True)
    wall = page.partition("p-welcome__wall")[2].partition("</ul>")[0]
    assert len(re.findall(r'href="/contests/sing/entries/entry\d+"', wall)) == 2
    assert "Ada Secret" not in wall
    assert len(seen) <= 12


def test_a_campaign_shows_its_contests_as_squares_on_the_way(client: FlaskClient, db: Any, count_queries: Any) -> None:
    make_campaign("spring")
    entering("paint", title="Paint it", campaign="spring")
    entering("other", title="Other")
    db.session.commit()
    with count_queries() as one:
        squares = client.get("/campaigns/spring").get_data(as_text=True).partition("p-campaign__squares")[2].partition("</ul>")[0]
    assert re.findall(r'href="/contests/(\w+)"', squares) == ["paint"]
    assert "Entries for 5 days more." in squares
    for slug in ("two", "three"):
        entering(slug, campaign="spring")
    db.session.commit()
    with count_queries() as three:
        client.get("/campaigns/spring")
    assert len(one) == len(three) <= 12
