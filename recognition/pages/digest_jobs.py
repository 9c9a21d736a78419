"""Background work on the public digest."""

from recognition import clock
from recognition.pages import monthly_digest


def draft_month() -> None:
    monthly_digest.draft_due(clock.utcnow())
