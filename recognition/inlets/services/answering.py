"""Members say whether what was seen elsewhere was theirs; and once a week they are asked."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.announcements.services import Message, settle, tell
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.inlets.models import Arrival, Sighting
from recognition.inlets.rules import ARRIVALS_DAYS, ASKED, DROPPED, NEW, UNMATCHED_DAYS
from recognition.inlets.services import booking

SLICE = 500
PATH = "/me/suggestions"


def answer(member_id: int, sighting_ids: Collection[int], is_theirs: bool, now: datetime) -> int:
    """Those of them that still wait for this member. How many these were: said twice, it is done once."""
    wanted = sa.select(Sighting).where(among(Sighting.id, sighting_ids), *_waiting(member_id)).order_by(Sighting.id)
    rows = list(db.session.scalars(wanted.with_for_update().execution_options(populate_existing=True)))
    if is_theirs:
        booking.book(rows, now)
    else:
        for row in rows:
            row.state = DROPPED
        db.session.flush()
    return len(rows)


def answer_all(member_id: int, until: int, is_theirs: bool, now: datetime) -> int:
    """All that waits, up to the newest that they have seen."""
    done = 0
    while True:
        some = sa.select(Sighting.id).where(Sighting.id <= until, *_waiting(member_id)).order_by(Sighting.id).limit(SLICE)
        ids = list(db.session.scalars(some))
        answered = answer(member_id, ids, is_theirs, now) if ids else 0
        done += answered
        if len(ids) < SLICE or not answered:
            return done


def heard(member_id: int, now: datetime) -> None:
    """Nothing waits any more, so no notice needs to say so."""
    if db.session.scalar(sa.select(Sighting.id).where(*_waiting(member_id)).limit(1)) is None:
        settle([_key(member_id, monday_of(now) - timedelta(weeks=ago)) for ago in range(5)], now)


def ask_weekly(now: datetime) -> int:
    """One line for whoever has something new since the Monday before this one's. Asked again in the same week, nobody
    hears it twice; what they left unanswered before is not brought up again."""
    until = monday_of(now)
    fresh = (Sighting.seen_at >= until - timedelta(weeks=1), Sighting.seen_at < until)
    waiting = sa.select(Sighting.member_id).where(Sighting.state == ASKED, Sighting.gone.is_(False), *fresh).distinct()
    here = sa.select(Member.id).where(Member.id.in_(waiting), Member.state != "suspended").order_by(Member.id)
    ids = list(db.session.scalars(here))
    tell([Message(one, "sightings.week", _key(one, until), path=PATH) for one in ids], now)
    return len(ids)


def tidy(now: datetime) -> int:
    """What nobody claimed for a while is forgotten, what was of somebody who is no more at once, and old deliveries. How
    many sightings these were."""
    old = (Sighting.state == NEW) & (Sighting.seen_at < now - timedelta(days=UNMATCHED_DAYS))
    orphaned = (Sighting.state != NEW) & Sighting.member_id.is_(None)
    gone = db.session.execute(sa.delete(Sighting).where(old | orphaned), execution_options={"synchronize_session": False})
    late = sa.delete(Arrival).where(Arrival.at < now - timedelta(days=ARRIVALS_DAYS))
    db.session.execute(late, execution_options={"synchronize_session": False})
    return int(gone.rowcount)  # type: ignore[attr-defined]


def monday_of(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=now.weekday())


def _key(member_id: int, monday: datetime) -> str:
    return f"sightings:{member_id}:{monday.date().isoformat()}"


def _waiting(member_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (Sighting.member_id == member_id, Sighting.state == ASKED, Sighting.gone.is_(False))
