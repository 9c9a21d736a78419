"""What the pages of giving, nominations and codes, and the checker, are tested with."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.badges import jobs
from recognition.badges.models import HAND, Award
from recognition.badges.services import giving
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.identity.pages import words as words_with_gaps

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SignIn = Callable[[FlaskClient, Any], None]


@pytest.fixture
def rosa(client: FlaskClient, sign_in: SignIn) -> Member:
    member = make_member("rosa", roles=("council",))
    sign_in(client, member)
    return member


def words(html: str) -> str:
    return words_with_gaps(html).replace(" :", ":").replace(" .", ".")


@pytest.fixture
def awarded(client: FlaskClient, sign_in: Any) -> str:
    """The key of a signed award that its holder, who is signed in, shows."""
    ada = make_member("ada")
    sign_in(client, ada)
    giving.hand_out(make_badge("kitchen", {}), [ada.id], NOW, how=HAND, giver_id=None, reason="For soup.")
    database.session.commit()
    jobs.sign()
    return database.session.scalars(sa.select(Award.key)).one()
