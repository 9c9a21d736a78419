"""Background work on events."""

from recognition import clock
from recognition.events import services


def remind_due() -> None:
    services.remind_due(clock.utcnow())


def tell(event_id: int, what: str, mark: str, after: int = 0) -> None:
    services.tell_slice(event_id, what, mark, after, clock.utcnow())


def tidy() -> None:
    services.tidy_answers(clock.utcnow())
