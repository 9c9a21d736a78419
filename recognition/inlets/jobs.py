"""Background work of what comes in by itself."""

import logging
import time

from recognition import clock
from recognition.extensions import db
from recognition.inlets.services import answering, looking, seeing

log = logging.getLogger(__name__)
SECONDS_A_JOB = 120


def look() -> int:
    """At the feeds and calendars that are due. Commits after each, and what goes wrong with one is no matter of the others."""
    until = time.monotonic() + SECONDS_A_JOB
    looked = 0
    for inlet_id in looking.due(clock.utcnow()):
        if time.monotonic() > until:
            break
        mine = looking.claim(inlet_id, clock.utcnow())
        db.session.commit()
        if mine:
            _look(inlet_id)
            looked += 1
    return looked


def _look(inlet_id: int) -> None:
    try:
        looking.look(inlet_id, clock.utcnow())
        db.session.commit()
    except Exception:  # whatever a stranger's feed makes us stumble over belongs to that feed
        db.session.rollback()
        log.exception("Inlet %s could not be looked at.", inlet_id)
        looking.fail(inlet_id, clock.utcnow())
        db.session.commit()


def suggest() -> None:
    """Daily: who signed in, or proved a name, by now; and once a week a line for those who have something to look at."""
    match(0)


def match(after: int) -> None:
    """Commits after each slice, so that deliveries and people never wait long. May run twice."""
    until = time.monotonic() + SECONDS_A_JOB
    place: int | None = after
    while place is not None:
        if time.monotonic() > until:
            seeing.match_later(place)
            return
        place = seeing.match_slice(place, clock.utcnow())
        db.session.commit()
    answering.ask_weekly(clock.utcnow())


def tidy() -> None:
    answering.tidy(clock.utcnow())
