"""Background work of mentoring."""

import time
from collections.abc import Callable
from datetime import datetime

from recognition import clock
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.mentoring.services import asks, links, looking

SECONDS_A_JOB = 60
PARTS: dict[str, Callable[[int, datetime], int | None]] = {"links": links.settle_slice, "ways": looking.offer_pool_slice}


def pass_on() -> None:
    while asks.pass_on(clock.utcnow()):
        db.session.commit()


def look(part: str = "links", after: int = 0) -> None:
    """Commits after each slice: a worker that dies goes on where it was."""
    until = time.monotonic() + SECONDS_A_JOB
    for name in list(PARTS)[list(PARTS).index(part) :]:
        place: int | None = after if name == part else 0
        while place is not None:
            if time.monotonic() > until:
                ledger.defer("mentoring.look", dedupe_key=f"mentoring.look:{name}:{place}", part=name, after=place)
                return
            place = PARTS[name](place, clock.utcnow())
            db.session.commit()
    looking.count(clock.utcnow())
