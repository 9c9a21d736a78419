"""Once a day: who is back, who was seen again, who is asked, who is thanked. A thank you always comes before its question."""

import time

from recognition import clock
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.quiet.services import absence, asking

SECONDS_A_JOB = 60
PARTS = {"follow": asking.follow_slice, "thank": asking.thank_slice}


def look(part: str = "back", after: int = 0) -> None:
    """Commits after each slice: a worker that dies goes on where it was, and what was said is not said again."""
    until = time.monotonic() + SECONDS_A_JOB
    if part == "back":
        while absence.bring_back(clock.utcnow()):
            db.session.commit()
        part = "follow"
    for name in list(PARTS)[list(PARTS).index(part) :]:
        place: int | None = after if name == part else 0
        while place is not None:
            if time.monotonic() > until:
                ledger.defer("quiet.look", dedupe_key=f"quiet.look:{name}:{place}", part=name, after=place)
                return
            place = PARTS[name](place, clock.utcnow())
            db.session.commit()
