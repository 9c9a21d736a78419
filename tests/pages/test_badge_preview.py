"""What the studio says a rule would bring is what it brings, and looking at it changes nothing."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities.drain import drain
from recognition.activities.models import Kind
from recognition.audit.models import AuditEntry
from recognition.badges.models import Award, ClaimCode
from recognition.badges.services.considering import backfill_slice
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.pages.test_badge_studio import GOOD, NEW, SignIn, badge, edited, faults, text

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


def test_levels_are_foretold_award_by_award(client: FlaskClient) -> None:
    make_badge("good-talker", {"count": {"kind": "talk"}}, name="Good Talker", levels=[1, 5, 25, 100])
    for place, deeds in enumerate((1, 2, 3, 3, 4, 5, 6, 7)):
        talker(f"member{place}", deeds)
    drain()
    late = talker("late", 3)
    more = {"rule-at_least": "", "levels": "1, 3, 5, 25, 100"}
    foretold = "Today this would go to 7 people, as 8 awards: level 1: 1, level 3: 7."
    old = client.post("/council/badges/who?of=good-talker", data=GOOD | more | {"levels": "1, 5, 25, 100"})
    assert "Today this would go to 1 person, at level 1." in text(old)
    stale = {name: value for name, value in hidden(old).items() if name.startswith("who-")}
    assert stale["who-after"] == "done"
    for state in ({}, stale):
        assert foretold in text(client.post("/council/badges/who?of=good-talker", data=GOOD | more | state))
        asked = edited(client, "good-talker", **more, **state, then="keep")
        assert foretold in text(asked)
        assert foretold in text(edited(client, "good-talker", **more, **state, then="who"))
    before = set(database.session.scalars(sa.select(Award.id)))
    client.post("/council/badges/good-talker/edit", data=hidden(asked) | {"then": "confirm"})
    assert badge().levels == [1, 3, 5, 25, 100]
    assert backfill_slice(badge().id, badge().look, 0, clock.utcnow())[0] == 8
    new = list(database.session.scalars(sa.select(Award).where(Award.id.not_in(before))))
    assert sorted(award.level or 0 for award in new) == [1, *[3] * 7]
    assert sorted(award.level or 0 for award in new if award.member_id == late.id) == [1, 3]


@pytest.mark.parametrize(
    ("badge", "level", "said"),
    [
        ("steps", "7", "First Steps has no level 7. It has the levels 1, 5."),
        ("steps", "1", "Level 1 is the lowest of First Steps: leave the level out."),
        ("plain", "2", "Plain Pin has no levels: leave the level out."),
    ],
)
def test_what_it_builds_on_is_called_by_its_name(client: FlaskClient, badge: str, level: str, said: str) -> None:
    make_badge("steps", {"count": {"kind": "talk"}}, name="First Steps", levels=[1, 5])
    make_badge("plain", TALKS, name="Plain Pin")
    database.session.commit()
    answer = client.post(NEW, data=GOOD | {"rule-sort": "holds", "rule-badge": badge, "rule-level": level})
    assert (answer.status_code, faults(answer)) == (422, {"rule-level": said})


def test_what_saving_refuses_is_refused_before_its_consequences(client: FlaskClient) -> None:
    make_badge("leveled", {"count": {"kind": "talk"}}, name="Good Talker", levels=[1, 5])
    make_badge("first", TALKS, name="First")
    make_badge("second", {"holds": "first"}, name="Second")
    talker("ada", 1)
    drain()
    ring = {"rule-sort": "all", "rule-0-sort": "count", "rule-0-at_least": "1", "rule-1-sort": "holds", "rule-1-badge": "second"}
    ringed = "These badges wait for each other: First → Second → First."
    lost = "People hold this badge: levels may be added above the lowest, none may change or go."
    for slug, changes, expected in (
        ("leveled", {"rule-at_least": "", "levels": "1, 6"}, {"levels": lost}),
        ("first", ring, {"rule-1-badge": ringed}),
        ("first", ring | {"name": ""}, {"name": "A badge needs a name.", "rule-1-badge": ringed}),
    ):
        answer = edited(client, slug, **changes, then="keep")
        assert (answer.status_code, faults(answer)) == (422, expected)
        said = text(client.post(f"/council/badges/preview?of={slug}", data=GOOD | changes))
        assert all(sentence in said for sentence in expected.values())
    assert badge("first").version == badge("leveled").version == 1


def test_without_script_the_page_opens_where_one_goes_on(client: FlaskClient) -> None:
    """Each button names the field that the answer marks as the one to go on with."""
    cards = {"rule-sort": "all"} | {f"rule-{place}-sort": "first" for place in range(3)}
    sent = GOOD | cards | {"rule-3-sort": "any", "rule-3-0-sort": "first"}
    body = client.post(NEW, data=sent | {"then": "look"}).get_data(as_text=True)
    buttons = re.findall(r'name="rule-move" value="([^"]+)" formnovalidate formaction="#([^"]+)"', body)
    assert len(buttons) == 20
    for value in ("rule:add", "rule-1:remove", "rule-3:remove", "rule-3-0:remove", "rule-0:down", "rule-2:up", "rule-3:unwrap"):
        fragment = dict(buttons)[value]
        answer = client.post(NEW, data=sent | {"rule-move": value}).get_data(as_text=True)
        assert f'id="{fragment}"' in answer, value
        focus = re.search(r'id="([^"]+)"[^>]*data-focus', answer)
        assert focus is not None
        assert focus[1].rpartition("-")[0] == fragment.rpartition("-")[0], value


def test_the_bench_lists_every_way_to_a_badge(client: FlaskClient, council: Member) -> None:
    make_badge("ruled", TALKS, name="Ruled")
    many = make_badge("many", TALKS, name="Many", nominable=True)
    make_badge("people", {}, name="People", nominable=True)
    now = clock.utcnow()
    for code in ("A", "B"):
        database.session.add(ClaimCode(badge_id=many.id, code=code, label=code, claims_limit=9, opens_at=now, expires_at=now,
                                       created_at=now, created_by_id=council.id))  # fmt: skip
    database.session.commit()
    page = client.get("/council/badges/").get_data(as_text=True)
    assert re.findall(r'data-label="How">([^<]*)<', page) == [
        "by a rule, by hand, by nomination, with a code", "by hand, by nomination", "by a rule, by hand"
    ]  # fmt: skip


def test_the_explanation_calls_kinds_by_their_label_and_caps_what_one_may_choose(client: FlaskClient) -> None:
    make_badge("busy", {"any": [{"count": {}, "at_least": 1}, {"member_for": 1}]}, name="Busy")
    ada = talker("ada", 1)
    ada.joined_at = clock.utcnow() - timedelta(days=9)
    database.session.commit()
    said = text(client.get("/council/badges/busy/explain/ada"))
    assert "Any one of these 1 of 1" in said
    assert "· talk" not in said
    assert re.search(r"The deeds that count .* “Talk”", said)
