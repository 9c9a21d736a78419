"""Background work on tasks."""

from recognition import clock
from recognition.extensions import db
from recognition.teams import services


def look() -> None:
    """Commits after each slice."""
    while services.look(clock.utcnow()):
        db.session.commit()
