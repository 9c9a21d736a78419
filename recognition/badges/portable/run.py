"""One run of signing: all credentials that wait, a batch a commit, and between them the lists of what was taken back."""

import logging
import math
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from recognition import clock
from recognition.badges.portable import due, signing, status
from recognition.badges.portable.keys import NoKey
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.openbadges.rules import BadKeys

log = logging.getLogger(__name__)
TRIES = 5
Outcome = TypeVar("Outcome")


def sign_all(seconds: float = math.inf) -> int:
    """Any number may run at once, and be killed at any moment. After `seconds` no further batch is begun, and the bell rings
    for the rest. Without a key to sign with it ends. Returns how many awards it saw to."""
    total, until = 0, time.monotonic() + seconds
    try:
        pen = _once_more(lambda: signing.pen(clock.utcnow()))
        done = 1
        while done and time.monotonic() < until:
            _publish_stale(pen)
            done = _once_more(lambda: signing.sign_batch(pen))
            total += done
        _publish_stale(pen)
    except (BadKeys, NoKey) as fault:
        db.session.rollback()
        log.error("Badges are not signed: %s", fault)
        return total
    if time.monotonic() >= until:
        ledger.push(due.BELL, behind=True)  # So that a long backlog keeps no job waiting for ever.
    return total


def _publish_stale(pen: signing.Pen) -> None:
    """Before each batch: what was taken back shows within a minute, however many awards wait to be signed."""
    while (number := status.next_stale()) is not None:
        _publish(number, pen)
    db.session.rollback()


def _publish(number: int, pen: signing.Pen) -> None:
    _once_more(lambda: status.publish(number, pen.signer, clock.utcnow()))


def _once_more(step: Callable[[], Outcome]) -> Outcome:
    """Commits. Another try where the database is to blame: a dead-lock, a lock that took too long."""
    for turn in range(TRIES):
        try:
            done = step()
            db.session.commit()
        except OperationalError:
            db.session.rollback()
            if turn == TRIES - 1:
                raise
        else:
            return done
    raise AssertionError
