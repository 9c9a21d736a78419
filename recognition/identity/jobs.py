"""Jobs of this package."""

from recognition import clock
from recognition.identity.services import sessions


def tidy() -> None:
    sessions.forget_ended(clock.utcnow())
