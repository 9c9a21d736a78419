"""What ends a connection, and when."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.oauth import services
from recognition.identity.oauth.models import OAuthClient, OAuthConsent, OAuthToken
from recognition.identity.services import merging, roles, tokens
from tests.identity.oauth.program import Program, registered

PROFILE = "/ims/ob/v3p0/profile"


def call(http: FlaskClient, token: str, address: str = PROFILE) -> Any:
    return http.get(address, headers={"Authorization": f"Bearer {token}"})


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["error"]


def test_giving_back(client: FlaskClient, ada: Member, wallet: Program) -> None:
    given, other = wallet.tokens(client), registered(client)
    assert error(other.post("/oauth/revoke", token=given["access_token"])) == (400, "invalid_grant")
    assert call(client, given["access_token"]).status_code == 200
    gone = wallet.post("/oauth/revoke", token=given["access_token"], token_type_hint="refresh_token")
    assert (gone.status_code, gone.headers["Cache-Control"]) == (200, "no-store")
    assert call(client, given["access_token"]).status_code == 401
    fresh = wallet.refresh(given["refresh_token"]).get_json()
    assert wallet.post("/oauth/revoke", token=fresh["refresh_token"]).status_code == 200
    assert call(client, fresh["access_token"]).status_code == 401
    assert wallet.post("/oauth/revoke", token="unheard-of").status_code == 200
    assert error(wallet.post("/oauth/revoke")) == (400, "invalid_request")
    assert error(client.post("/oauth/revoke", data={"token": "x"})) == (401, "invalid_client")


def test_a_suspended_members_tokens_die_at_once(client: FlaskClient, ada: Member, wallet: Program, make_member: Any) -> None:
    admin, given, code = make_member("root", roles=("admin",)), wallet.tokens(client), wallet.code(client)
    db.session.commit()
    ada.state = "suspended"  # by whatever way it came to be
    db.session.commit()
    assert call(client, given["access_token"]).status_code == 401
    assert error(wallet.refresh(given["refresh_token"])) == (400, "invalid_grant")
    assert error(wallet.redeem(code)) == (400, "invalid_grant")
    ada.state = "active"
    db.session.commit()
    assert call(client, given["access_token"]).status_code == 200
    roles.suspend(ada, admin, clock.utcnow(), roles.Said(admin.id, "Spam"))
    roles.reinstate(ada, admin)
    db.session.commit()
    assert call(client, given["access_token"]).status_code == 401  # what ended stays ended
    assert error(wallet.refresh(given["refresh_token"])) == (400, "invalid_grant")


def test_programs_of_a_row_that_was_joined_to_another_are_out(client: FlaskClient, ada: Member, wallet: Program,
                                                              make_member: Any) -> None:  # fmt: skip
    given = wallet.tokens(client)
    done = merging.merge(ada, make_member("lovelace"), None, "the same person", clock.utcnow())
    db.session.commit()
    assert len(done.moved["identity"]["programs"]) == 1
    assert call(client, given["access_token"]).status_code == 401


def test_keys_of_one_door_do_not_open_another(client: FlaskClient, ada: Member, wallet: Program) -> None:
    given = wallet.tokens(client)["access_token"]
    key = tokens.add_token(ada, ["badges:read", "activities:read"], clock.utcnow())
    db.session.commit()
    assert call(client, key).status_code == 401
    assert call(client, given, "/api/v1/activities").status_code == 401
    assert client.get(PROFILE).status_code == 401  # a cookie alone opens nothing
    answer = client.get(PROFILE + f"?access_token={given}")
    assert answer.status_code == 401


def test_what_is_over_is_forgotten(client: FlaskClient, ada: Member, wallet: Program) -> None:
    wallet.tokens(client)
    registered(client)
    later = clock.utcnow() + services.UNUSED_PROGRAM_LIFE + timedelta(hours=2)
    services.forget_lapsed(later)
    counts = [db.session.scalar(sa.select(sa.func.count()).select_from(t)) for t in (OAuthClient, OAuthConsent, OAuthToken)]
    assert counts == [1, 1, 1]  # the program that was used, the member's yes, and its refresh token
    services.forget_lapsed(later + services.REFRESH_LIFE)
    counts = [db.session.scalar(sa.select(sa.func.count()).select_from(t)) for t in (OAuthClient, OAuthConsent, OAuthToken)]
    assert counts == [0, 0, 0]


def test_devices_long_forgotten_give_way(client: FlaskClient, ada: Member, wallet: Program) -> None:
    app_limits: Any = client.application.extensions["limits"]
    first = wallet.tokens(client)
    for _ in range(services.CONSENTS_MAX):
        app_limits.forget()
        last = wallet.tokens(client)
    assert call(client, first["access_token"]).status_code == 401
    assert call(client, last["access_token"]).status_code == 200
