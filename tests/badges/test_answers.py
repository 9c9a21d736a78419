"""What a holder says to an award, on every page that asks, with and without script."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.badges.models import Award, IssuerBlock
from recognition.badges.services import revoking
from recognition.badges.services.giving import hand_out
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member
from tests.identity.pages import send, words

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SignIn = Callable[[FlaskClient, Any], None]


@pytest.fixture
def yuki(client: FlaskClient, sign_in: SignIn) -> Member:
    member = make_member("yuki", wears_at_once=False)
    sign_in(client, member)
    return member


def given(app: Flask, member: Member, slug: str = "kind", **changes: Any) -> Award:
    badge = make_badge(slug, {"count": {"kind": "never"}, "at_least": 1}, name=f"{slug.title()} pin", **changes)
    with app.test_request_context():
        hand_out(badge, [member.id], NOW, how="hand", giver_id=None, reason="For the tea.")
    database.session.commit()
    return database.session.scalars(sa.select(Award).where(Award.badge_id == badge.id, Award.member_id == member.id)).one()


def state(award: Award) -> tuple[str, bool]:
    database.session.expire_all()
    return award.answer, award.shown


def test_a_new_award_waits_and_nobody_else_sees_it(app: Flask, client: FlaskClient, yuki: Member) -> None:
    award = given(app, yuki)
    assert state(award) == ("waiting", False)
    tray = words(client.get("/me/badges").text)
    assert "Waiting for your word" in tray
    assert "For the tea." in tray
    stranger = app.test_client()
    assert stranger.get(f"/awards/{award.key}").status_code == 404
    assert "Kind pin" not in words(stranger.get("/members/yuki").text)
    own = words(client.get("/members/yuki").text)
    assert ("Kind pin" in own, "1 badge waits for your word" in own) == (False, True)
    assert "The first pin is nine minutes away" not in own  # it is here, and waits
    assert "waits for your word" not in words(stranger.get("/members/yuki").text)


@pytest.mark.parametrize(
    ("word", "answer", "seen"),
    [
        ("wear", ("accepted", True), 200),
        ("keep", ("accepted", False), 404),
        ("decline", ("declined", False), 404),
    ],
)
def test_each_answer(app: Flask, client: FlaskClient, yuki: Member, word: str, answer: tuple[str, bool], seen: int) -> None:
    award = given(app, yuki)
    done = send(client, "/me/badges", f"/me/awards/{award.key}/answer", answer=word)
    assert (done.status_code, done.location) == (303, "/me/badges")
    assert state(award) == answer
    assert app.test_client().get(f"/awards/{award.key}").status_code == seen
    assert award.badge.holders_count == (1 if word == "wear" else 0)
    assert "Waiting for your word" not in words(client.get("/me/badges").text)


@pytest.mark.parametrize(
    ("first", "then", "answer"),
    [("wear", "keep", ("accepted", False)), ("keep", "wear", ("accepted", True)), ("decline", "keep", ("accepted", False))],
)
def test_the_last_word_holds(
    app: Flask, client: FlaskClient, yuki: Member, first: str, then: str, answer: tuple[str, bool]
) -> None:
    """As from a page that was opened before the first."""
    award = given(app, yuki)
    for word in (first, then):
        send(client, "/me/badges", f"/me/awards/{award.key}/answer", answer=word)
    assert (state(award), award.badge.holders_count) == (answer, int(answer[1]))


@pytest.mark.parametrize("word", ["wear", "keep", "decline"])
def test_nothing_is_promised_of_what_was_taken_back_meanwhile(app: Flask, client: FlaskClient, yuki: Member, word: str) -> None:
    award = given(app, yuki)
    with app.test_request_context():
        revoking.revoke(award.id, None, "A mistake.", NOW)
    database.session.commit()
    send(client, "/me/badges", f"/me/awards/{award.key}/answer", answer=word)
    said = words(client.get("/me/badges").text)
    assert "was taken back" in said
    assert [sentence in said for sentence in ("It is on your jacket", "It is yours", "Declined")] == [False] * 3


def test_what_was_kept_in_another_window_is_not_worn_with_the_others(app: Flask, client: FlaskClient, yuki: Member) -> None:
    kept, other = given(app, yuki), given(app, yuki, "other")
    send(client, "/me/badges", f"/me/awards/{kept.key}/answer", answer="keep")
    send(client, "/me/badges", "/me/awards/wear", key=[kept.key, other.key])
    assert (state(kept), state(other)) == (("accepted", False), ("accepted", True))


def test_a_declined_one_is_reached_quietly_and_can_be_worn_after_all(app: Flask, client: FlaskClient, yuki: Member) -> None:
    award = given(app, yuki)
    send(client, "/me/badges", f"/me/awards/{award.key}/answer", answer="decline")
    page = words(client.get("/me/badges").text)
    assert "1 badge that you declined" in page
    send(client, "/me/badges", f"/me/awards/{award.key}/answer", answer="wear")
    assert state(award) == ("accepted", True)


def test_from_now_on_at_once(app: Flask, client: FlaskClient, yuki: Member) -> None:
    award = given(app, yuki)
    send(client, "/me/badges", f"/me/awards/{award.key}/answer", answer="wear", at_once="1")
    assert state(given(app, yuki, "next")) == ("accepted", True)


def test_the_arrival_asks_and_is_answered_in_place(app: Flask, client: FlaskClient, yuki: Member) -> None:
    award = given(app, yuki)
    card = client.get("/badges/arrivals?since=0", headers={"HX-Request": "true"}).text
    assert ("Wear it" in card, "Keep it to myself" in card, "Decline" in card) == (True, True, True)
    token = card.partition('name="csrf_token" value="')[2].partition('"')[0]
    said = client.post(
        f"/me/awards/{award.key}/answer", data={"csrf_token": token, "answer": "wear"}, headers={"HX-Request": "true"}
    )
    assert said.status_code == 200
    assert "It is on your jacket." in said.text
    assert "<html" not in said.text
    assert "Wear it" not in client.get("/badges/arrivals?since=0", headers={"HX-Request": "true"}).text


def test_nobody_answers_for_others(app: Flask, client: FlaskClient, yuki: Member) -> None:
    award = given(app, make_member("teo", wears_at_once=False))
    for key in (award.key, "nothing"):
        for word in ("wear", "keep", "decline"):
            assert send(client, "/me/settings", f"/me/awards/{key}/answer", answer=word).status_code == 404
    assert state(award) == ("waiting", False)


def test_what_came_together_is_worn_with_one_word(app: Flask, client: FlaskClient, yuki: Member) -> None:
    own = [given(app, yuki, slug) for slug in ("a", "b", "c")]
    other = given(app, make_member("teo", wears_at_once=False), "d")
    card = client.get("/badges/arrivals?since=0", headers={"HX-Request": "true"}).text
    assert [card.count(part) for part in ('class="c-badge-arrival"', "Wear all", 'name="at_once"', 'name="key"')] == [1, 1, 1, 3]
    assert "Looking whether" not in card
    done = send(client, "/me/badges", "/me/awards/wear", key=[one.key for one in (*own, other)], at_once="1")
    assert (done.status_code, done.location) == (303, "/me/badges")
    assert [state(award) for award in (*own, other)] == [("accepted", True)] * 3 + [("waiting", False)]
    assert state(given(app, yuki, "next")) == ("accepted", True)


def test_home_and_notices_tell_of_a_waiting_pin(app: Flask, client: FlaskClient, yuki: Member) -> None:
    assert "A place is kept for it" in words(client.get("/").text)
    award = given(app, yuki)
    home, told = words(client.get("/").text), words(client.get("/me/notices").text)
    assert ("Kind pin Wear it?" in home, "A place is kept for it" in home) == (True, False)
    assert ("1 pin waits for your word" in told, "All quiet" in told) == (True, False)
    done = send(client, "/", f"/me/awards/{award.key}/answer", answer="wear", back="home")
    assert (done.status_code, done.location) == (303, "/")
    assert "Wear it?" not in words(client.get("/").text)
    assert "waits for your word" not in words(client.get("/me/notices").text)


def test_a_group_is_blocked_and_taken_from_again(app: Flask, client: FlaskClient, yuki: Member) -> None:
    group = make_group("lima")
    given(app, yuki, issuer_id=group.id)
    send(client, "/me/settings", "/me/issuers/lima", on="1")
    assert database.session.scalars(sa.select(IssuerBlock.group_id)).all() == [group.id]
    assert "Groups you take no badges from Lima Take them again" in words(client.get("/me/badges").text)
    badge = make_badge("other", issuer_id=group.id)
    with app.test_request_context():
        assert hand_out(badge, [yuki.id], NOW, how="hand", giver_id=None, reason="Tea.") == {yuki.id: "blocked"}
    send(client, "/me/settings", "/me/issuers/lima", on="0")
    assert database.session.scalars(sa.select(IssuerBlock.group_id)).all() == []


def test_the_jackets_page_asks_no_more_for_many(
    app: Flask, client: FlaskClient, yuki: Member, count_queries: Callable[[], Any]
) -> None:
    given(app, yuki, "a0")
    with count_queries() as one:
        client.get("/me/badges")
    for number in range(1, 5):
        given(app, yuki, f"a{number}")
    with count_queries() as many:
        client.get("/me/badges")
    assert len(many) == len(one) <= 12
