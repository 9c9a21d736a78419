"""Events as one reader may see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.database import among
from recognition.events.models import Coming, Event
from recognition.events.rules import BOTH, CALLED_OFF, DRAFT, FORMS, KINDS, MAYBE, PLANNED, YES, stand
from recognition.extensions import db
from recognition.identity.models import Group, Member, Membership
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView, visible_fields
from recognition.refs import Ref
from recognition.web.pagination import PAGE_SIZE, Page, as_moment, as_number, decode, page

FACES = 24
THERE_MAX = 500


@dataclass(frozen=True)
class Line:
    """`stand`: coming, now, over, draft or called_off. `answer`: this reader's own."""

    event: Event
    stand: str
    answer: str


@dataclass(frozen=True)
class Asked:
    """Empty asks nothing. `form` site or online: those on both count as either."""

    topic: str = ""
    form: str = ""
    kind: str = ""
    campaign: str = ""
    group_id: int | None = None
    series: str = ""


def event_by_slug(slug: str) -> Event | None:
    found: Event | None = db.session.scalar(sa.select(Event).where(Event.slug == slug))
    return found


def listed(asked: Asked, over: bool, viewer: Member | None, now: datetime, cursor: str | None = None,
           size: int = PAGE_SIZE) -> Page[Line]:  # fmt: skip
    """What is to come, the nearest first; or what is over, the latest first. Events that were called off stay in sight
    until their day."""
    wanted = sa.select(Event).where(*_filters(asked), ~_is_hidden())
    after = decode(cursor, (int, int))
    edge = sa.tuple_(Event.starts_at, Event.id)
    mark = sa.tuple_(sa.literal(as_moment(after[0]), Event.starts_at.type), sa.literal(after[1])) if after else None
    if over:
        wanted = wanted.where(Event.ends_at <= now, Event.state == PLANNED).order_by(Event.starts_at.desc(), Event.id.desc())
        wanted = wanted.where(edge < mark) if mark is not None else wanted
    else:
        wanted = wanted.where(Event.ends_at > now).order_by(Event.starts_at, Event.id)
        wanted = wanted.where(edge > mark) if mark is not None else wanted
    rows = db.session.scalars(wanted.limit(size + 1)).all()
    found = page(rows, size, lambda event: (as_number(event.starts_at), event.id))
    return Page(lines(found.items, viewer, now), found.next_cursor)


def _is_hidden() -> sa.ColumnElement[bool]:
    """`rules.is_hidden`, of a row."""
    return sa.or_(Event.state == DRAFT, sa.and_(Event.state == CALLED_OFF, Event.published_at.is_(None)))


def _filters(asked: Asked) -> list[sa.ColumnElement[bool]]:
    filters: list[sa.ColumnElement[bool]] = []
    if asked.topic:
        filters.append(Event.topic == asked.topic)
    if asked.form in FORMS:
        filters.append(Event.form.in_((asked.form, BOTH)))
    if asked.kind in KINDS:
        filters.append(Event.kind == asked.kind)
    if asked.campaign:
        filters.append(Event.campaign == asked.campaign)
    if asked.group_id is not None:
        filters.append(Event.group_id == asked.group_id)
    if asked.series:
        filters.append(Event.series == asked.series)
    return filters


def titles(slugs: Collection[str]) -> dict[str, str]:
    """Of those that everybody may read."""
    wanted = sa.select(Event.slug, Event.title).where(among(Event.slug, slugs), ~_is_hidden())
    return {row.slug: row.title for row in db.session.execute(wanted)} if slugs else {}


def lines(found: Sequence[Event], viewer: Member | None, now: datetime) -> list[Line]:
    answers: dict[int, str] = {}
    if viewer is not None and found:
        mine = sa.select(Coming.event_id, Coming.answer).where(Coming.member_id == viewer.id)
        rows = db.session.execute(mine.where(among(Coming.event_id, [event.id for event in found])))
        answers = {row.event_id: row.answer for row in rows}
    return [Line(event, stand(event.state, event.starts_at, event.ends_at, now), answers.get(event.id, "")) for event in found]


def drafts(viewer: Member, size: int = PAGE_SIZE) -> Sequence[Event]:
    """Those of the viewer's own, or for the council all."""
    wanted = sa.select(Event).where(Event.state == DRAFT)
    if "council" not in viewer.roles:
        wanted = wanted.where(Event.host_id == viewer.id)
    return db.session.scalars(wanted.order_by(Event.starts_at, Event.id).limit(size)).all()


def people(event: Event, viewer: Member | None) -> list[ProfileView]:
    """The first who said that they come and let others see it; for members."""
    if viewer is None:
        return []
    wanted = sa.select(Member).join(Coming, Coming.member_id == Member.id).where(
        Coming.event_id == event.id, Coming.answer == YES, Coming.shows, Member.state != "suspended"
    )  # fmt: skip
    return [visible_fields(one, viewer) for one in db.session.scalars(wanted.order_by(Coming.at, Member.id).limit(FACES))]


