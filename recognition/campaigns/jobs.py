"""Background work of campaigns."""

import time

from recognition import clock
from recognition.campaigns import moving, outcomes, services
from recognition.database import moment
from recognition.extensions import db

SECONDS_A_JOB = 60
"""Well below the ten minutes that the queue gives a job; what is left is another job's."""


def recount(campaign_id: int, after: int = 0) -> None:
    """Count the past for a goal that is new. Commits after each slice, so that the drain and people never wait long."""
    until = time.monotonic() + SECONDS_A_JOB
    place: int | None = after
    while place is not None:
        if time.monotonic() > until:
            services.count_later(campaign_id, place)
            return
        _new, place = services.count_slice(campaign_id, place, clock.utcnow())
        db.session.commit()


def move() -> None:
    now = moment()
    moving.move_later(now)
    outcomes.work_out_later(now)


def publish(campaign_id: int) -> None:
    moving.publish_due(campaign_id, moment())


def work_out(campaign_id: int) -> None:
    outcomes.work_out(campaign_id, moment())


def count_base() -> None:
    services.count_base(clock.utcnow())
