"""All that one member did: month by month as others may see it, and every row for the member alone."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.kinds import called
from recognition.activities.models import CONFIRMED, Activity, ActivityTag, Confirmation, Kind
from recognition.activities.queries import visible
from recognition.activities.rules import INTERNAL_KINDS
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group, Member
from recognition.web.pagination import PAGE_SIZE, Page, as_moment, as_number, decode, page

ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Month:
    """A calendar month in UTC; `first` is its first day."""

    first: date

    @property
    def name(self) -> str:
        return f"{self.first.year:04}-{self.first.month:02}"

    @property
    def after(self) -> date:
        """The first day of the next one."""
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def last(self) -> date:
        return self.after - timedelta(days=1)

    @property
    def days(self) -> tuple[int, int]:
        """Numbers of its first and its last day."""
        return clock.day_number(self.first), clock.day_number(self.after) - 1


def month_of(moment: date | datetime) -> Month:
    return Month(date(moment.year, moment.month, 1))


@dataclass(frozen=True)
class Figures:
    """What one reader may see of a month. `kinds`: how many deeds of each, by its words, in the order of these words."""

    deeds: int
    days: int
    confirmed: int
    kinds: Sequence[tuple[str, int]]


def figures(member_id: int, month: Month, viewer: Member | None) -> Figures:
    columns = (Activity.kind, Activity.evidence, Activity.occurred_day)
    wanted = sa.select(*columns, sa.func.count().label("deeds")).join(Member, Member.id == Activity.member_id)
    rows = db.session.execute(wanted.where(*_in_month(member_id, month, viewer)).group_by(*columns)).all()
    known = db.session.scalars(sa.select(Kind).where(among(Kind.slug, {row.kind for row in rows})))
    labels = {kind.slug: called(kind.label, kind.labels) for kind in known}
    kinds: Counter[str] = Counter()
    for row in rows:
        kinds[labels.get(row.kind, row.kind)] += row.deeds
    return Figures(
        deeds=sum(kinds.values()), days=len({row.occurred_day for row in rows}), kinds=sorted(kinds.items()),
        confirmed=sum(row.deeds for row in rows if row.evidence == CONFIRMED),
    )  # fmt: skip


def _in_month(member_id: int, month: Month, viewer: Member | None) -> list[sa.ColumnElement[bool]]:
    first, after = clock.start_of(clock.day_number(month.first)), clock.start_of(clock.day_number(month.after))
    return [*readable(member_id, viewer), Activity.occurred_at >= first, Activity.occurred_at < after]


def readable(member_id: int, viewer: Member | None) -> list[sa.ColumnElement[bool]]:
    """On `activity` joined with its member: what this reader may see of one member's deeds."""
    seen = visible(viewer.id if viewer else None)
    return [Activity.member_id == member_id, seen, Activity.kind.not_in(INTERNAL_KINDS)]


def neighbours(member_id: int, month: Month, viewer: Member | None, now: datetime) -> tuple[Month | None, Month | None]:
    """The months before and after this one in which this reader finds something: quiet ones are skipped."""
    at = Activity.occurred_at
    own = sa.select(at).join(Member, Member.id == Activity.member_id).where(*readable(member_id, viewer)).limit(1)
    first, after = clock.start_of(clock.day_number(month.first)), clock.start_of(clock.day_number(month.after))
    earlier = db.session.scalar(own.where(at < first).order_by(at.desc(), Activity.id.desc()))
    later = db.session.scalar(own.where(at >= after, at <= now).order_by(at, Activity.id))
    return (month_of(earlier) if earlier else None), (month_of(later) if later else None)


def witnessed(member_id: int, month: Month) -> int:
    """How many deeds of others this member confirmed, for themselves."""
    first, after = clock.start_of(clock.day_number(month.first)), clock.start_of(clock.day_number(month.after))
    said = sa.select(sa.func.count()).where(
        Confirmation.witness_id == member_id, Confirmation.confirmed_at >= first, Confirmation.confirmed_at < after
    )
    return db.session.scalar(said) or 0


