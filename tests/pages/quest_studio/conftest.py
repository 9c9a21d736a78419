"""The council at the bench, without form tokens."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from recognition.identity.models import Member

SignIn = Callable[[FlaskClient, Member], None]


@pytest.fixture(autouse=True)
def no_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def council(client: FlaskClient, db: Any, make_member: Callable[..., Member], sign_in: SignIn) -> Member:
    member = make_member("cora", roles=("council",))
    db.session.commit()
    sign_in(client, member)
    return member
