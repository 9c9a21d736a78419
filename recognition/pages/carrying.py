"""After an event for mentors: each of them is asked once whether they talked about it with those they stand by. They say so,
the other one says so too, and the council sees how many mentees it reached, of all there are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import naming
from recognition.activities.models import Activity, NamedPerson
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.announcements.models import Notice
from recognition.announcements.services import Message, tell
from recognition.database import among, put
from recognition.events.models import Event
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.mentoring.queries import shown
from recognition.mentoring.rules import HERE
from recognition.metrics.models import Figure

TOPIC = "mentors"
"""An event of the whole house with this topic is one for mentors. A group's own is not: its curator would write to them all."""
SOURCE = "mentoring"
ASKED_FOR, COUNTED_FOR = timedelta(days=14), timedelta(days=60)
AT_A_TIME = 1000
REACHED, ALL = "mentors.carried", "mentors.carried_of"


@dataclass(frozen=True)
class Reach:
    """None: too few to tell."""

    reached: int | None
    everybody: int | None
    counted_at: datetime


def is_over(event: Event, now: datetime) -> bool:
    return event.topic == TOPIC and event.group_id is None and event.state == "planned" and event.ends_at <= now


def look() -> None:
    now = clock.utcnow()
    ours = (Event.topic == TOPIC, Event.group_id.is_(None))
    over = sa.select(Event).where(*ours, Event.state == "planned", Event.published_at.is_not(None))
    for event in db.session.scalars(over.where(Event.ends_at <= now, Event.ends_at > now - COUNTED_FOR).order_by(Event.id)):
        if event.ends_at > now - ASKED_FOR:
            _follow_up(event, now)
        _count(event, now)


def _follow_up(event: Event, now: datetime) -> None:
    """Every mentor, whether they came or not."""
    mentee = sa.orm.aliased(Member)
    has_some = sa.exists().where(mentee.mentor_id == Member.id, mentee.state.in_(HERE))
    after: int | None = 0
    while after is not None:
        wanted = sa.select(Member.id).where(Member.id > after, Member.state == "active", has_some)
        ids = db.session.scalars(wanted.order_by(Member.id).limit(AT_A_TIME)).all()
        said, path = {"event": event.title}, f"/mentoring/after/{event.slug}"
        asked = _asked_before(event, ids)
        tell([Message(one, "mentor.carry", _asked_key(event, one), path, said) for one in ids if one not in asked], now)
        after = ids[-1] if ids else None


def _asked_key(event: Event, mentor_id: int) -> str:
    return f"mentor.carry:{event.id}:{mentor_id}"


def _asked_before(event: Event, mentor_ids: Collection[int]) -> set[int]:
    """Of these, who was asked under a row that is joined to theirs since."""
    keys = {_asked_key(event, row): mentor for row, mentor in _rows_of(mentor_ids).items() if row != mentor}
    told = sa.select(Notice.key).where(among(Notice.key, list(keys)))
    return {keys[key] for key in db.session.scalars(told)} if keys else set()


def _rows_of(member_ids: Collection[int]) -> dict[int, int]:
    """Their own rows and those that were joined to them, each with whose it is: what was told keeps its key."""
    joined = sa.select(Member.id, Member.merged_into_id).where(among(Member.merged_into_id, member_ids))
    return {one: one for one in member_ids} | {row: whose for row, whose in db.session.execute(joined) if whose is not None}


def say(event: Event, mentor: Member, mentee: Member, now: datetime) -> None:
    """A deed of the mentor; the mentee is asked whether it is so, and with their yes it stands in both logs. Said before, also
    under rows that are joined to theirs since, and also where it was taken back, it is not said again."""
    if db.session.scalar(sa.select(_told(list(_keys(event, mentor.id, [mentee.id]))).exists())):
        return
    talked = _("Talked about “%(event)s” with somebody I stand by", event=event.title)
    deed = record([Report(
        mentor.id, SOURCE, _key(event, mentor.id, mentee.id), now, kind="mentoring", kind_label=_("Mentoring"), text=talked,
        campaign=event.campaign, object=f"event:{event.slug}", visibility="members", fingerprinted=False,
    )], now)[0]  # fmt: skip
    naming.name(deed.id, mentor.id, [mentee.id], (), now)


def said(event: Event, mentor_id: int, mentee_ids: Collection[int]) -> set[int]:
    """Of these, with whom this mentor says they talked. Nothing of who has answered."""
    keys = _keys(event, mentor_id, mentee_ids)
    return {keys[key] for key in db.session.scalars(_told(list(keys)).where(Activity.withdrawn_at.is_(None)))}


def _told(keys: Collection[str]) -> sa.Select[str]:
    return sa.select(Activity.source_key).where(Activity.source == SOURCE, among(Activity.source_key, keys))


def _keys(event: Event, mentor_id: int, mentee_ids: Collection[int]) -> dict[str, int]:
    """Under which it may stand in the log, each with its mentee."""
    rows = _rows_of({mentor_id, *mentee_ids})
    mentors = [row for row, whose in rows.items() if whose == mentor_id]
    mentees = {row: whose for row, whose in rows.items() if whose in mentee_ids}
    return {_key(event, mentor, row): whose for mentor in mentors for row, whose in mentees.items()}


def _key(event: Event, mentor_id: int, mentee_id: int) -> str:
    return f"carried:{event.id}:{mentor_id}:{mentee_id}"


def _count(event: Event, now: datetime) -> None:
    """Mentees who said so themselves, of all who have a mentor today."""
    everybody = sa.select(sa.func.count()).where(Member.mentor_id.is_not(None), Member.state.in_(HERE))
    yes = sa.exists().where(
        NamedPerson.member_id == Member.id, NamedPerson.answer == "yes", NamedPerson.activity_id == Activity.id,
        NamedPerson.stands_in_for_id.is_(None), Activity.source == SOURCE, Activity.object == f"event:{event.slug}",
        Activity.withdrawn_at.is_(None),
    )  # fmt: skip
    numbers = {ALL: db.session.scalar(everybody) or 0, REACHED: db.session.scalar(everybody.where(yes)) or 0}
    rows = [
        {"name": name, "day": 0, "span": 0, "told_by": "event", "slot": event.slug, "value": number, "people": number,
         "counted_at": now}
        for name, number in numbers.items()
    ]  # fmt: skip
    put(Figure.__table__, rows, ("name", "day", "span", "told_by", "slot"),
        lambda new: {"value": new.value, "people": new.people, "counted_at": new.counted_at})  # fmt: skip


def reach(event: Event) -> Reach | None:
    """None: nobody counted yet."""
    wanted = sa.select(Figure).where(
        Figure.name.in_((ALL, REACHED)), Figure.day == 0, Figure.span == 0, Figure.slot == event.slug
    )
    rows = {row.name: row for row in db.session.scalars(wanted)}
    if len(rows) != 2:
        return None
    everybody, reached, _none = shown(rows[ALL].value, rows[REACHED].value, rows[REACHED].value)
    return Reach(reached, everybody, rows[ALL].counted_at)
