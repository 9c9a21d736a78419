"""Reads of the log. Who may see a deed is decided here, in `visible`, and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities import provenance
from recognition.activities.kinds import called
from recognition.activities.models import EVIDENCE, Activity, ActivityTag, Kind
from recognition.activities.rules import INTERNAL_KINDS
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group, Member, Membership
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.media.queries import Picture, pictures
from recognition.web.pagination import PAGE_SIZE, Page, as_moment, as_number, decode, encode, page

HISTORY_MAX = 50
LEADS = ("member", "campaign", "tag", "group", "kind")
"""Filters with an index in the order of time. The first one that is asked for leads through the log."""
LOOKED_AT_MAX = 2000
"""How many deeds of the leading filter a page looks at for its other ones; the next page goes on behind them."""


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
    told_at: datetime
    tags: tuple[str, ...] = ()
    place: str | None = None
    picture: Picture | None = None

    @property
    def proof(self) -> str:
        """How strong the evidence is, in words."""
        return provenance.proof(self.evidence)

    @property
    def way(self) -> str:
        """How it came, in words; empty where it was told right here."""
        return provenance.way(self.source)


@dataclass(frozen=True)
class Wanted:
    """Filters of a list; empty asks nothing. `evidence`: a key of models.EVIDENCE; `since` and `until`: the first and the
    last day."""

    member: str = ""
    kind: str = ""
    tag: str = ""
    group: str = ""
    campaign: str = ""
    source: str = ""
    evidence: str = ""
    since: date | None = None
    until: date | None = None


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
    """Newest first. What the product itself writes is left out. A page may hold fewer than `size` and not be the last."""
    lead = next((name for name in LEADS if getattr(wanted, name)), "")
    others = [condition for name, condition in _filters(wanted).items() if name != lead]
    path = _path(viewer, wanted, lead, decode(cursor, (int, int)))
    newest = (Activity.occurred_at.desc(), Activity.id.desc())
    statement = _statement(viewer).where(Activity.id.in_(path.limit(LOOKED_AT_MAX if others else size + 1)), *others)
    rows = db.session.execute(statement.order_by(*newest).limit(size + 1)).all()
    found = page(rows, size, lambda row: _place(row.occurred_at, row.id))
    further = _behind(path) if others and len(rows) <= size else found.next_cursor
    return Page(_read(found.items, viewer), further)


def _path(viewer: Member | None, wanted: Wanted, lead: str, after: list[Any] | None) -> sa.Select[Any]:
    """The ids on the way through one index, newest first: what this reader may see of the leading filter and the days."""
    by_tag = lead == "tag"
    at, id_ = (ActivityTag.occurred_at, ActivityTag.activity_id) if by_tag else (Activity.occurred_at, Activity.id)
    way: sa.Select[Any] = sa.select(id_).select_from(Activity).join(Member, Member.id == Activity.member_id)
    if by_tag:
        way = way.join(ActivityTag, ActivityTag.activity_id == Activity.id).where(ActivityTag.tag == wanted.tag)
    elif lead:
        way = way.where(_filters(wanted)[lead])
    seen = visible(viewer.id if viewer else None)
    way = way.where(seen, Activity.kind.not_in(INTERNAL_KINDS), *_days(wanted, at))
    if after is not None:
        last = (sa.literal(as_moment(after[0]), at.type), sa.literal(after[1], id_.type))
        way = way.where(sa.tuple_(at, id_) < sa.tuple_(*last))
    return way.order_by(at.desc(), id_.desc())


def _behind(path: sa.Select[Any]) -> str | None:
    """The cursor behind all that was looked at. None: that was everything."""
    last = path.offset(LOOKED_AT_MAX - 1).limit(1).scalar_subquery()
    row = db.session.execute(sa.select(Activity.occurred_at, Activity.id).where(Activity.id == last)).first()
    return encode(_place(row.occurred_at, row.id)) if row else None


def _days(wanted: Wanted, at: Any) -> list[sa.ColumnElement[bool]]:
    first = [at >= clock.start_of(clock.day_number(wanted.since))] if wanted.since else []
    return first + ([at < clock.start_of(clock.day_number(wanted.until) + 1)] if wanted.until else [])


def _place(at: datetime, id_: int) -> tuple[int, int]:
    return as_number(at), id_


def deeds_in_order(viewer: Member | None, wanted: Wanted, cursor: str | None, size: int) -> Page[Deed]:
    """In the order in which they were told, for programs: what is new comes on a later page."""
    filters = _filters(wanted)
    statement = _statement(viewer).order_by(Activity.id)
    if filters.pop("tag", None) is not None:
        # Begins at the tag's own index.
        statement = statement.join(ActivityTag, ActivityTag.activity_id == Activity.id).where(ActivityTag.tag == wanted.tag)
    statement = statement.where(*filters.values(), *_days(wanted, Activity.occurred_at))
    after = decode(cursor, (int,))
    if after is not None:
        statement = statement.where(Activity.id > after[0])
    rows = db.session.execute(statement.limit(size + 1)).all()
    found = page(rows, size, lambda row: (row.id,))
    return Page(_read(found.items, viewer), found.next_cursor)


def recent_deeds(viewer: Member | None, limit: int) -> Sequence[Deed]:
    return deeds(viewer, Wanted(), size=limit).items


def is_visible(activity_id: int, viewer: Member | None) -> bool:
    """Whether this reader may see the deed."""
    return db.session.execute(_statement(viewer).where(Activity.id == activity_id)).first() is not None


def shows_picture(media_id: int, viewer: Member | None) -> bool:
    """Whether it belongs to a deed that this reader may see."""
    return db.session.execute(_statement(viewer).where(Activity.picture_id == media_id).limit(1)).first() is not None


def deed(activity_id: int, viewer: Member | None) -> Deed | None:
    """For its own page. One's own also after it was withdrawn."""
    own = sa.and_(Activity.withdrawn_at.is_not(None), Activity.member_id == (viewer.id if viewer else 0))
    row = db.session.execute(_statement(viewer, or_else=own).where(Activity.id == activity_id)).first()
    return _read([row], viewer)[0] if row else None


