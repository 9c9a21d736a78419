"""No view without a mark: what nobody thought about stays closed."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.badges.models import Nomination
from recognition.badges.services import codes, nominating
from recognition.extensions import db
from recognition.web.access import MARK, UNMARKED_OK, public
from tests.factories.badges import make_badge


def test_every_view_says_who_may_come(app: Flask) -> None:
    unmarked = {name for name, view in app.view_functions.items() if not hasattr(view, MARK)}
    assert unmarked == UNMARKED_OK


def test_marks_are_of_a_known_sort(app: Flask) -> None:
    for name, view in app.view_functions.items():
        rule = getattr(view, MARK, "public")
        assert rule in ("public", "member", "program") or rule.startswith(("role:", "token:")), name


def test_what_other_sites_may_send_to_without_a_token_is_told_by_name(app: Flask) -> None:
    """There no cookie counts, and a program says by itself who it is."""
    rules = {rule.rule for rule in app.url_map.iter_rules() if getattr(app.view_functions[rule.endpoint], MARK, "") == "program"}
    assert rules == {"/oauth/register", "/oauth/token", "/oauth/revoke", "/api/v1/hooks/<source>"}


CURATORS_TOO = {
    "/council/badges/<slug>/codes", "/council/badges/<slug>/give", "/council/codes/<int:code_id>/close",
    "/council/codes/<int:code_id>/sheet", "/council/nominations",
}  # fmt: skip
"""Whoever looks after a group gives its badges; what a page of these opens to whom is its policy's word."""


def test_every_address_of_the_council_asks_for_a_role(app: Flask) -> None:
    council = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/council/")]
    marks = {rule.rule: getattr(app.view_functions[rule.endpoint], MARK) for rule in council}
    assert {address for address, mark in marks.items() if not mark.startswith("role:")} == CURATORS_TOO
    assert {marks[address] for address in CURATORS_TOO} == {"member"}


@pytest.mark.parametrize("address", sorted(CURATORS_TOO))
def test_who_looks_after_no_group_is_shown_nothing_there(
    app: Flask, client: FlaskClient, make_member: Any, sign_in: Any, address: str
) -> None:
    badge = make_badge("gatherer", nominable=True)
    amina, now = make_member("amina", roles=("council",)), clock.utcnow()
    code = codes.make_code(badge, "Meeting in Nairobi", 5, now, now + timedelta(days=1), None, amina, now)
    nominating.nominate(badge, make_member("ben"), make_member("cara"), "Brought people together.", None, now)
    sign_in(client, make_member("dora"))
    where = address.replace("<slug>", "gatherer").replace("<int:code_id>", str(code.id))
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule == address]
    methods = set().union(*(rule.methods or set() for rule in rules)) & {"GET", "POST"}
    answers = {method: client.open(where, method=method) for method in methods}
    assert answers
    if address == "/council/nominations":  # open to all who may decide some; for others there is nothing in it
        assert "Brought people together" not in answers.pop("GET").text
    assert {answer.status_code for answer in answers.values()} <= {400, 403, 404, 422}
    assert not any("Meeting in Nairobi" in answer.text for answer in answers.values())
    assert db.session.scalars(sa.select(Nomination.state)).all() == ["open"]


def test_a_mark_changes_nothing_else() -> None:
    def view() -> str:
        return "words"

    assert public(view) is view
    assert view() == "words"
