"""Background work on objectives."""

from recognition import clock
from recognition.objectives import looking


def look() -> None:
    looking.look(clock.utcnow())
