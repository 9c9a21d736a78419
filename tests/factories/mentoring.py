"""Offers, and days of the pool."""

from datetime import UTC, datetime, timedelta
from typing import Any

from recognition import clock
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.mentoring import jobs
from recognition.mentoring.models import MentorOffer
from tests.factories.identity import make_member

START = datetime(2027, 3, 1, 9, tzinfo=UTC)


def make_mentor(handle: str, **changes: Any) -> Member:
    """Somebody who offers to stand by others; `changes` are of the offer."""
    member = make_member(handle)
    values: dict[str, Any] = {"is_open": True, "most": 3, "since": START, **changes}
    db.session.add(MentorOffer(member_id=member.id, **values))
    db.session.flush()
    return member


def live(days: int, of: datetime = START) -> None:
    """What the jobs of that day do."""
    with clock.as_of(of + timedelta(days=days)):
        jobs.pass_on()
        jobs.look()
        db.session.commit()
