"""Reads of announcements. What is not public is for those who were told it, and for the council."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from recognition.announcements.models import Notice
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group, Member
from recognition.news.models import OUT, WITHDRAWN, Announcement, Channel, Dispatch
from recognition.news.rules import GROUP, MEMBERS
from recognition.web.pagination import PAGE_SIZE, Page, as_moment, as_number, decode, page

COUNCIL = {"council", "admin"}
CHANNELS_SHOWN = 400


def announcement(slug: str) -> Announcement | None:
    """In whatever state; for the council."""
    found: Announcement | None = db.session.scalar(sa.select(Announcement).where(Announcement.slug == slug))
    return found


def shown(slug: str, viewer: Member | None) -> Announcement | None:
    """What this reader may open: a withdrawn one too, which then says why."""
    one = announcement(slug)
    if one is None or one.out_at is None or one.state not in (OUT, WITHDRAWN):
        return None
    if one.is_public or (viewer is not None and (COUNCIL & viewer.roles or _was_told(one.id, viewer.id))):
        return one
    return None


def _was_told(announcement_id: int, member_id: int) -> bool:
    """Also by the key of a row that became theirs."""
    told = sa.exists().where(
        Notice.member_id == member_id, Notice.kind == "news", Notice.data["id"].as_integer() == announcement_id
    )
    return bool(db.session.scalar(sa.select(told)))


def _public() -> tuple[sa.ColumnElement[bool], ...]:
    return Announcement.state == OUT, Announcement.is_public.is_(True)


def archive(sort: str = "", cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Announcement]:
    """What is public, newest first."""
    wanted = sa.select(Announcement).where(*_public()).order_by(Announcement.out_at.desc(), Announcement.id.desc())
    if sort:
        wanted = wanted.where(Announcement.sort == sort)
    last = decode(cursor, (int, int))
    if last:
        before = sa.tuple_(Announcement.out_at, Announcement.id) < sa.tuple_(
            sa.literal(as_moment(last[0]), Announcement.out_at.type), sa.literal(last[1])
        )
        wanted = wanted.where(before)
    rows = db.session.scalars(wanted.limit(size + 1)).all()
    return page(rows, size, lambda one: (as_number(one.out_at or one.created_at), one.id))


def latest(count: int) -> Sequence[Announcement]:
    wanted = sa.select(Announcement).where(*_public()).order_by(Announcement.out_at.desc(), Announcement.id.desc())
    return db.session.scalars(wanted.limit(count)).all()


def about(ref: str, count: int = 20) -> Sequence[Announcement]:
    """What was told publicly of a campaign, an event or a survey ("campaign:draw-mdm"), newest first."""
    wanted = sa.select(Announcement).where(*_public(), Announcement.about_ref == ref)
    return db.session.scalars(wanted.order_by(Announcement.out_at.desc(), Announcement.id.desc()).limit(count)).all()


def desk(cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Announcement]:
    """All there is, newest first; for the council."""
    wanted = sa.select(Announcement).order_by(Announcement.id.desc()).limit(size + 1)
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Announcement.id < last[0])
    return page(db.session.scalars(wanted).all(), size, lambda one: (one.id,))


def channels(only_on: bool = False, group_id: int | None = None) -> Sequence[Channel]:
    """The house's, or a group's. There are few, so all at once."""
    wanted = sa.select(Channel).where(_of(group_id)).order_by(Channel.name, Channel.id)
    return db.session.scalars(wanted.where(Channel.state == "on") if only_on else wanted).all()


def channel(slug: str, group_id: int | None = None) -> Channel | None:
    found: Channel | None = db.session.scalar(sa.select(Channel).where(Channel.slug == slug, _of(group_id)))
    return found


def _of(group_id: int | None) -> sa.ColumnElement[bool]:
    return Channel.group_id.is_(None) if group_id is None else Channel.group_id == group_id


def has_channel(slug: str) -> bool:
    """Anybody's."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Channel.slug == slug))))


def everybodys_channels(only_on: bool = False) -> list[tuple[Group | None, list[Channel]]]:
    """The house's, and then those of each group that has any, by name: the first so many."""
    wanted = sa.select(Channel, Group).outerjoin(Group, Group.id == Channel.group_id)
    wanted = wanted.order_by(Group.id.is_not(None), Group.name, Group.id, Channel.name, Channel.id).limit(CHANNELS_SHOWN)
    found: dict[int | None, tuple[Group | None, list[Channel]]] = {None: (None, [])}
    for one, group in db.session.execute(wanted.where(Channel.state == "on") if only_on else wanted):
        found.setdefault(one.group_id, (group, []))[1].append(one)
    return list(found.values())


def named(channels: Iterable[str]) -> list[str]:
    """What an announcement says about where it goes, as slugs of channels: of a group those that are on."""
    told = [one for one in channels if one != MEMBERS]
    groups = [one.removeprefix(GROUP) for one in told if one.startswith(GROUP)]
    theirs = sa.select(Channel.slug).join(Group, Group.id == Channel.group_id)
    theirs = theirs.where(among(Group.slug, groups), Channel.state == "on")
    found = [one for one in told if not one.startswith(GROUP)]
    return sorted({*found, *(db.session.scalars(theirs) if groups else ())})


def dispatches(announcement_id: int) -> Sequence[Dispatch]:
    wanted = sa.select(Dispatch).where(Dispatch.announcement_id == announcement_id)
    return db.session.scalars(wanted.order_by(Dispatch.channel)).all()


def free_slug(wanted: str, reserved: Sequence[str] = ()) -> str:
    """`wanted`, or with the first number after it that is free."""
    alike = sa.or_(Announcement.slug == wanted, Announcement.slug.startswith(f"{wanted}-", autoescape=True))
    taken = set(db.session.scalars(sa.select(Announcement.slug).where(alike))) | set(reserved)
    if wanted not in taken:
        return wanted
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{wanted}-{number}") not in taken)


def due_to_go(now: datetime) -> Sequence[int]:
    wanted = sa.select(Announcement.id).where(Announcement.state == "planned", Announcement.send_at <= now)
    return db.session.scalars(wanted.order_by(Announcement.send_at, Announcement.id)).all()


def unfinished() -> Sequence[int]:
    """Those whose members are not all told."""
    wanted = sa.select(Announcement.id).where(Announcement.state == OUT, Announcement.cursor.is_not(None))
    return db.session.scalars(wanted.order_by(Announcement.id)).all()


def names_of_channels(slugs: Sequence[str]) -> dict[str, str]:
    """Those of a group with its name behind it."""
    rows = sa.select(Channel.slug, Channel.name, Group.name.label("of")).outerjoin(Group, Group.id == Channel.group_id)
    found = db.session.execute(rows.where(among(Channel.slug, slugs)))
    return {row.slug: f"{row.name} · {row.of}" if row.of else row.name for row in found}


def adapters_of(slugs: Sequence[str]) -> dict[str, str]:
    rows = db.session.execute(sa.select(Channel.slug, Channel.adapter).where(among(Channel.slug, slugs)))
    return {row.slug: row.adapter for row in rows}


def names_of_groups(slugs: Sequence[str]) -> dict[str, str]:
    rows = db.session.execute(sa.select(Group.slug, Group.name).where(among(Group.slug, slugs))) if slugs else ()
    return {row.slug: row.name for row in rows}
