"""A rule that is switched on, people who can be reached, and the days that go by."""

from datetime import UTC, datetime, timedelta
from typing import Any

from recognition import clock
from recognition.extensions import db
from recognition.identity.models import Account, Member
from recognition.quiet import jobs
from recognition.quiet.models import QuietRule
from recognition.quiet.rules import Terms
from tests.factories.identity import make_member

START = datetime(2027, 3, 1, 9, tzinfo=UTC)


def make_rule(**changes: Any) -> QuietRule:
    house = Terms()
    values: dict[str, Any] = {
        "version": 1, "seen": dict(house.seen), "thank_days": 7, "again_days": 180, "grace_days": 90, "is_on": True,
        "at": START - timedelta(days=300), **changes,
    }  # fmt: skip
    rule = QuietRule(**values)
    db.session.add(rule)
    db.session.flush()
    return rule


def make_reachable(handle: str, **changes: Any) -> Member:
    """Somebody with a login."""
    member = make_member(handle, **changes)
    db.session.add(Account(member_id=member.id, issuer="https://tests.example", subject=handle, created_at=member.joined_at))
    db.session.flush()
    return member


def live(days: int, of: datetime = START) -> None:
    """The job of that many days after the start, and its end."""
    with clock.as_of(of + timedelta(days=days)):
        jobs.look()
        db.session.commit()
