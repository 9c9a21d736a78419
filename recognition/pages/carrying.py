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
        tell([Message(one, "mentor.carry", f"mentor.carry:{event.id}:{one}", path, said) for one in ids], now)
        after = ids[-1] if ids else None


def say(event: Event, mentor: Member, mentee: Member, now: datetime) -> None:
    """A deed of the mentor; the mentee is asked whether it is so, and with their yes it stands in both logs."""
    talked = _("Talked about “%(event)s” with somebody I stand by", event=event.title)
    deed = record([Report(
        mentor.id, SOURCE, _key(event, mentor.id, mentee.id), now, kind="mentoring", kind_label=_("Mentoring"), text=talked,
        campaign=event.campaign, object=f"event:{event.slug}", visibility="members", fingerprinted=False,
    )], now)[0]  # fmt: skip
    naming.name(deed.id, mentor.id, [mentee.id], (), now)


def said(event: Event, mentor_id: int, mentee_ids: Collection[int]) -> set[int]:
    """Of these, with whom this mentor says they talked. Nothing of who has answered."""
    keys = {_key(event, mentor_id, one): one for one in mentee_ids}
    told = sa.select(Activity.source_key).where(Activity.source == SOURCE, among(Activity.source_key, list(keys)))
    return {keys[key] for key in db.session.scalars(told.where(Activity.withdrawn_at.is_(None)))}


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
