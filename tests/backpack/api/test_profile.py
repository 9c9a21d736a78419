"""What a program learns of a member, and the little that it may change."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.audit.models import AuditEntry
from recognition.badges.models import Award
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.oauth.scopes import CHANGE_PROFILE
from tests.backpack.api.calls import PROFILE, failure
from tests.factories.credentials import document
from tests.factories.oauth import make_token


def test_the_profile_says_what_members_see(client: FlaskClient, award: Award, ada: Member, may: dict[str, str]) -> None:
    ada.bio, ada.ask_me_about = "I keep bees.", "secret"
    db.session.commit()
    shown = client.get(PROFILE, headers=may).get_json()
    assert shown == {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": document(award)["credentialSubject"]["id"],
        "type": ["Profile"],
        "name": "Ada",
        "url": "http://localhost/members/ada",
        "description": "I keep bees.",
    }
    ada.visibility = {"name": "me", "bio": "me"}
    db.session.commit()
    assert sorted(client.get(PROFILE, headers=may).get_json()) == ["@context", "id", "type", "url"]


def test_who_has_no_name_in_documents_gets_one_for_good(client: FlaskClient, db: Any, make_member: Any) -> None:
    may = make_token(make_member("cleo"))
    first = client.get(PROFILE, headers=may).get_json()["id"]
    assert first.startswith("did:web:localhost:ob:3:members:")
    assert client.get(PROFILE, headers=may).get_json()["id"] == first


def test_a_program_changes_name_and_story(client: FlaskClient, ada: Member, may: dict[str, str]) -> None:
    sent = client.get(PROFILE, headers=may).get_json() | {"name": "Ada  Lovelace", "description": "One.\r\nTwo."}
    answer = client.put(PROFILE, json=sent, headers=may)
    assert answer.status_code == 200
    assert answer.get_json() == sent | {"name": "Ada Lovelace", "description": "One.\nTwo."}
    db.session.expire_all()
    assert (ada.name, ada.bio) == ("Ada Lovelace", "One.\nTwo.")
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "member.told_by_program")).one()
    assert (entry.actor_id, entry.after["fields"]) == (ada.id, ["bio", "name"])
    left = {name: sent[name] for name in ("id", "type")}
    assert client.put(PROFILE, json=left, headers=may).get_json()["name"] == "Ada Lovelace"  # what is not sent stays


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "eve@example.org"}, {"url": "https://evil.example/"}, {"id": "did:web:localhost:ob:3:members:other"},
        {"id": None}, {"type": []}, {"type": "Issuer"}, {"image": {"id": "https://evil.example/x.png", "type": "Image"}},
        {"roles": ["admin"]}, {"state": "active"}, {"official": "Ada"}, {"phone": "1"}, {"name": ""}, {"name": None},
        {"handle": "root"}, {"name": ["Ada"]},
        {"name": "A\u202eda"}, {"name": "x" * 121}, {"description": 5}, {"description": "x" * 4001}, {"description": "\x07"},
        {"member_id": 2}, {"visibility": {"name": "public"}}, {"x" * 500: 1},
    ],
)  # fmt: skip
def test_nothing_else_of_a_profile_can_be_changed(client: FlaskClient, ada: Member, may: dict[str, str], changes: Any) -> None:
    before = client.get(PROFILE, headers=may).get_json()
    answer = client.put(PROFILE, json=before | {"description": "slipped in"} | changes, headers=may)
    assert failure(answer) == (422, "invalid_data")
    assert client.get(PROFILE, headers=may).get_json() == before


def test_what_only_the_member_sees_no_program_writes_over(client: FlaskClient, ada: Member, may: dict[str, str]) -> None:
    ada.bio, ada.visibility = "mine alone", {"bio": "me"}
    db.session.commit()
    sent = client.get(PROFILE, headers=may).get_json()
    assert failure(client.put(PROFILE, json=sent | {"description": "x"}, headers=may)) == (422, "invalid_data")
    assert client.put(PROFILE, json=sent | {"name": "Ada L."}, headers=may).status_code == 200
    db.session.expire_all()
    assert ada.bio == "mine alone"


def test_who_may_write_only_is_not_told_the_rest(client: FlaskClient, ada: Member, may: dict[str, str]) -> None:
    ada.bio = "for readers"
    db.session.commit()
    whole = client.get(PROFILE, headers=may).get_json()
    sent = {name: whole[name] for name in ("id", "type")} | {"name": "Ada"}
    answer = client.put(PROFILE, json=sent, headers=make_token(ada, CHANGE_PROFILE))
    assert answer.get_json() == sent


@pytest.mark.parametrize(("body", "kind", "status"), [
    (b"[]", "application/json", 400), (b"{", "application/json", 400), (b"\xff", "application/json", 400),
    (b"{}", "text/plain", 415), (b'{"name": "A", "name": "B"}', "application/json", 400),
    (rb'{"name": "\u0000"}', "application/json", 400),
    (b"[" * 9000, "application/json", 400), (b'{"a":"' + b"x" * 70_000 + b'"}', "application/json", 400),
])  # fmt: skip
def test_no_object_no_change(client: FlaskClient, may: dict[str, str], body: bytes, kind: str, status: int) -> None:
    assert failure(client.put(PROFILE, data=body, content_type=kind, headers=may)) == (status, "invalid_data")
