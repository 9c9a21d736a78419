"""What the pages of giving, nominations and codes are tested with."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from recognition.identity.models import Member
from tests.factories.identity import make_member
from tests.identity.pages import words as words_with_gaps

SignIn = Callable[[FlaskClient, Any], None]


@pytest.fixture
def rosa(client: FlaskClient, sign_in: SignIn) -> Member:
    member = make_member("rosa", roles=("council",))
    sign_in(client, member)
    return member


def words(html: str) -> str:
    return words_with_gaps(html).replace(" :", ":").replace(" .", ".")
