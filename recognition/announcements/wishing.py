"""What a member says about mails, and what that means for those that wait already."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from recognition.announcements.gathering import Place, mails_at
from recognition.announcements.models import DROPPED, WAITING, Delivery, Follow, MailWish, Notice
from recognition.announcements.rules import (
    COMMUNITY,
    DIGESTS,
    FOLLOWING,
    NEVER,
    TOPICS,
    Wish,
    goes_at,
    next_digest,
    rhythm_of,
    wish_of,
)
from recognition.announcements.words import topic_of
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Member

TOPICS_MAX = 200
"""What a row may say, most of it about single campaigns."""


@dataclass(frozen=True)
class Said:
    """A filled-in form. `rhythms` by topic; what is not named in it stays as it was."""

    rhythms: Mapping[str, str]
    language: str
    zone: str
    weekday: int
    hour: int
    quiet_from: int
    quiet_until: int


def wish_row(member_id: int) -> MailWish | None:
    return db.session.get(MailWish, member_id)


def save(member_id: int, said: Said, now: datetime) -> None:
    row = held(member_id)
    row.rhythms = _together(row.rhythms, said.rhythms)
    row.language, row.zone, row.weekday, row.hour = said.language, said.zone, said.weekday, said.hour
    row.quiet_from, row.quiet_until = said.quiet_from, said.quiet_until
    _plan_anew(row, now)


def set_rhythm(member_id: int, topic: str, rhythm: str, now: datetime) -> None:
    set_rhythms(member_id, {topic: rhythm}, now)


def set_rhythms(member_id: int, said: Mapping[str, str], now: datetime) -> None:
    """Of these topics; the rest stays as it was. Safe to repeat."""
    row = held(member_id)
    row.rhythms = _together(row.rhythms, said)
    _plan_anew(row, now)


def stop_topic(member_id: int, topic: str, now: datetime) -> None:
    """From a mail, without signing in; nothing for a member who is gone. One that was joined to another row means that."""
    meant = db.session.scalar(sa.select(sa.func.coalesce(Member.merged_into_id, Member.id)).where(Member.id == member_id))
    if meant is not None:
        set_rhythm(meant, topic, NEVER, now)


def _together(before: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """Where it becomes too much, some campaign that was not spoken of now is forgotten, never one of the house's topics."""
    kept = sorted((topic for topic in before if topic not in said), key=lambda topic: topic not in TOPICS)
    return {**{topic: before[topic] for topic in kept[: TOPICS_MAX - len(said)]}, **said}


def held(member_id: int) -> MailWish:
    """Their row, made where there is none; without quiet hours until they are asked for."""
    new = {"member_id": member_id, "rhythms": {}, "language": "", "zone": "UTC", "weekday": 0, "hour": 8, "quiet_from": 0,
           "quiet_until": 0}  # fmt: skip
    insert_new(MailWish.__table__, [new])
    mine = sa.select(MailWish).where(MailWish.member_id == member_id).with_for_update()
    return db.session.scalars(mine, execution_options={"populate_existing": True}).one()


def _plan_anew(row: MailWish, now: datetime) -> None:
    """What waits for a later hour goes by the new wish: at once, at another hour, or never."""
    wish = wish_of(row)
    row.due_at = _next(wish, COMMUNITY, now)
    plan_follows(row, now)
    waiting = sa.select(Delivery.notice_id, Notice.kind, Notice.topic).join(Notice, Notice.id == Delivery.notice_id)
    waiting = waiting.where(Delivery.member_id == row.member_id, Delivery.state == WAITING)
    waiting = waiting.where(Delivery.attempts == 0, Delivery.due_at > now).order_by(Delivery.notice_id)
    at: dict[datetime | None, list[int]] = defaultdict(list)
    for one in db.session.execute(waiting.with_for_update(of=Delivery)):
        at[_moment(wish, one.kind, one.topic, now)].append(one.notice_id)
    mails = mails_at([Place(row.member_id, due) for due in at if due is not None], now)
    for due, notices in at.items():
        change = sa.update(Delivery).where(among(Delivery.notice_id, notices), Delivery.state == WAITING)
        if due is None:
            db.session.execute(change.values(state=DROPPED))
        else:
            db.session.execute(change.values(due_at=due, mail=mails[Place(row.member_id, due)]))


def plan_follows(row: MailWish, now: datetime) -> None:
    """When they hear of what they follow; whoever follows nothing waits for nothing."""
    follows = db.session.scalar(sa.select(sa.exists().where(Follow.member_id == row.member_id)))
    row.follows_due_at = _next(wish_of(row), FOLLOWING, now) if follows else None


def _next(wish: Wish, topic: str, now: datetime) -> datetime | None:
    rhythm = rhythm_of(wish, topic)
    return next_digest(wish, rhythm, now) if rhythm in DIGESTS else None


def _moment(wish: Wish, kind: str, topic: str, now: datetime) -> datetime | None:
    return goes_at(wish, topic_of(kind, topic), now)
