"""Once a day: history in step, questions passed on, mentees of somebody who gave no sign hear of the pool, and the figures."""

from datetime import datetime

import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity
from recognition.announcements.services import Message, tell
from recognition.database import put
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.mentoring.models import MentorLink
from recognition.mentoring.rules import BY_GONE, HERE, LOST_FOR, SEEN_FOR, load_slots
from recognition.mentoring.services import wishes
from recognition.metrics.models import Figure

LINKS_A_TIME = 1000


def live(now: datetime) -> sa.ColumnElement[bool]:
    """Of a row of `Member` taken as a mentor: is here, and gave some sign within eight weeks."""
    sign = sa.exists().where(Activity.member_id == Member.id, Activity.withdrawn_at.is_(None),
                             Activity.occurred_at > now - SEEN_FOR, Activity.occurred_at <= now)  # fmt: skip
    return sa.and_(Member.state == "active", sign.correlate(Member))


def offer_pool_slice(after: int, now: datetime) -> int | None:
    """A gentle word, once for each link: what one can do, and nothing about the mentor. By the links, whoever they are of."""
    ended = sa.and_(MentorLink.ended_by == BY_GONE, MentorLink.ended_at > now - LOST_FOR)
    wanted = sa.select(
        MentorLink.id, MentorLink.mentee_id, MentorLink.since, MentorLink.ended_at, Member.state, live(now).label("live")
    )
    wanted = wanted.outerjoin(Member, Member.id == MentorLink.mentor_id)
    wanted = wanted.where(MentorLink.id > after, sa.or_(MentorLink.ended_at.is_(None), ended))
    rows = db.session.execute(wanted.order_by(MentorLink.id).limit(LINKS_A_TIME)).all()
    gone = [row.id for row in rows if row.ended_at is not None or row.state not in HERE]
    silent = [row for row in rows if row.id not in gone and not row.live and row.since <= now - SEEN_FOR]
    tell([Message(row.mentee_id, "mentor.ways", f"mentor.ways:{row.id}", "/me/mentor") for row in silent], now)
    wishes.lost(gone, now)
    return rows[-1].id if rows else None


def count(now: datetime) -> None:
    """Coverage and load of today, as figures that pages read. Whom an older roll names somebody's mentor counts as theirs,
    though they are not here or were named for themselves; nobody hears from such a one."""
    named = sa.func.coalesce(Member.imported["mentor"].as_string(), "") != ""
    has_one = sa.case((sa.or_(Member.mentor_id.is_not(None), named), 1))
    members = sa.select(sa.func.count(), sa.func.count(has_one)).where(Member.state.in_(HERE))
    everybody, with_one = db.session.execute(members).one()
    mentors = sa.select(Member.mentor_id, sa.func.count().label("load")).where(
        Member.state.in_(HERE), Member.mentor_id.is_not(None)
    )
    loads = mentors.group_by(Member.mentor_id).subquery()
    of = db.session.execute(sa.select(loads.c.load, live(now)).join(Member, Member.id == loads.c.mentor_id)).all()
    covered = sum(row[0] for row in of if row[1])
    loads_now = [row[0] for row in of]
    slots = load_slots(loads_now)
    _store(now, [("mentors.members", "", everybody), ("mentors.with", "", with_one), ("mentors.live", "", covered),
                 ("mentors.different", "", len(loads_now)), ("mentors.most", "", max(loads_now, default=0)),
                 *(("mentors.load", slot, number) for slot, number in slots.items())])  # fmt: skip


def _store(now: datetime, told: list[tuple[str, str, int]]) -> None:
    rows = [
        {"name": name, "day": clock.day_number(now), "span": 0, "told_by": "load" if slot else "", "slot": slot, "value": number,
         "people": number, "counted_at": now}
        for name, slot, number in told
    ]  # fmt: skip
    put(Figure.__table__, rows, ("name", "day", "span", "told_by", "slot"),
        lambda new: {"value": new.value, "people": new.people, "counted_at": new.counted_at})  # fmt: skip
