"""Asking for the news, saying yes to the mail that came, leaving; and each subscriber's next mail, taken by one worker. At most
once, as docs/decisions/0007-mail-goes-at-most-once.md has it: what may have arrived counts as sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.announcements import bounces
from recognition.announcements.models import StoppedAddress
from recognition.database import insert_new
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.news.models import OUT, Announcement, Subscriber
from recognition.news.subscribing.rules import (
    ASKED,
    ASKED_AGAIN_AFTER,
    KEPT_UNANSWERED,
    ON,
    SENDING,
    STOPPED_FOR,
    TEXTS_MAX,
    next_due,
)

BELL = "news.write_subscribers"
LEASE = timedelta(minutes=15)
AGAIN_AFTER = timedelta(hours=2)


@dataclass(frozen=True)
class Parcel:
    """What one subscriber gets now: the question whether it is them, or what is new. `told_id`: what they were told before,
    should this not go."""

    id: int
    to: str
    language: str
    rhythm: str
    told_id: int
    news: Sequence[Announcement]

    @property
    def is_question(self) -> bool:
        return not self.news


def ask(address: str, rhythm: str, language: str, now: datetime) -> None:
    """The same for everybody who looks at it: whether an address is known already is nobody's business."""
    if _was_asked_as_another(address.lower(), now):
        return
    new = {"address": address.lower(), "language": language, "rhythm": rhythm, "asked_at": now, "told_id": 0, "due_at": now,
           "state": ASKED}  # fmt: skip
    insert_new(Subscriber.__table__, [new])
    again = sa.update(Subscriber).where(
        Subscriber.address == address.lower(), Subscriber.state == ASKED, Subscriber.asked_at <= now - ASKED_AGAIN_AFTER
    )
    _change(again.values(asked_at=now, due_at=now, rhythm=rhythm, language=language))
    ledger.ring(BELL)


def _was_asked_as_another(address: str, now: datetime) -> bool:
    """What stands behind a plus in an address is its owner's own: all of these are one mailbox, which is asked once a day."""
    local, _at, domain = address.rpartition("@")
    own = local.partition("+")[0]
    tagged = sa.and_(
        Subscriber.address.startswith(f"{own}+", autoescape=True), Subscriber.address.endswith(f"@{domain}", autoescape=True)
    )
    theirs = (Subscriber.address != address, sa.or_(Subscriber.address == f"{own}@{domain}", tagged))
    lately = (Subscriber.confirmed_at.is_(None), Subscriber.asked_at > now - ASKED_AGAIN_AFTER)
    return bool(db.session.scalar(sa.select(sa.exists().where(*theirs, *lately))))


def subscriber(subscriber_id: int, address: str) -> Subscriber | None:
    mine = sa.select(Subscriber).where(Subscriber.id == subscriber_id, Subscriber.address == address)
    found: Subscriber | None = db.session.scalar(mine)
    return found


def confirm(subscriber_id: int, address: str, now: datetime) -> bool:
    """Safe to repeat. False where the row is gone. An address that was given up works, or nobody could say so."""
    one = subscriber(subscriber_id, address)
    if one is None:
        return False
    if one.confirmed_at is None:
        first = sa.update(Subscriber).where(Subscriber.id == one.id, Subscriber.confirmed_at.is_(None))
        _change(first.values(confirmed_at=now, state=ON, due_at=next_due(one.rhythm, now)))
        bounces.forget(address)
    return True


def leave(address: str) -> None:
    """Nothing of them is kept. Also by the link of an old mail, from before they left and came back."""
    db.session.execute(sa.delete(Subscriber).where(Subscriber.address == address))


def waits(now: datetime) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(Subscriber.due_at <= now))))


