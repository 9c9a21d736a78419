"""Background work on badges: ids in, one service each."""

import time
from datetime import datetime

from recognition import clock
from recognition.badges import rarity, silence
from recognition.badges.portable import run, signing
from recognition.badges.services import considering, expiry, flags, people
from recognition.extensions import db

SECONDS_A_JOB = 60
"""Well below the ten minutes that the queue gives a job; what is left is another job's."""


def backfill(badge_id: int, look: int, after: int, since: str | None = None) -> int:
    """Commits after each slice of members, so that the drain and people never wait long. May run twice. `since`: when
    the look began, as ISO 8601."""
    begun = datetime.fromisoformat(since) if since else clock.utcnow()
    total, until = 0, time.monotonic() + SECONDS_A_JOB
    place: int | None = after
    while place is not None:
        if time.monotonic() > until:
            considering.look_on_later(badge_id, look, place, begun)
            break
        made, place = considering.backfill_slice(badge_id, look, place, clock.utcnow(), begun)
        db.session.commit()
        total += made
    return total


def waits_to_sign() -> bool:
    return signing.waits()


def sign() -> int:
    """What the bell runs."""
    return run.sign_all(SECONDS_A_JOB)


def recount(member_id: int) -> None:
    people.recount_of(member_id)


def look_at_member(member_id: int) -> int:
    return considering.look_at_member(member_id, clock.utcnow())


def judge_holders(badge_id: int, after: int) -> None:
    """Commits after each slice of awards. May run twice."""
    place: int | None = after
    while place is not None:
        place = considering.judge_holders(badge_id, place, clock.utcnow())
        db.session.commit()


def judge(member_ids: list[int]) -> None:
    flags.rejudge(member_ids, clock.utcnow())


def age() -> None:
    """Daily. Commits after each slice of awards; whom it told is marked with it."""
    place: int | None = 0
    while place is not None:
        place = expiry.age_slice(place, clock.utcnow())
        db.session.commit()


def ripen() -> int:
    """Daily: time alone brings some badges."""
    return considering.look_back_at_timely()


def listen_for_silence() -> None:
    silence.listen(clock.utcnow())


def count_holders() -> int:
    return rarity.count_holders(clock.utcnow())
