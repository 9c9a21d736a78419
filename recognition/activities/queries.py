"""Reads of the log. Who may see a deed is decided here, in `visible`, and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from werkzeug.exceptions import BadRequest

from recognition.activities.models import Activity, ActivityTag, Kind
from recognition.activities.rules import INTERNAL_KINDS
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group, Member, Membership
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
HISTORY_MAX = 50


@dataclass(frozen=True)
class Deed:
    """One deed as one reader may see it."""

    id: int
    person: ProfileView
    text: str
    occurred_at: datetime
    kind: str
    kind_label: str
    family: str
    link: str | None
    group: tuple[str, str] | None
    campaign: str | None
    evidence: int
    visibility: str
    source: str
    source_key: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """Filters of a list; empty asks nothing."""

    member: str = ""
    kind: str = ""
    tag: str = ""
    group: str = ""


@dataclass(frozen=True)
class Told:
    """What somebody hears right after telling a deed."""

    deed: Deed
    points: int
    is_repeat: bool = field(default=False)


def visible(viewer_id: int | None) -> sa.ColumnElement[bool]:
    """On `activity` joined with its member: public deeds for everybody, members' deeds for members, one's own always;
    nothing of a suspended member, and nothing that was withdrawn."""
    there = Activity.withdrawn_at.is_(None)
    if viewer_id is None:
        return sa.and_(there, Activity.visibility == "public", Member.state != "suspended")
    open_to_members = sa.and_(Activity.visibility.in_(("public", "members")), Member.state != "suspended")
    return sa.and_(there, sa.or_(Activity.member_id == viewer_id, open_to_members))


def deeds(viewer: Member | None, wanted: Wanted, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Deed]:
    """Newest first. What the product itself writes is left out."""
    # Each filter has an index in this order, so that a page reads its own rows and no more.
    place: Any = (ActivityTag.occurred_at, ActivityTag.activity_id) if wanted.tag else (Activity.occurred_at, Activity.id)
    statement = _tagged(_statement(viewer), wanted).where(*_filters(wanted)).order_by(*(column.desc() for column in place))
    after = decode(cursor, (int, int))
    if after is not None:
        last = (_moment(after[0]), after[1])
        there = (sa.literal(value, column.type) for value, column in zip(last, place, strict=True))
        statement = statement.where(sa.tuple_(*place) < sa.tuple_(*there))
    rows = db.session.execute(statement.limit(size + 1)).all()
    found = page(rows, size, lambda row: ((row.occurred_at - _ZERO) // _MICROSECOND, row.id))
    return Page(_read(found.items, viewer), found.next_cursor)


def deeds_in_order(viewer: Member | None, wanted: Wanted, cursor: str | None, size: int) -> Page[Deed]:
    """In the order in which they were told, for programs: what is new comes on a later page."""
    statement = _tagged(_statement(viewer), wanted).where(*_filters(wanted)).order_by(Activity.id)
    after = decode(cursor, (int,))
    if after is not None:
        statement = statement.where(Activity.id > after[0])
    rows = db.session.execute(statement.limit(size + 1)).all()
    found = page(rows, size, lambda row: (row.id,))
    return Page(_read(found.items, viewer), found.next_cursor)


def _moment(microseconds: int) -> datetime:
    try:
        return _ZERO + microseconds * _MICROSECOND
    except OverflowError:
        raise BadRequest("That page does not exist.") from None


def recent_deeds(viewer: Member | None, limit: int) -> Sequence[Deed]:
    return deeds(viewer, Wanted(), size=limit).items


def deeds_of(member_id: int, viewer: Member | None, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Deed]:
    handle = db.session.scalar(sa.select(Member.handle).where(Member.id == member_id))
    return deeds(viewer, Wanted(member=handle or "?"), cursor, size)


def is_visible(activity_id: int, viewer: Member | None) -> bool:
    """Whether this reader may see the deed."""
    return db.session.execute(_statement(viewer).where(Activity.id == activity_id)).first() is not None


def deed(activity_id: int, viewer: Member | None) -> Deed | None:
    """For its own page. One's own also after it was withdrawn."""
    own = sa.and_(Activity.withdrawn_at.is_not(None), Activity.member_id == (viewer.id if viewer else 0))
    row = db.session.execute(_statement(viewer, or_else=own).where(Activity.id == activity_id)).first()
    return _read([row], viewer)[0] if row else None


def told(activity_id: int, member: Member) -> Told | None:
    """A deed that this member told or that is theirs."""
    own = sa.or_(Activity.member_id == member.id, Activity.reporter_id == member.id)
    row = db.session.execute(_statement(member).where(Activity.id == activity_id, own)).first()
    return Told(_read([row], member)[0], row.points, row.repeat_of_id is not None) if row else None


