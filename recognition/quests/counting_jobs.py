"""Keeps the counts of steps, each hour."""

from recognition import clock
from recognition.extensions import db
from recognition.quests.services import counting


def count_steps() -> None:
    """Commits after each version, so that no page waits for all of them."""
    now = clock.utcnow()
    for quest_id, version in counting.versions():
        counting.count_steps(quest_id, version, now)
        db.session.commit()
