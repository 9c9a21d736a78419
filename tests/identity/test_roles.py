from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.audit.models import AuditEntry
from recognition.extensions import db
from recognition.identity.models import ApiToken, Member
from recognition.identity.rules import NotAllowed, Refused
from recognition.identity.services import roles, tokens
from tests.factories.identity import make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def people(app: Any) -> dict[str, Member]:
    people = {
        "root": make_member("root1", roles=("admin",)),
        "vera": make_member("vera", roles=("council",)),
        "ada": make_member("ada"),
    }
    db.session.commit()
    return people


def said(by: Any = None, reason: str = "  A new term. ") -> roles.Said:
    return roles.Said(by.id if by else None, reason)


def test_an_admin_gives_and_takes_roles_on_the_record(people: Any) -> None:
    assert roles.grant(people["ada"], "council", people["root"], NOW)
    assert not roles.grant(people["ada"], "council", people["root"], NOW)
    assert people["ada"].roles == {"council"}
    assert roles.revoke(people["ada"], "council", people["root"], said(people["root"]))
    assert not roles.revoke(people["ada"], "council", people["root"], said(people["root"]))
    assert people["ada"].roles == frozenset()
    wanted = sa.select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.target, AuditEntry.before, AuditEntry.after)
    ada = f"member:{people['ada'].id}"
    assert [tuple(row) for row in db.session.execute(wanted.order_by(AuditEntry.id))] == [
        ("role.granted", people["root"].id, ada, None, {"role": "council"}),
        ("role.revoked", people["root"].id, ada, {"role": "council"}, {"reason": "A new term."}),
    ]


@pytest.mark.parametrize(
    ("actor", "target"), [("root", "root"), ("vera", "vera"), ("vera", "ada"), ("ada", "ada"), ("ada", "root")]
)
def test_nobody_else_and_nobody_their_own(people: Any, actor: str, target: str) -> None:
    for act in (
        lambda: roles.grant(people[target], "admin", people[actor], NOW),
        lambda: roles.revoke(people[target], "admin", people[actor], said(people[actor])),
        lambda: roles.suspend(people[target], people[actor], NOW, said(people[actor])),
        lambda: roles.reinstate(people[target], people[actor]),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("reason", ["", " \n\t", "\u200b"])
def test_nothing_is_taken_without_a_reason(people: Any, reason: str) -> None:
    roles.grant(people["ada"], "council", people["root"], NOW)
    for act in (
        lambda: roles.revoke(people["ada"], "council", people["root"], said(people["root"], reason)),
        lambda: roles.suspend(people["ada"], people["root"], NOW, said(people["root"], reason)),
    ):
        with pytest.raises(Refused, match="without a reason"):
            act()
    assert (people["ada"].roles, people["ada"].state) == ({"council"}, "active")


def test_there_are_no_other_roles(people: Any) -> None:
    with pytest.raises(Refused, match="no role emperor"):
        roles.grant(people["ada"], "emperor", None, NOW)


def test_one_admin_who_can_act_always_stays(people: Any) -> None:
    second = make_member("root2", roles=("admin",))
    roles.suspend(second, people["root"], NOW, said(people["root"]))
    with pytest.raises(Refused, match="last admin"):
        roles.revoke(people["root"], "admin", None, said())
    with pytest.raises(Refused, match="last admin"):
        roles.suspend(people["root"], None, NOW, said())
    assert roles.revoke(second, "admin", people["root"], said(people["root"]))
    roles.reinstate(second, None)
    roles.grant(second, "admin", None, NOW)
    assert roles.revoke(people["root"], "admin", second, said(second))


def test_suspension_ends_logins_and_tokens_and_tells_the_boards(
    app: Any, people: Any, client: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setitem(
        app.extensions, "member_changed", [lambda member_id: told.append(db.session.get_one(Member, member_id).state)]
    )
    sign_in(client, people["ada"])
    token = tokens.add_token(people["ada"], ["members:read"], NOW)
    roles.suspend(people["ada"], people["root"], NOW, said(people["root"]))
    roles.suspend(people["ada"], people["root"], NOW, said(people["root"]))
    db.session.commit()
    assert client.get("/me/settings").status_code == 302
    assert db.session.scalars(sa.select(ApiToken)).one().revoked_at == NOW
    with pytest.raises(Refused):
        tokens.add_token(people["ada"], ["members:read"], NOW)
    roles.reinstate(people["ada"], people["root"])
    db.session.commit()
    assert client.get("/me/settings").status_code == 302
    assert told == ["suspended", "active"]
    assert token.startswith("recognition_")


@pytest.mark.parametrize("state", ["active", "away", "alumni"])
def test_who_is_back_is_what_they_were(people: Any, state: str) -> None:
    ada = people["ada"]
    for before in ("away", state):
        ada.state = before
        roles.suspend(ada, people["root"], NOW, said(people["root"]))
        roles.reinstate(ada, people["root"])
    assert ada.state == state


def test_a_suspension_without_a_record_ends_as_active(people: Any) -> None:
    people["ada"].state = "suspended"
    roles.reinstate(people["ada"], None)
    assert people["ada"].state == "active"
