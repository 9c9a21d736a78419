"""Ada, who has a badge and an address, and a program that she let in."""

from typing import Any

import pytest

from recognition.badges.models import Award
from recognition.extensions import db
from recognition.identity.models import Member
from tests.factories.credentials import issued
from tests.factories.oauth import make_token


@pytest.fixture
def award(db: Any) -> Award:
    """Of ada, and signed."""
    return issued("ada")


@pytest.fixture
def ada(award: Award) -> Member:
    member: Member = db.session.get_one(Member, award.member_id)
    return member


@pytest.fixture
def may(ada: Member) -> dict[str, str]:
    return make_token(ada)
