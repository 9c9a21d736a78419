from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from recognition.extensions import db
from recognition.identity.models import Member
from tests.identity.oauth.program import Program, registered


@pytest.fixture
def ada(make_member: Any, client: FlaskClient, sign_in: Any) -> Member:
    """Signed in in `client`."""
    member: Member = make_member("ada")
    sign_in(client, member)
    return member


@pytest.fixture
def wallet(app: Flask) -> Program:
    """A public program with two addresses, registered for everything."""
    found = registered(app.test_client())
    db.session.rollback()
    return found
