"""The page of one award: how it came, how long it is good, and that it was taken back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.badges.models import Award, Badge
from recognition.badges.services.giving import hand_out
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member
from tests.identity.pages import send, words

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SignIn = Callable[[FlaskClient, Any], None]


def given(app: Flask, badge: Badge, member: Member, how: str = "hand", giver: Member | None = None, **changes: Any) -> Award:
    with app.test_request_context():
        hand_out(
            badge, [member.id], changes.pop("now", NOW), how=how, giver_id=giver.id if giver else None, reason="For the tea."
        )
    award = database.session.scalars(sa.select(Award).where(Award.badge_id == badge.id, Award.member_id == member.id)).one()
    for name, value in changes.items():
        setattr(award, name, value)
    database.session.commit()
    return award


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("hand", "By hand, from Rosa"),
        ("nomination", "Approved, put forward by Rosa"),
        ("code", "With a code, by being there. The code is from Rosa"),
    ],
)
def test_it_says_how_it_came_from_whom_and_in_whose_words(app: Flask, client: FlaskClient, how: str, sentence: str) -> None:
    award = given(app, make_badge("kind", {}), make_member("ada"), how, make_member("rosa"))
    said = words(client.get(f"/awards/{award.key}").text)
    assert sentence in said
    assert "For the tea." in said


def test_a_hidden_givers_name_and_a_gone_giver_do_not_show(app: Flask, client: FlaskClient) -> None:
    badge, quiet = make_badge("kind", {}), make_member("quiet", name="Hidden Name", visibility={"name": "me"})
    first = given(app, badge, make_member("ada"), "hand", quiet)
    barred = given(app, badge, make_member("ben"), "hand", make_member("gone", name="Barred Name", state="suspended"))
    assert "Hidden Name" not in client.get(f"/awards/{first.key}").text
    assert "Barred Name" not in client.get(f"/awards/{barred.key}").text


def test_by_rule_it_says_the_rule(app: Flask, client: FlaskClient) -> None:
    badge = make_badge("talker", {"count": {"kind": "talk"}, "at_least": 3})
    award = given(app, badge, make_member("ada"), how="rule", reason="")
    said = words(client.get(f"/awards/{award.key}").text)
    assert "By itself, by its rule" in said
    assert "For 3 deeds: talk." in said


def test_its_time_is_told_before_and_after(app: Flask, client: FlaskClient) -> None:
    badge, now = make_badge("kind", {}, valid_days=30), clock.utcnow()
    fresh = given(app, badge, make_member("ada"), now=now)
    assert "Valid until" in words(client.get(f"/awards/{fresh.key}").text)
    old = given(app, badge, make_member("ben"), expires_at=now - timedelta(days=1), renewed_at=now - timedelta(days=31))
    said = words(client.get(f"/awards/{old.key}").text)
    assert ("Was valid until" in said, "No longer good: its time was over on" in said, "Renewed" in said) == (True, True, True)


def test_a_retired_badge_says_so_on_its_awards(app: Flask, client: FlaskClient) -> None:
    badge = make_badge("kind", {})
    award = given(app, badge, make_member("ada"))
    badge.state = "retired"
    database.session.commit()
    assert "Retired: nobody new gets it" in words(client.get(f"/awards/{award.key}").text)


def test_the_council_takes_it_back_with_a_reason_and_everybody_reads_it(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    ada, rosa = make_member("ada"), make_member("rosa", roles=("council",))
    award = given(app, make_badge("kind", {}), ada)
    sign_in(client, rosa)
    page = f"/awards/{award.key}/revoke"
    assert page in client.get(f"/awards/{award.key}").text
    refused = send(client, page, page, reason=" \u200b ")
    assert (refused.status_code, "Say in up to 500 characters why" in refused.text) == (422, True)
    done = send(client, page, page, reason="It was for somebody else.")
    assert (done.status_code, done.location) == (303, f"/awards/{award.key}")
    stranger = words(app.test_client().get(f"/awards/{award.key}").text)
    assert "This award was taken back" in stranger
    assert "It was for somebody else." in stranger
    assert database.session.scalars(sa.select(Notice.kind).where(Notice.member_id == ada.id)).all() == [
        "award.given",
        "award.revoked",
    ]
    assert "award.revoked" in database.session.scalars(sa.select(AuditEntry.action)).all()
    assert client.get(page).status_code == 409


def test_only_the_council_takes_back_and_never_its_own(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    rosa = make_member("rosa", roles=("council",))
    badge = make_badge("kind", {})
    own, other = given(app, badge, rosa), given(app, badge, make_member("ada"))
    sign_in(client, rosa)
    assert client.get(f"/awards/{own.key}/revoke").status_code == 403
    assert "/revoke" not in client.get(f"/awards/{own.key}").text
    reviewer = app.test_client()
    sign_in(reviewer, make_member("rex", roles=("reviewer", "admin")))
    assert reviewer.get(f"/awards/{other.key}/revoke").status_code == 403


def test_the_page_asks_a_fixed_number_of_questions(app: Flask, client: FlaskClient, count_queries: Callable[[], Any]) -> None:
    badge = make_badge("kind", {"count": {"kind": "talk"}, "at_least": 1}, issuer_id=make_group().id, valid_days=30)
    award = given(app, badge, make_member("ada"), "hand", make_member("rosa"))
    with count_queries() as seen:
        client.get(f"/awards/{award.key}")
    assert len(seen) <= 12
