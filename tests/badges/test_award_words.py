"""What the page of an award says is true while it waits, while it is hidden, and after it was taken back."""

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.announcements.queries import unread_words
from recognition.badges.services.endorsing import answer, endorse
from recognition.config import MailServer
from tests.badges.conftest import SignIn, words
from tests.badges.test_award_page import given, hrefs
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member

UNANSWERED = [("waiting", "may wear the pin", "Nothing is signed yet"), ("declined", "declined the pin", "Nothing is signed")]


@pytest.mark.parametrize(("answer", "joins", "standing"), UNANSWERED)
def test_before_its_holder_takes_it_nobody_wears_it(
    app: Flask, client: FlaskClient, sign_in: SignIn, answer: str, joins: str, standing: str
) -> None:
    ada = make_member("ada")
    award = given(app, ada, signed=False, answer=answer, shown=False)
    sign_in(client, ada)
    said = words(client.get(f"/awards/{award.key}").text)
    assert [part in said for part in (joins, standing, "wears the pin", "Good:")] == [True, True, False, False]


def test_a_hidden_one_is_answered_for_by_its_signature_alone(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    award = given(app, ada, shown=False)
    sign_in(client, ada)
    page = client.get(f"/awards/{award.key}").text
    said = words(page)
    told = ("has the pin", "still proves itself by its signature", "wears the pin", "nobody can check them")
    assert [part in said for part in told] == [True, True, False, False]
    # By its address the checker would learn nothing; a file says all.
    assert [link for link in hrefs(page) if link.startswith("/verify?")] == []
    assert ("Drop a file on the checker" in said, "Go to the checker" in said) == (True, False)


def test_a_shown_one_leads_to_the_checker_with_its_address(app: Flask, client: FlaskClient) -> None:
    award = given(app, make_member("ada"))
    page = client.get(f"/awards/{award.key}").text
    assert ("Go to the checker" in words(page), "Check it yourself" in page, "Drop a file on" in page) == (True, False, False)


def test_whoever_lost_one_finds_whom_to_talk_to(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    make_member("cora", name="Cora", roles=("council",))
    make_member("gone", name="Gone", roles=("council",), state="suspended")
    award = given(app, ada, make_badge("kind", {}, issuer_id=make_group("nairobi").id), revoked_at=clock.utcnow())
    sign_in(client, ada)
    page = client.get(f"/awards/{award.key}").text
    notice = page.partition("If that seems wrong to you")[2].partition("</p>")[0]
    assert hrefs(notice) == ["/members/cora", "/groups/nairobi"]
    other = app.test_client().get(f"/awards/{award.key}").text
    assert "If that seems wrong to you" not in other


def test_without_a_council_its_mail_is_the_way(
    app: Flask, client: FlaskClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = make_member("ada")
    award = given(app, ada, revoked_at=clock.utcnow())
    sign_in(client, ada)
    assert "mailto:" not in client.get(f"/awards/{award.key}").text
    server = MailServer("mail.example.org", 587, False, "", "", "hall@example.org")
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], mail=server))
    assert "mailto:hall@example.org" in hrefs(client.get(f"/awards/{award.key}").text)


def test_everything_is_one_click_from_ones_own_badges(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    award = given(app, ada)
    everything = "/me/badges.zip"
    assert everything not in hrefs(client.get(f"/awards/{award.key}").text)
    sign_in(client, ada)
    for path in ("/me/badges", f"/awards/{award.key}"):
        assert everything in hrefs(client.get(path).text)


@pytest.mark.parametrize(("change", "leads"), [({}, "/awards/{key}"), ({"shown": False}, "/badges/kind")])
def test_leaving_it_as_it_is_leads_back(
    app: Flask, client: FlaskClient, sign_in: SignIn, change: dict[str, Any], leads: str
) -> None:
    award = given(app, make_member("ada"), **change)
    sign_in(client, make_member("cora", roles=("council",)))
    page = client.get(f"/awards/{award.key}/revoke").text
    (link,) = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(?:<span>)?\s*Leave it as it is', page)
    assert link == leads.format(key=award.key)


def test_all_files_of_an_award_have_one_name(app: Flask, client: FlaskClient) -> None:
    award = given(app, make_member("ada"), make_badge("kind", {}, levels=[1, 3]))
    names = re.findall(r'download="([^"]*)"', client.get(f"/awards/{award.key}").text)
    assert names == ["kind-1.png", "kind-1.svg", "kind-1.json", "kind-1.jwt", "kind-1-2.0.json"]


def test_the_notice_of_words_is_done_with_the_answer(app: Flask) -> None:
    ada, ben, cleo = make_member("ada"), make_member("ben"), make_member("cleo")
    award = given(app, ada)
    first, _second = (endorse(award, who, None, "Yes.", clock.utcnow()) for who in (ben, cleo))
    before = unread_words(ada.id)
    with app.test_request_context():
        answer(first, False, clock.utcnow())
    assert int(before) - int(unread_words(ada.id)) == 1
