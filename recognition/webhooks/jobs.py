"""Background work: what waits goes out. Each step is committed before the next begins, and no transaction is open while
somebody else's server answers."""

import logging
import time

from flask import current_app

from recognition import clock
from recognition.extensions import db
from recognition.openbadges.addresses import Forbidden
from recognition.openbadges.fetching import Client, Unreachable
from recognition.webhooks import keeping, sending
from recognition.webhooks.rules import REACHABLE
from recognition.webhooks.sending import Parcel

log = logging.getLogger(__name__)
SECONDS_A_JOB, MESSAGES_A_JOB, SECONDS_A_MESSAGE = 45, 500, 10.0
"""In `app.extensions`: host and port pairs that are asked although they are not public. Nothing but tests sets it."""


def waits() -> bool:
    return sending.waits(clock.utcnow())


def send() -> None:
    """What the bell runs. Any number may run at once; the sweep rings again for what is left. An address that does not
    answer is not tried twice in one run, so that it holds up nobody else's."""
    until, silent = time.monotonic() + SECONDS_A_JOB, set[int]()
    waiting = sending.due(clock.utcnow(), MESSAGES_A_JOB)
    db.session.commit()
    for message_id, webhook_id in waiting:
        if time.monotonic() > until:
            break
        if webhook_id not in silent and not _send_one(message_id):
            silent.add(webhook_id)


def _send_one(message_id: int) -> bool:
    parcel = sending.begin(message_id, clock.utcnow())
    db.session.commit()
    arrived = parcel is None or _hand_over(parcel)
    db.session.commit()
    return arrived


def _hand_over(parcel: Parcel) -> bool:
    client = Client(allowed=current_app.extensions.get(REACHABLE, ()), seconds=SECONDS_A_MESSAGE)
    try:
        status = client.post(parcel.url, parcel.body, parcel.headers).status
    except (Forbidden, Unreachable) as fault:
        return sending.failed(parcel, fault.reason, clock.utcnow())
    return sending.answered(parcel, status, clock.utcnow())


def tidy() -> None:
    keeping.forget_old(clock.utcnow())
