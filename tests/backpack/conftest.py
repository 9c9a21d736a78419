"""A member whose address is confirmed, and how they bring a badge."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from recognition import clock
from recognition.extensions import db as database
from recognition.identity.models import Account, Member
from tests.backpack.foreign import ADDRESS
from tests.factories.identity import make_member
from tests.identity.pages import send

PLACE = "/me/badges-from-elsewhere"
SignIn = Callable[[FlaskClient, Any], None]


def confirm(member: Member, address: str, is_verified: bool = True) -> None:
    database.session.add(
        Account(member_id=member.id, issuer="https://login.example", subject=address, email=address, email_verified=is_verified,
                created_at=clock.utcnow())
    )  # fmt: skip
    database.session.commit()


@pytest.fixture
def ada(client: FlaskClient, sign_in: SignIn) -> Member:
    """Signed in."""
    member = make_member("ada")
    confirm(member, ADDRESS)
    sign_in(client, member)
    return member


def bring(client: FlaskClient, content: bytes, name: str = "") -> Any:
    """As text, or as a file of that name."""
    if name:
        return send(client, PLACE, PLACE, file=(io.BytesIO(content), name))
    return send(client, PLACE, PLACE, text=content.decode())