def tidy(now: datetime) -> None:
    """Whoever was sending is gone, and what they had may have arrived: it goes on from there. Addresses whose question
    nobody answered are forgotten, and those that nothing reaches any more."""
    lapsed = sa.select(Subscriber).where(Subscriber.state == SENDING, Subscriber.due_at <= now)
    for one in db.session.scalars(lapsed.with_for_update(skip_locked=True)):
        one.state, one.due_at = (ON, next_due(one.rhythm, now)) if one.confirmed_at else (ASKED, None)
    silent = (Subscriber.state == ASKED, Subscriber.confirmed_at.is_(None), Subscriber.asked_at <= now - KEPT_UNANSWERED)
    db.session.execute(sa.delete(Subscriber).where(*silent))
    gone = sa.exists().where(
        StoppedAddress.address == Subscriber.address, StoppedAddress.is_stopped.is_(True),
        StoppedAddress.last_at <= now - STOPPED_FOR,
    )  # fmt: skip
    db.session.execute(sa.delete(Subscriber).where(Subscriber.state == ON, gone))


def due(now: datetime, limit: int) -> list[int]:
    wanted = sa.select(Subscriber.id).where(Subscriber.state.in_((ASKED, ON)), Subscriber.due_at <= now)
    return list(db.session.scalars(wanted.order_by(Subscriber.due_at, Subscriber.id).limit(limit)))


def begin(subscriber_id: int, now: datetime) -> Parcel | None:
    """Take it, or None: another worker has it, or there is nothing for them. The caller commits before sending."""
    mine = sa.update(Subscriber).where(
        Subscriber.id == subscriber_id, Subscriber.state.in_((ASKED, ON)), Subscriber.due_at <= now
    )
    if not _change(mine.values(state=SENDING, due_at=now + LEASE)):
        return None
    one = db.session.get_one(Subscriber, subscriber_id, populate_existing=True)
    news = _new_for(one, now) if one.confirmed_at else []
    is_stopped = bounces.is_stopped(one.address, None if one.confirmed_at else now - STOPPED_FOR)
    if is_stopped or (one.confirmed_at is not None and not news):
        _settle(one.id, one.confirmed_at is not None, one.rhythm, now)
        return None
    parcel = Parcel(one.id, one.address, one.language, one.rhythm, one.told_id, news)
    if news:
        one.told_id = news[-1].id
    return parcel


def _new_for(one: Subscriber, now: datetime) -> Sequence[Announcement]:
    """By when they went out, since what was written first may go out last."""
    wanted = sa.select(Announcement).where(
        Announcement.state == OUT, Announcement.is_public.is_(True), Announcement.out_at <= now
    )
    last = db.session.get(Announcement, one.told_id)
    place: tuple[Any, int] = (last.out_at, last.id) if last and last.out_at else (one.confirmed_at, 0)
    at = sa.literal(place[0], Announcement.out_at.type)
    behind = sa.tuple_(Announcement.out_at, Announcement.id) > sa.tuple_(at, sa.literal(place[1]))
    newest_last = (Announcement.out_at, Announcement.id)
    return db.session.scalars(wanted.where(behind).order_by(*newest_last).limit(TEXTS_MAX)).all()


def sent(parcel: Parcel, now: datetime) -> None:
    """Also where nobody knows whether it arrived."""
    _settle(parcel.id, not parcel.is_question, parcel.rhythm, now)


def not_now(parcel: Parcel, now: datetime) -> None:
    """Surely not there: the same again later."""
    state = ASKED if parcel.is_question else ON
    mine = sa.update(Subscriber).where(Subscriber.id == parcel.id, Subscriber.state == SENDING)
    _change(mine.values(state=state, told_id=parcel.told_id, due_at=now + AGAIN_AFTER))


def _settle(subscriber_id: int, is_on: bool, rhythm: str, now: datetime) -> None:
    mine = sa.update(Subscriber).where(Subscriber.id == subscriber_id, Subscriber.state == SENDING)
    _change(mine.values(state=ON if is_on else ASKED, due_at=next_due(rhythm, now) if is_on else None))


def count() -> int:
    """How many read it this way; for those who write."""
    there = Subscriber.confirmed_at.is_not(None)
    gone = sa.exists().where(StoppedAddress.address == Subscriber.address, StoppedAddress.is_stopped.is_(True))
    return db.session.scalar(sa.select(sa.func.count()).select_from(Subscriber).where(there, ~gone)) or 0


def _change(statement: Any) -> int:
    return int(db.session.execute(statement, execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]
