"""Background work on notices. Each step of a mail is committed before the next one begins: what left the house cannot be
rolled back."""

import logging
import time

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from recognition import clock
from recognition.announcements import bounces, gathering, mailing, terms
from recognition.announcements.channels.faults import Away, NotNow, Refused, Unsure
from recognition.announcements.channels.mail import Letter, NoSuchReader, Post
from recognition.announcements.letters import letter
from recognition.extensions import db

log = logging.getLogger(__name__)
SECONDS_A_JOB = 45
MAILS_A_JOB = 500


def waits() -> bool:
    now = clock.utcnow()
    return current_app.extensions["settings"].mail is not None and (gathering.waits(now) or mailing.waits(now))


def send() -> None:
    """What the bell runs. Nothing without a mail server. Any number may run at once; the sweep rings again for what is left."""
    server = current_app.extensions["settings"].mail
    if server is None:
        return
    until = time.monotonic() + SECONDS_A_JOB
    mailing.give_up_lapsed(clock.utcnow())
    gathering.gather(clock.utcnow())
    db.session.commit()
    mails = mailing.due(clock.utcnow(), MAILS_A_JOB)
    db.session.commit()
    with Post(server) as post:
        for mail in mails:
            if time.monotonic() > until or not _send_one(post, mail):
                break


def _send_one(post: Post, mail: str) -> bool:
    """False when the server is away: the others need not be tried now."""
    try:
        ready = _written(mail)
    except SQLAlchemyError:
        raise
    except Exception as fault:  # one mail that cannot be written stops no other
        db.session.rollback()
        log.exception("Mail %s could not be written.", mail)
        mailing.refused(mail, type(fault).__name__)
        ready = None
    db.session.commit()
    answers = ready is None or _hand_over(post, ready)
    db.session.commit()
    return answers


def _written(mail: str) -> Letter | None:
    now = clock.utcnow()
    bundle = mailing.begin(mail, now)
    if bundle is None:
        return None
    ready = letter(bundle.mail, bundle.to, bundle.reader, bundle.notices, now, bundle.language)
    if ready is None:
        mailing.drop(bundle.mail)
    return ready


def _hand_over(post: Post, ready: Letter) -> bool:
    try:
        post.send(ready)
        mailing.sent(ready.key, clock.utcnow())
    except Unsure as fault:
        mailing.unsure(ready.key, str(fault))
    except NotNow as fault:
        mailing.not_now(ready.key, str(fault), clock.utcnow())
        return not isinstance(fault, Away)
    except Refused as fault:
        if isinstance(fault, NoSuchReader):
            bounces.count(ready.to, ready.key, for_ever=True, reason=str(fault), now=clock.utcnow())
        mailing.refused(ready.key, str(fault))
    return True


def ask_terms() -> None:
    terms.ask(clock.utcnow())
