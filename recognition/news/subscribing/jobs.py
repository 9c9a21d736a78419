"""What the bell runs for subscribers. Each step of a mail is committed before the next one begins."""

import logging
import time

from flask import current_app

from recognition import clock
from recognition.announcements import bounces
from recognition.announcements.channels.faults import Away, NotNow, Refused, Unsure
from recognition.announcements.channels.mail import Letter, NoSuchReader, Post
from recognition.extensions import db
from recognition.news.subscribing import services
from recognition.news.subscribing.letters import letter
from recognition.news.subscribing.services import Parcel

log = logging.getLogger(__name__)
SECONDS_A_JOB, MAILS_A_JOB = 45, 500


def waits() -> bool:
    return current_app.extensions["settings"].mail is not None and services.waits(clock.utcnow())


def write() -> None:
    """Nothing without a mail server. Any number may run at once; the sweep rings again for what is left."""
    server = current_app.extensions["settings"].mail
    if server is None:
        return
    until = time.monotonic() + SECONDS_A_JOB
    services.tidy(clock.utcnow())
    db.session.commit()
    waiting = services.due(clock.utcnow(), MAILS_A_JOB)
    db.session.commit()
    with Post(server) as post:
        for subscriber_id in waiting:
            if time.monotonic() > until or not _write_one(post, subscriber_id):
                break


def _write_one(post: Post, subscriber_id: int) -> bool:
    """False when the server is away."""
    parcel = services.begin(subscriber_id, clock.utcnow())
    db.session.commit()
    if parcel is None:
        return True
    ready = letter(parcel, clock.utcnow())
    db.session.commit()
    answers = _hand_over(post, parcel, ready)
    db.session.commit()
    return answers


def _hand_over(post: Post, parcel: Parcel, ready: Letter) -> bool:
    now = clock.utcnow()
    try:
        post.send(ready)
    except NotNow as fault:
        services.not_now(parcel, now)
        return not isinstance(fault, Away)
    except NoSuchReader as fault:
        bounces.count(parcel.to, ready.key, for_ever=True, reason=str(fault), now=now)
    except (Refused, Unsure) as fault:
        log.warning("Subscriber %s: %s", parcel.id, fault)
    services.sent(parcel, now)
    return True
