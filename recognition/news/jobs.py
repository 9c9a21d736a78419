"""Background work of announcements. Each step is committed before the next one begins, and no transaction is open while
somebody else's server answers."""

import logging
import time
from datetime import timedelta

from flask import current_app

from recognition import clock
from recognition.announcements.channels.faults import NotNow, Refused, Unsure
from recognition.announcements.channels.piece import SECONDS
from recognition.database import moment
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.news import queries, reaching
from recognition.news.services import moving, sending, telling
from recognition.news.services.sending import Parcel
from recognition.openbadges.fetching import Client

log = logging.getLogger(__name__)
SECONDS_A_JOB, PARCELS_A_JOB = 60, 200
COUNTED_FOR = timedelta(days=60)
REACHABLE = "news_may_reach"
"""In `app.extensions`: host and port pairs that are asked although they are not public. Nothing but tests sets it."""


def going_out() -> None:
    """By the database's clock. Each in a transaction of its own, so that one that fails keeps none of the others."""
    for announcement_id in queries.due_to_go(moment()):
        moving.go_out(announcement_id, moment())
        db.session.commit()
    for announcement_id in queries.unfinished():
        moving.hand_out_later(announcement_id)


def count_reached() -> None:
    """For rosters of groups; each slice is committed."""
    after: int | None = 0
    while after is not None:
        after = reaching.recount(after, clock.utcnow())
        db.session.commit()


def hand_out(announcement_id: int) -> None:
    """Commits after each slice: a killed worker's place is where the next one goes on."""
    until = time.monotonic() + SECONDS_A_JOB
    while telling.hand_slice(announcement_id, clock.utcnow()):
        db.session.commit()
        if time.monotonic() > until:
            moving.hand_out_later(announcement_id)
            return


def take_back(announcement_id: int, after: int) -> None:
    until = time.monotonic() + SECONDS_A_JOB
    place: int | None = after
    while place is not None:
        if time.monotonic() > until:
            key = f"news.take_back:{announcement_id}:{place}"
            ledger.defer("news.take_back", dedupe_key=key, announcement_id=announcement_id, after=place)
            return
        place = telling.take_back_slice(announcement_id, place, clock.utcnow())
        db.session.commit()


def count() -> None:
    telling.count(clock.utcnow() - COUNTED_FOR)


def dispatch_waits() -> bool:
    return sending.waits(clock.utcnow())


def dispatch() -> None:
    """What the bell runs. Any number may run at once; the sweep rings again for what is left."""
    until = time.monotonic() + SECONDS_A_JOB
    sending.take_lapsed(clock.utcnow())
    db.session.commit()
    waiting = sending.due(clock.utcnow(), PARCELS_A_JOB)
    db.session.commit()
    for dispatch_id in waiting:
        if time.monotonic() > until:
            break
        parcel = sending.begin(dispatch_id, clock.utcnow())
        db.session.commit()
        if parcel is not None:
            _hand_over(parcel)
        db.session.commit()


def _hand_over(parcel: Parcel) -> None:
    client = Client(allowed=current_app.extensions.get(REACHABLE, ()), seconds=SECONDS)
    try:
        url = _carry(parcel, client)
    except Unsure as fault:
        sending.unsure(parcel.dispatch_id, str(fault), clock.utcnow())
    except NotNow as fault:
        sending.not_now(parcel.dispatch_id, str(fault), clock.utcnow())
    except Refused as fault:
        sending.refused(parcel.dispatch_id, str(fault), clock.utcnow())
    except Exception as fault:  # what one place answers stops no other
        log.exception("Dispatch %s could not be handed over.", parcel.dispatch_id)
        sending.unsure(parcel.dispatch_id, type(fault).__name__, clock.utcnow())
    else:
        if url is None:
            sending.stopped(parcel)
        else:
            sending.sent(parcel.dispatch_id, url, clock.utcnow())


def _carry(parcel: Parcel, client: Client) -> str | None:
    """Where it stands now. None: it does not, and need not."""
    adapter, stands_at = parcel.adapter, parcel.stands_at
    if stands_at is None and parcel.is_repeat and adapter.find is not None:
        stands_at = adapter.find(parcel.place, parcel.piece, client)
        if stands_at is not None and not parcel.piece.edition:
            return stands_at
    elif stands_at is None and parcel.is_repeat and adapter.knows_repeats and parcel.piece.edition and parcel.may_begin:
        stands_at = ""  # there or not, with a text from before: it is said again, and then changed
    if stands_at is not None and adapter.change is not None:
        return adapter.change(parcel.place, parcel.piece, stands_at, client)
    return adapter.send(parcel.place, parcel.piece, client) if parcel.may_begin else None
