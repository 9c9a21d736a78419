"""Making events, answering, telling who comes and what came of it. Each may be done twice and counts once."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from recognition.activities.rules import slug_of
from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.database import upsert
from recognition.events.models import Coming, Event
from recognition.events.rules import (
    CALLED_OFF,
    DRAFT,
    MAYBE,
    NO,
    OVER,
    PLANNED,
    REASON_MAX_CHARS,
    REMIND_BEFORE,
    YES,
    BadEvent,
    EventSpec,
    TooLate,
    stand,
    starts,
)
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs import ledger
from recognition.refs import Ref

SLICE_MEMBERS = 1000
SLUG_MAX_CHARS = 60
_PLAIN = ("title", "about", "kind", "form", "zone", "place", "url", "topic", "campaign", "group_id", "agenda")


def create(spec: EventSpec, host_id: int, publishes: bool, now: datetime) -> Event:
    """The first of its series. The same form sent twice makes one; what was called off is made anew. Raises BadEvent where
    other words would be lost."""
    # Held, so that two presses of one button take turns.
    db.session.execute(sa.select(Member.id).where(Member.id == host_id).with_for_update())
    known = _alike(spec, host_id)
    if known is not None:
        if fingerprint(known) != fingerprint(spec):
            why = _(
                "You have one of this name at this hour already, with other words. Change that one, or call this one differently."
            )
            raise BadEvent({"title": why})
        if publishes:
            _publish_all(known, host_id, now)
        return known
    length = spec.ends_at - spec.starts_at
    stem = slug_of(spec.title)[:SLUG_MAX_CHARS].strip("-") or "event"
    series = f"{stem}-{spec.starts_at:%Y%m%d}"[:64] if spec.times > 1 else ""
    made = [
        _one(replace(spec, starts_at=at, ends_at=at + length), stem, series, host_id, publishes, now)
        for at in starts(spec.starts_at, spec.repeats, spec.times, spec.zone)
    ]
    audit.record("event.created", Ref("event", made[0].slug), host_id, after={"title": spec.title, "times": len(made)})
    return made[0]


def _alike(spec: EventSpec, host_id: int) -> Event | None:
    same = (Event.title == spec.title, Event.starts_at == spec.starts_at, Event.host_id == host_id)
    found: Event | None = db.session.scalar(sa.select(Event).where(*same, Event.state != CALLED_OFF).order_by(Event.id).limit(1))
    return found


def _publish_all(first: Event, actor_id: int, now: datetime) -> None:
    """The drafts of a form that is sent again to be published."""
    mine = Event.series == first.series if first.series else Event.id == first.id
    drafts = sa.select(Event.id).where(mine, Event.host_id == actor_id, Event.state == DRAFT).order_by(Event.id)
    for event_id in db.session.scalars(drafts).all():
        publish(event_id, actor_id, now)


def _one(spec: EventSpec, stem: str, series: str, host_id: int, publishes: bool, now: datetime) -> Event:
    event = Event(
        slug=_free(f"{stem}-{spec.starts_at:%Y-%m-%d}"), series=series, host_id=host_id,
        starts_at=spec.starts_at, ends_at=spec.ends_at,
        state=PLANNED if publishes else DRAFT, published_at=now if publishes else None, created_at=now, changed_at=now,
        **{name: getattr(spec, name) for name in _PLAIN},
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(event)
    except IntegrityError as taken:
        raise BadEvent({"title": _("There is an event of this name on that day already.")}) from taken
    return event


def _free(wanted: str) -> str:
    taken = set(db.session.scalars(sa.select(Event.slug).where(Event.slug.startswith(wanted, autoescape=True))))
    return next(slug for slug in (wanted, *(f"{wanted}-{n}" for n in range(2, 1000))) if slug not in taken)


def change(event_id: int, spec: EventSpec, actor_id: int, now: datetime, seen: str = "") -> Event:
    """Who comes hears of another time or place, once for each change. `seen`: the fingerprint of what its author had before
    them. Raises BadEvent where somebody else changed it meanwhile, TooLate."""
    event = _held(event_id)
    if event.state == CALLED_OFF:
        raise TooLate(_("It was called off. Make a new one instead."))
    if seen and seen != fingerprint(event):
        raise BadEvent({"seen": _("Somebody changed it since you opened this page. Look at theirs, then save again.")})
    moved = (event.starts_at, event.ends_at, event.place, event.url) != (spec.starts_at, spec.ends_at, spec.place, spec.url)
    before = {name: str(getattr(event, name)) for name in (*_PLAIN, "starts_at", "ends_at")}
    for name in (*_PLAIN, "starts_at", "ends_at"):
        setattr(event, name, getattr(spec, name))
    after = {name: str(getattr(event, name)) for name in before}
    changed = [name for name in before if before[name] != after[name]]
    if not changed:
        return event
    said = ({name: values[name] for name in changed} for values in (before, after))
    audit.record("event.changed", Ref("event", event.slug), actor_id, *said)
    event.changed_at, event.revision = now, event.revision + 1
    if moved and event.state == PLANNED and event.starts_at > now:
        event.reminded_at = None
        _tell_later(event, "moved")
    return event


def fingerprint(event: Event | EventSpec) -> str:
    """Changes with everything that the form can change."""
    told = [str(getattr(event, name)) for name in (*_PLAIN, "starts_at", "ends_at")]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def publish(event_id: int, actor_id: int, now: datetime) -> None:
    event = _held(event_id)
    if event.state == PLANNED:
        return
    if event.state != DRAFT:
        raise TooLate(_("It was called off. Make a new one instead."))
    event.state, event.published_at, event.changed_at = PLANNED, now, now
    audit.record("event.published", Ref("event", event.slug), actor_id, after={"title": event.title})


def call_off(event_id: int, reason: str, actor_id: int, now: datetime) -> None:
    """Everybody who meant to come hears why."""
    event = _held(event_id)
    if event.state == CALLED_OFF:
        return
    if stand(event.state, event.starts_at, event.ends_at, now) == OVER:
        raise TooLate(_("It is over; that cannot be undone."))
    reason = reason.strip()
    if not reason:
        raise BadEvent({"reason": _("Why? Whoever meant to come would like to know.")})
    if len(reason) > REASON_MAX_CHARS:
        why = _("At most %(max)s characters, please; these are %(number)s.", max=REASON_MAX_CHARS, number=len(reason))
        raise BadEvent({"reason": why})
    audit.record("event.called_off", Ref("event", event.slug), actor_id, {"state": event.state}, {"reason": reason})
    event.state, event.called_off_reason, event.changed_at = CALLED_OFF, reason, now
    event.revision += 1
    _tell_later(event, "off")


def tell_results(event_id: int, words: str, actor_id: int, now: datetime) -> None:
    """What came of it, once it is over; told anew as often as there is more."""
    event = _held(event_id)
    if stand(event.state, event.starts_at, event.ends_at, now) != OVER:
        raise TooLate(_("It is not over yet."))
    if event.results == words:
        return
    is_first = not event.results
    audit.record("event.results", Ref("event", event.slug), actor_id, {"results": event.results}, {"results": words})
    event.results, event.changed_at = words, now
    if is_first:
        _tell_later(event, "results")


def answer(event_id: int, member_id: int, said: str, shows: bool, now: datetime) -> None:
    """Until it is over, as often as plans change."""
    event = _held(event_id)
    if stand(event.state, event.starts_at, event.ends_at, now) not in ("coming", "now"):
        raise TooLate(_("It is over, or was called off."))
    known = db.session.get(Coming, (event_id, member_id))
    was = known.answer if known else ""
    table: Any = Coming.__table__
    statement = upsert(table)
    changes = {"answer": said, "shows": shows, "at": now}
    row = {"event_id": event_id, "member_id": member_id, **changes}
    db.session.execute(statement.on_conflict_do_update(index_elements=["event_id", "member_id"], set_=changes), [row])
    event.coming_count += (said == YES) - (was == YES)
    db.session.flush()
    db.session.expire_all()


def remind_due(now: datetime) -> int:
    """Begin the reminders of events that start within a day; each once."""
    due = sa.select(Event).where(
        Event.state == PLANNED, Event.starts_at > now, Event.starts_at <= now + REMIND_BEFORE, Event.reminded_at.is_(None)
    )  # fmt: skip
    rows = db.session.scalars(due.order_by(Event.id).with_for_update(skip_locked=True)).all()
    for event in rows:
        event.reminded_at = now
        _tell_later(event, "soon")
    return len(rows)


def _tell_later(event: Event, what: str) -> None:
    mark = f"{event.revision}:{event.starts_at:%Y%m%d%H%M}"
    _defer(event.id, what, mark, 0)


def _defer(event_id: int, what: str, mark: str, after: int) -> None:
    key = f"events.tell:{event_id}:{what}:{mark}:{after}"
    ledger.defer("events.tell", dedupe_key=key, event_id=event_id, what=what, mark=mark, after=after)


def tell_slice(event_id: int, what: str, mark: str, after: int, now: datetime) -> None:
    """A word to a slice of those who come, by their ids; the next slice is a job of its own. Each hears it once for each
    `mark`, which is another one after each change."""
    event = db.session.get_one(Event, event_id)
    if what in ("soon", "moved") and stand(event.state, event.starts_at, event.ends_at, now) != "coming":
        return
    if what == "soon" and event.starts_at > now + REMIND_BEFORE:
        return  # It was moved meanwhile, and is reminded of again when its new day is near.
    wanted = sa.select(Coming.member_id).where(Coming.event_id == event_id, Coming.answer != NO, Coming.member_id > after)
    if what == "results":
        wanted = wanted.where(Coming.answer.in_((YES, MAYBE)))
    ids = list(db.session.scalars(wanted.order_by(Coming.member_id).limit(SLICE_MEMBERS)))
    data = {"event": event.title, "words": event.called_off_reason} if what == "off" else {"event": event.title}
    tell([Message(id_, f"event.{what}", f"event.{what}:{event_id}:{mark}:{id_}", f"/events/{event.slug}", data, "events")
          for id_ in ids], now)  # fmt: skip
    if len(ids) == SLICE_MEMBERS:
        _defer(event_id, what, mark, ids[-1])


def tidy_answers(now: datetime) -> int:
    """Who said no, or maybe, to what is long over is nobody's business; who said yes stays as it is."""
    old = sa.select(Event.id).where(Event.ends_at < now - timedelta(days=90))
    gone = sa.delete(Coming).where(Coming.event_id.in_(old), Coming.answer != YES)
    return int(db.session.execute(gone, execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]


def _held(event_id: int) -> Event:
    return db.session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