def expected(event: Event, viewer: Member) -> list[ProfileView]:
    """Who said yes or maybe and lets others see it, for whoever writes down who was there. Not who said no, nor who said
    nothing."""
    is_seen = sa.or_(Coming.shows, Coming.member_id == viewer.id)
    wanted = sa.select(Coming.member_id).where(Coming.event_id == event.id, Coming.answer.in_((YES, MAYBE)), is_seen)
    ids = list(db.session.scalars(wanted.order_by(Coming.at, Coming.member_id).limit(THERE_MAX)))
    found = profiles(ids, viewer)
    return [found[id_] for id_ in ids if id_ in found and found[id_].state != "suspended"]


def unnamed(event: Event, viewer: Member) -> int:
    """How many more said yes or maybe and asked not to be shown: the host prepares for them, and has no names."""
    wanted = sa.select(sa.func.count()).select_from(Coming).join(Member, Member.id == Coming.member_id).where(
        Coming.event_id == event.id, Coming.answer.in_((YES, MAYBE)), ~Coming.shows, Coming.member_id != viewer.id,
        Member.state != "suspended",
    )  # fmt: skip
    return db.session.scalar(wanted) or 0


def own_answer(event: Event, member: Member) -> Coming | None:
    return db.session.get(Coming, (event.id, member.id))


def attended(slugs: Collection[str]) -> dict[str, int]:
    """How many people have it on their record that they were there, by slug. What somebody keeps to themselves is in no
    count."""
    objects = [str(Ref("event", slug)) for slug in slugs]
    counted = sa.select(Activity.object, sa.func.count(sa.distinct(Activity.member_id)))
    wanted = counted.join(Member, Member.id == Activity.member_id).where(
        among(Activity.object, objects), Activity.kind == "event.attended", Activity.withdrawn_at.is_(None),
        Activity.visibility != "me", Member.state != "suspended",
    )  # fmt: skip
    rows: Any = db.session.execute(wanted.group_by(Activity.object)) if objects else ()
    return {str(row[0]).partition(":")[2]: row[1] for row in rows}


def series_of(event: Event, now: datetime, size: int = 12) -> list[Line]:
    """Its series: the latest that are over and the next ones."""
    if not event.series:
        return []
    before = sa.select(Event).where(Event.series == event.series, Event.starts_at < now, ~_is_hidden())
    behind = db.session.scalars(before.order_by(Event.starts_at.desc()).limit(size)).all()
    ahead = sa.select(Event).where(Event.series == event.series, Event.starts_at >= now, ~_is_hidden())
    return lines([*reversed(behind), *db.session.scalars(ahead.order_by(Event.starts_at).limit(size))], None, now)


def missed(found: Sequence[Line], there: dict[str, int]) -> set[str]:
    """Of a series, those that are over and of which nobody has told a result or who was there, and those that were called
    off: a month without its call shows."""
    quiet = {one.event.slug for one in found if one.stand == "over" and not one.event.results and not there.get(one.event.slug)}
    return quiet | {one.event.slug for one in found if one.stand == CALLED_OFF}


def before_it(event: Event) -> Event | None:
    """The last one of its series before it."""
    earlier = sa.select(Event).where(Event.series == event.series, Event.starts_at < event.starts_at, Event.state == PLANNED)
    found: Event | None = db.session.scalar(earlier.order_by(Event.starts_at.desc()).limit(1)) if event.series else None
    return found


def curated(member: Member) -> dict[str, str]:
    """Groups for which this member may make events: names by slug. For the council all groups."""
    wanted = sa.select(Group.slug, Group.name)
    if "council" not in member.roles:
        mine = sa.and_(Membership.group_id == Group.id, Membership.member_id == member.id)
        wanted = wanted.join(Membership, mine).where(Membership.is_curator, Membership.state == "in")
    return {row.slug: row.name for row in db.session.execute(wanted.order_by(Group.name).limit(200))}


def group_ids(slugs: Collection[str]) -> dict[str, int]:
    wanted = sa.select(Group.slug, Group.id).where(among(Group.slug, slugs))
    return {row.slug: row.id for row in db.session.execute(wanted)} if slugs else {}


def group_of(event: Event) -> Group | None:
    return db.session.get(Group, event.group_id) if event.group_id else None


def membership(event: Event, member: Member | None) -> Membership | None:
    if member is None or event.group_id is None:
        return None
    found: Membership | None = db.session.scalar(
        sa.select(Membership).where(Membership.group_id == event.group_id, Membership.member_id == member.id)
    )
    return found