def history(activity_id: int) -> list[Activity]:
    """A deed as it was told and each time it was corrected, the last version first; from whichever of them one asks."""
    earlier = sa.select(Activity.id, Activity.corrects_id).where(Activity.id == activity_id).cte("earlier", recursive=True)
    earlier = earlier.union(sa.select(Activity.id, Activity.corrects_id).where(Activity.id == earlier.c.corrects_id))
    later = sa.select(Activity.id).where(Activity.id == activity_id).cte("later", recursive=True)
    later = later.union(sa.select(Activity.id).where(Activity.corrects_id == later.c.id))
    versions = sa.or_(Activity.id.in_(sa.select(earlier.c.id)), Activity.id.in_(sa.select(later.c.id)))
    return list(db.session.scalars(sa.select(Activity).where(versions).order_by(Activity.id.desc()).limit(HISTORY_MAX)))


def tags_of(activity_id: int) -> list[str]:
    wanted = sa.select(ActivityTag.tag).where(ActivityTag.activity_id == activity_id).order_by(ActivityTag.tag)
    return list(db.session.scalars(wanted))


def offered_kinds() -> list[Kind]:
    """For the report's choice, in the council's order."""
    kinds = sa.select(Kind).where(Kind.offered, Kind.internal.is_(False)).order_by(Kind.position, Kind.label)
    return list(db.session.scalars(kinds.limit(200)))


def own_groups(member_id: int) -> list[Group]:
    """Those a member may tell a deed for."""
    mine = sa.select(Group).join(Membership, Membership.group_id == Group.id)
    mine = mine.where(Membership.member_id == member_id, Membership.state == "in").order_by(Group.name)
    return list(db.session.scalars(mine.limit(200)))


def _statement(viewer: Member | None, or_else: sa.ColumnElement[bool] | None = None) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        Activity.id, Activity.member_id, Activity.text, Activity.occurred_at, Activity.kind,
        Activity.url, Activity.campaign, Activity.evidence, Activity.visibility, Activity.source, Activity.source_key,
        Activity.points, Activity.repeat_of_id, Kind.label, Kind.family, Group.slug.label("group_slug"),
        Group.name.label("group_name"),
    )  # fmt: skip
    may_see = visible(viewer.id if viewer else None)
    statement: sa.Select[Any] = (
        sa.select(*columns)
        .join(Member, Member.id == Activity.member_id)
        .outerjoin(Kind, Kind.slug == Activity.kind)
        .outerjoin(Group, Group.id == Activity.group_id)
        .where(may_see if or_else is None else sa.or_(may_see, or_else), Activity.kind.not_in(INTERNAL_KINDS))
    )
    return statement


def _filters(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """An unknown name finds nothing."""
    found: list[sa.ColumnElement[bool]] = []
    if wanted.member:
        # Compared with the log's own column, so that its index is used.
        member_id = sa.select(Member.id).where(Member.handle == wanted.member).scalar_subquery()
        found.append(Activity.member_id == member_id)
    if wanted.kind:
        found.append(Activity.kind == wanted.kind)
    if wanted.group:
        found.append(Activity.group_id == sa.select(Group.id).where(Group.slug == wanted.group).scalar_subquery())
    return found


def _tagged(statement: sa.Select[Any], wanted: Wanted) -> sa.Select[Any]:
    """Begins at the tag, whose index has the day too."""
    if not wanted.tag:
        return statement
    return statement.join(ActivityTag, ActivityTag.activity_id == Activity.id).where(ActivityTag.tag == wanted.tag)


def _read(rows: Sequence[Any], viewer: Member | None) -> list[Deed]:
    people = profiles([row.member_id for row in rows], viewer)
    tags: dict[int, list[str]] = {}
    ids = [row.id for row in rows]
    wanted = sa.select(ActivityTag.activity_id, ActivityTag.tag).where(among(ActivityTag.activity_id, ids))
    for activity_id, tag in db.session.execute(wanted.order_by(ActivityTag.tag)) if rows else ():
        tags.setdefault(activity_id, []).append(tag)
    return [
        Deed(
            id=row.id, person=people[row.member_id], text=row.text, occurred_at=row.occurred_at, kind=row.kind,
            kind_label=row.label or row.kind, family=row.family or "helping", link=row.url,
            group=(row.group_name, row.group_slug) if row.group_slug else None, campaign=row.campaign,
            evidence=row.evidence, visibility=row.visibility, source=row.source, source_key=row.source_key,
            tags=tuple(tags.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip
