"""What the studio says a rule would bring is what it brings, and looking at it changes nothing."""

import html
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.activities.models import Kind
from recognition.audit.models import AuditEntry
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.pages.test_badge_studio import SignIn, badge, text

TALKS = {"count": {"kind": "talk"}, "at_least": 2}


@pytest.fixture(autouse=True)
def no_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture(autouse=True)
def council(client: FlaskClient, db: Any, sign_in: SignIn) -> Member:
    member = make_member("cora", roles=("council",))
    db.session.add(Kind(slug="talk", label="Talk", offered=True))
    db.session.commit()
    sign_in(client, member)
    return member


def talker(handle: str, deeds: int) -> Member:
    member = make_member(handle, name=handle.title())
    for _deed in range(deeds):
        make_activity(member.id, kind="talk", fingerprinted=False)
    database.session.commit()
    return member


def hidden(answer: Any) -> dict[str, str]:
    """What a browser without script sends with the form that moves or saves a badge."""
    fields = re.findall(r'<input[^>]*name="([^"]+)" value="([^"]*)"', answer.get_data(as_text=True))
    return {name: html.unescape(value) for name, value in fields}


def test_looking_moves_no_badge(client: FlaskClient) -> None:
    talker("ada", 2)
    for move, state in (("publish", "draft"), ("reopen", "retired"), ("retire", "published")):
        make_badge(move, TALKS, name=move.title(), state=state)
        database.session.commit()
        address = f"/council/badges/{move}/{move}"
        for then in ("who", "look"):
            answer = client.post(address, data=hidden(client.get(address)) | {"then": then})
            assert (answer.status_code, badge(move).state) == (200, state)
            assert ("Today this would go to 1 person. Ada" in text(answer)) == (then == "who" and move != "retire")
    assert database.session.scalar(sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.action.startswith("badge."))) == 0


def test_looking_further_moves_no_badge(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recognition.pages.badge_studio.sketch.LOOK_MEMBERS", 2)
    make_badge("good-talker", TALKS, name="Good Talker", state="draft")
    for handle in ("ada", "ben", "cyd"):
        talker(handle, 2)
    answer = client.get("/council/badges/good-talker/publish")
    for expected in ("1 person among the first 2 looked at.", "3 people among the first 4 looked at."):
        answer = client.post("/council/badges/good-talker/publish", data=hidden(answer) | {"then": "who"})
        assert f"Today this would go to {expected}" in text(answer)
    assert badge().state == "draft"