def deeds_by_id(activity_ids: Sequence[int], viewer: Member | None) -> dict[int, Deed]:
    """Those of them that this reader may see."""
    rows = db.session.execute(_statement(viewer).where(among(Activity.id, set(activity_ids)))).all() if activity_ids else []
    return {one.id: one for one in _read(rows, viewer)}


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
    """Those a member may tell a deed for: their own, and after these the partners from outside."""
    inside = sa.and_(Membership.group_id == Group.id, Membership.member_id == member_id, Membership.state == "in")
    mine = sa.select(Group).where(sa.or_(Group.is_outside, sa.exists().where(inside)))
    return list(db.session.scalars(mine.order_by(Group.is_outside, Group.name).limit(200)))


def _statement(viewer: Member | None, or_else: sa.ColumnElement[bool] | None = None) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        Activity.id, Activity.member_id, Activity.text, Activity.occurred_at, Activity.kind,
        Activity.url, Activity.campaign, Activity.evidence, Activity.visibility, Activity.source, Activity.source_key,
        Activity.reported_at, Activity.points, Activity.repeat_of_id, Activity.place, Activity.picture_id, Kind.label,
        Kind.labels, Kind.family, Group.slug.label("group_slug"), Group.name.label("group_name"),
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


def _filters(wanted: Wanted) -> dict[str, sa.ColumnElement[bool]]:
    """By the name of the filter, without the days. An unknown name finds nothing."""
    found: dict[str, sa.ColumnElement[bool]] = {}
    if wanted.member:
        # Compared with the log's own column, so that its index is used.
        member_id = sa.select(Member.id).where(Member.handle == wanted.member).scalar_subquery()
        found["member"] = Activity.member_id == member_id
    if wanted.group:
        found["group"] = Activity.group_id == sa.select(Group.id).where(Group.slug == wanted.group).scalar_subquery()
    if wanted.tag:
        tagged = sa.exists().where(ActivityTag.activity_id == Activity.id, ActivityTag.tag == wanted.tag)
        found["tag"] = tagged.correlate(Activity)
    if wanted.evidence:
        found["evidence"] = Activity.evidence == EVIDENCE.get(wanted.evidence, -1)
    columns: Any = {"kind": Activity.kind, "campaign": Activity.campaign, "source": Activity.source}
    return found | {name: column == getattr(wanted, name) for name, column in columns.items() if getattr(wanted, name)}


def _read(rows: Sequence[Any], viewer: Member | None) -> list[Deed]:
    people = profiles([row.member_id for row in rows], viewer)
    seen = pictures(row.picture_id for row in rows if row.picture_id is not None)
    tags: dict[int, list[str]] = {}
    ids = [row.id for row in rows]
    wanted = sa.select(ActivityTag.activity_id, ActivityTag.tag).where(among(ActivityTag.activity_id, ids))
    for activity_id, tag in db.session.execute(wanted.order_by(ActivityTag.tag)) if rows else ():
        tags.setdefault(activity_id, []).append(tag)
    return [
        Deed(
            id=row.id, person=people[row.member_id], text=row.text, occurred_at=row.occurred_at, kind=row.kind,
            kind_label=called(row.label, row.labels) if row.label else row.kind, family=row.family or "helping", link=row.url,
            group=(row.group_name, row.group_slug) if row.group_slug else None, campaign=row.campaign,
            evidence=row.evidence, visibility=row.visibility, source=row.source, source_key=row.source_key,
            told_at=row.reported_at, tags=tuple(tags.get(row.id, ())), place=row.place, picture=seen.get(row.picture_id or 0),
        )
        for row in rows
    ]  # fmt: skip