@dataclass(frozen=True)
class Totals:
    deeds: int
    points: int
    confirmed: int
    first_at: datetime | None


def totals(member_id: int) -> Totals:
    confirmed = sa.func.count().filter(Activity.evidence == CONFIRMED)
    wanted = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Activity.points), 0), confirmed,
                       sa.func.min(Activity.occurred_at, type_=Activity.occurred_at.type))  # fmt: skip
    return Totals(*db.session.execute(wanted.where(*_own(member_id))).one())


@dataclass(frozen=True)
class Row:
    """One deed with all that is kept about it."""

    id: int
    occurred_at: datetime
    told_at: datetime
    kind: str
    kind_label: str
    text: str
    link: str
    place: str
    tags: tuple[str, ...]
    group: str
    campaign: str
    evidence: int
    source: str
    visibility: str
    points: int
    is_repeat: bool


def rows_page(member_id: int, cursor: str | None, size: int = PAGE_SIZE) -> Page[Row]:
    """Newest first, whoever may see them; what was withdrawn counts nowhere and is not there."""
    last = decode(cursor, (int, int))
    found = page(_rows(member_id, (as_moment(last[0]), last[1]) if last else None, size + 1), size, _place)
    return Page(_read(found.items), found.next_cursor)


def every_row(member_id: int) -> Iterator[Row]:
    """All of them, newest first, a few hundred at a time."""
    last: tuple[datetime, int] | None = None
    while rows := _rows(member_id, last, ROWS_AT_ONCE):
        yield from _read(rows)
        last = rows[-1].occurred_at, rows[-1].id


def _own(member_id: int) -> list[sa.ColumnElement[bool]]:
    return [Activity.member_id == member_id, Activity.withdrawn_at.is_(None), Activity.kind.not_in(INTERNAL_KINDS)]


def _rows(member_id: int, below: tuple[datetime, int] | None, limit: int) -> Sequence[Any]:
    columns = (Activity.id, Activity.occurred_at, Activity.reported_at, Activity.kind, Kind.label, Kind.labels,
               Activity.text, Activity.url,
               Activity.place, Group.name, Activity.campaign, Activity.evidence, Activity.source, Activity.visibility,
               Activity.points, Activity.repeat_of_id)  # fmt: skip
    wanted: Any = sa.select(*columns).outerjoin(Kind, Kind.slug == Activity.kind)
    wanted = wanted.outerjoin(Group, Group.id == Activity.group_id).where(*_own(member_id))
    if below is not None:
        at, id_ = sa.literal(below[0], Activity.occurred_at.type), sa.literal(below[1], Activity.id.type)
        wanted = wanted.where(sa.tuple_(Activity.occurred_at, Activity.id) < sa.tuple_(at, id_))
    found: Sequence[Any] = db.session.execute(wanted.order_by(Activity.occurred_at.desc(), Activity.id.desc()).limit(limit)).all()
    return found


def _place(row: Any) -> tuple[int, int]:
    return as_number(row.occurred_at), row.id


def _read(rows: Sequence[Any]) -> list[Row]:
    tags: dict[int, list[str]] = {}
    wanted = sa.select(ActivityTag.activity_id, ActivityTag.tag).where(among(ActivityTag.activity_id, [row.id for row in rows]))
    for activity_id, tag in db.session.execute(wanted.order_by(ActivityTag.tag)) if rows else ():
        tags.setdefault(activity_id, []).append(tag)
    return [
        Row(
            id=row.id, occurred_at=row.occurred_at, told_at=row.reported_at, kind=row.kind,
            kind_label=called(row.label, row.labels) if row.label else row.kind,
            text=row.text, link=row.url or "", place=row.place or "", tags=tuple(tags.get(row.id, ())), group=row.name or "",
            campaign=row.campaign or "", evidence=row.evidence, source=row.source, visibility=row.visibility, points=row.points,
            is_repeat=row.repeat_of_id is not None,
        )
        for row in rows
    ]  # fmt: skip
