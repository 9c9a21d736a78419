"""Jobs of this package."""

from recognition import clock
from recognition.activities import intake


def tidy() -> None:
    intake.forget_old_answers(clock.utcnow())
