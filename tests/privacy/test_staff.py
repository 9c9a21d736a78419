"""The role of staff opens one page. Everywhere else its holder finds and may do what they found and might do without it: all
addresses are read by the same member before and after, while a vote runs, and every form is sent by two alike."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from recognition import clock
from recognition.identity.models import Grant, Membership
from recognition.web.access import MARK
from tests.conftest import open_session
from tests.factories.campaigns import make_campaign
from tests.factories.contests import NOW, make_contest
from tests.factories.identity import make_member
from tests.factories.objectives import make_objective
from tests.factories.questions import make_question
from tests.factories.surveys import make_survey, open_survey
from tests.privacy.test_running_votes import _FRESH, Poll
from tests.reading import text_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="session")
THEIRS = {"/staff/", "/staff/follow"}
NOT_ASKED = ("/metrics", "/healthz", "/readyz", "/static/", "/login", "/logout", "/api/", "/xapi/", "/oauth/", "/media/",
             "/me/logins/")  # fmt: skip
"""No page of a member, by a key of its own, or the end of the login that reads."""
IN_THE_MENU = re.compile(r'\s*<a href="/staff/">.*?</a>')
_PART = re.compile(r"<(?:([a-z]+)(?:\([^>]*\))?:)?([a-z_]+)>")


@pytest.fixture
def poll(db: Any) -> Iterator[Poll]:
    with clock.as_of(NOW):
        made = Poll(db, "approval")
        open_survey(make_survey())
        made.vote()
        # What a role of the house sees before others do.
        make_contest("not-yet", state="draft")
        make_campaign("not-yet", state="draft")
        make_objective("not-yet", state="draft")
        make_question(made.author.id, "Not for long?", state="hidden")
        db.session.commit()
        yield made


def addresses(app: Flask, poll: Poll, method: str, by_role: bool = False) -> list[str]:
    """Each with whatever this house has for its parts; those that ask for a role, or the others."""
    asked = [one for one in app.url_map.iter_rules() if method in (one.methods or ()) and not one.rule.startswith(NOT_ASKED)]
    marks = {one.endpoint: getattr(app.view_functions[one.endpoint], MARK, "") for one in asked}
    return sorted({_filled(one, poll) for one in asked if marks[one.endpoint].startswith("role:") == by_role})


def _filled(rule: Rule, poll: Poll) -> str:
    slug = "nairobi" if "/groups/" in rule.rule else "know-mdm" if "survey" in rule.rule else poll.slug
    known = {"slug": slug, "key": poll.key, "handle": "voter0"}
    return _PART.sub(lambda part: "1" if part[1] == "int" else known.get(part[2], "1"), rule.rule)


def _said(answer: Any) -> tuple[int, str]:
    return answer.status_code, IN_THE_MENU.sub("", _FRESH.sub("", text_of(answer)))


def reader(app: Flask, member: Any) -> Any:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = open_session(member), True
    return client


@pytest.mark.parametrize("part", ["contests and surveys", "the rest"])
def test_with_the_role_every_page_says_what_it_said_without(app: Flask, db: Any, poll: Poll, part: str) -> None:
    client = reader(app, poll.silent)
    client.get(f"/contests/{poll.slug}/vote")  # The voter's own order is drawn by the first look at the ballot.
    running = part != "the rest"
    asked = [one for one in addresses(app, poll, "GET") if one.startswith(("/contests", "/surveys", "/me")) == running]

    def read() -> dict[str, tuple[int, str]]:
        app.extensions["limits"].forget()
        return {address: _said(client.get(address)) for address in asked}

    before = read()
    db.session.add(Grant(member_id=poll.silent.id, role="staff", granted_at=NOW))
    db.session.commit()
    after = read()
    assert [address for address in before if before[address] != after[address]] == (["/me/terms"] if running else [])
    assert sum(status == 200 for status, _text in after.values()) > 30
    if running:
        page = client.get("/staff/")
        assert page.status_code == 200
        assert {poll.slug, poll.entries[0].title, "know-mdm"} & {*re.findall(r"[\w-]+", page.text)} == set()


def test_what_staff_send_is_refused_wherever_a_members_is(app: Flask, db: Any, poll: Poll) -> None:
    people = [make_member("plain"), make_member("staffer", roles=("staff",))]
    for one in people:
        db.session.add(Membership(group_id=1, member_id=one.id, state="in", since=NOW))
    db.session.commit()
    answers: list[dict[str, int]] = []
    for one in people:
        app.extensions["limits"].forget()
        client = reader(app, one)
        sent = {"csrf_token": re.findall(r'name="csrf_token" value="([^"]*)"', client.get("/activities/new").text)[0]}
        answers.append({where: _said(client.post(where, data=sent))[0] for where in addresses(app, poll, "POST")})
    assert answers[0] == answers[1]
    assert len(answers[0]) > 100
    shut = {403, 404}
    asked = [(method, one) for method in ("GET", "POST") for one in addresses(app, poll, method, by_role=True)]
    opened = [one for method, one in asked if client.open(one, method=method, data=sent).status_code not in shut]
    assert set(opened) == THEIRS


def test_no_other_door_names_the_role(app: Flask) -> None:
    marks = {rule.rule: getattr(app.view_functions[rule.endpoint], MARK, "") for rule in app.url_map.iter_rules()}
    assert {address for address, mark in marks.items() if "staff" in mark} == THEIRS
