"""Keys that members make for their programs: shown once, with the scopes that were ticked, and taken back."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.audit.models import AuditEntry
from recognition.extensions import db
from recognition.identity.access import digest
from recognition.identity.models import ApiToken
from recognition.identity.services import tokens
from tests.factories.identity import make_member

GOOD = {"name": "  My   script ", "scopes": ["activities:read", "members:read"], "days": "30"}


@pytest.fixture
def ada(app: Any, client: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    found = make_member("ada")
    sign_in(client, found)
    return found


def key_in(text: str) -> str:
    found = re.search(r'value="(recognition_[\w-]{43})"', text)
    assert found is not None
    return found[1]


def test_made_shown_once_used_and_taken_back(client: Any, ada: Any) -> None:
    page = client.post("/me/keys", data=GOOD)
    secret = key_in(page.text)
    row = db.session.scalars(sa.select(ApiToken)).one()
    assert (row.name, row.scopes, row.token_hash) == ("My script", ["activities:read", "members:read"], digest(secret))
    assert timedelta(days=29) < row.expires_at - clock.utcnow() < timedelta(days=31)
    assert page.headers["Cache-Control"] == "private, no-store"
    again = client.get("/me/keys")
    assert (secret in again.text, "My script" in again.text, again.headers["Cache-Control"]) == (False, True, "private, no-store")
    head = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/activities", headers=head).status_code == 200
    assert client.post("/api/v1/activities", json={}, headers=head).status_code == 403
    assert client.post(f"/me/keys/{row.id}/revoke").status_code == 303
    assert client.get("/api/v1/activities", headers=head).status_code == 401
    told = db.session.execute(sa.select(AuditEntry.action, AuditEntry.actor_id).order_by(AuditEntry.id)).all()
    assert [tuple(line) for line in told] == [("token.added", ada.id), ("token.revoked", ada.id)]


def test_a_form_that_is_sent_twice_makes_one_key(client: Any, ada: Any) -> None:
    assert client.post("/me/keys", data=GOOD).status_code == 200
    second = client.post("/me/keys", data=GOOD | {"name": "my SCRIPT"})
    assert (second.status_code, "You have a key of that name" in second.text) == (422, True)
    assert len(db.session.scalars(sa.select(ApiToken)).all()) == 1


@pytest.mark.parametrize(
    "change",
    [{"name": ""}, {"name": "\u200b \u202e"}, {"name": "x" * 81}, {"scopes": []}, {"scopes": ["everything"]}, {"days": "0"},
     {"days": "99999"}, {"days": "x"}],
    ids=["no-name", "unseen-name", "long-name", "nothing", "unknown", "no-days", "for-ever", "words"],
)  # fmt: skip
def test_odd_forms_keep_what_was_typed(client: Any, ada: Any, change: dict[str, Any]) -> None:
    answer = client.post("/me/keys", data=GOOD | {"name": "Typed before"} | change)
    assert answer.status_code == 422
    assert "name" in change or "Typed before" in answer.text
    assert db.session.scalars(sa.select(ApiToken)).all() == []


def test_no_more_than_some(client: Any, ada: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "OWN_MAX", 2)
    assert [client.post("/me/keys", data=GOOD | {"name": name}).status_code for name in "abc"] == [200, 200, 422]


def test_nobody_takes_back_the_key_of_another(client: Any, ada: Any) -> None:
    other = tokens.add_token(make_member("zoe"), ["badges:read"], clock.utcnow())
    db.session.commit()
    row = db.session.scalars(sa.select(ApiToken).where(ApiToken.token_hash == digest(other))).one()
    assert client.post(f"/me/keys/{row.id}/revoke").status_code == 303
    db.session.expire_all()
    assert row.revoked_at is None
    assert other not in client.get("/me/keys").text


def test_who_is_suspended_or_a_stranger_makes_none(app: Any, client: Any, ada: Any) -> None:
    ada.state = "suspended"
    db.session.commit()
    assert client.post("/me/keys", data=GOOD).status_code == 401
    assert app.test_client().get("/me/keys").status_code == 302
    assert db.session.scalars(sa.select(ApiToken)).all() == []
