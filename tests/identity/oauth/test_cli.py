import json
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.audit.models import AuditEntry
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.oauth.models import OAuthClient, OAuthToken
from tests.identity.oauth.program import METADATA, Program, registered


def run(app: Flask, *args: str) -> Any:
    outcome = app.test_cli_runner().invoke(args=["programs", *args])
    db.session.rollback()
    return outcome


def test_a_program_that_does_harm_is_taken_out(app: Flask, client: FlaskClient, ada: Member, wallet: Program) -> None:
    given = wallet.tokens(client)
    other = registered(client, client_name="Frame")
    told = json.loads(run(app, "list").output)
    assert [(one["client_id"], one["name"], one["members"]) for one in told] == [
        (other.client_id, "Frame", 0),
        (wallet.client_id, "Wallet", 1),
    ]
    assert told[1]["redirect_uris"] == METADATA["redirect_uris"]
    assert run(app, "remove", "nobody", "--reason", "x").exit_code == 1
    assert run(app, "remove", wallet.client_id, "--reason", " ").exit_code == 1
    assert run(app, "remove", wallet.client_id, "--reason", "It asked for passwords.").exit_code == 0
    assert wallet.refresh(given["refresh_token"]).get_json()["error"] == "invalid_client"
    assert client.get("/ims/ob/v3p0/profile", headers={"Authorization": f"Bearer {given['access_token']}"}).status_code == 401
    assert db.session.scalars(sa.select(OAuthClient.key)).all() == [other.client_id]
    assert db.session.scalars(sa.select(OAuthToken)).all() == []
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "program.removed")).one()
    assert (entry.before, entry.after) == ({"name": "Wallet"}, {"reason": "It asked for passwords."})
