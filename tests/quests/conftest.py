"""Forms without their token, and a member at the browser."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

SignIn = Callable[[FlaskClient, Any], None]
Make = Callable[..., Any]


@pytest.fixture(autouse=True)
def no_csrf(app: Any) -> Any:
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def ada(client: FlaskClient, make_member: Make, sign_in: SignIn) -> Any:
    """Signed in on `client`."""
    member = make_member("ada")
    sign_in(client, member)
    return member
