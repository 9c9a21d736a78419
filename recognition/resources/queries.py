"""Reads of what was asked for: one's own, those that wait, and what everybody may know of those that were decided."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.queries import deeds_by_id
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group, Member, Membership
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.locks import COUNTED_MAX
from recognition.metrics import queries as metrics
from recognition.resources.models import ResourceAsk, ResourceKind
from recognition.resources.rules import KINDS_MAX, OUTCOMES, TOLD_AFTER, WAITING, Counts, is_told
from recognition.web.pagination import PAGE_SIZE, Page, as_moment, as_number, decode, page

ASKED, MET, AMOUNT = "resources.asked", "resources.met", "resources.given"
"""Names of figures: by country and year, `AMOUNT` by unit too; see `counting.py`."""
EVER = "all"
BETWEEN = "|"
"""Stands between the unit and the country in a slot of `AMOUNT`."""
OWN_GROUPS_MAX = 50
OWN_FILE_MAX = 2000


@dataclass(frozen=True)
class Shown:
    """An ask as its reader may know it. `who`, `group`: None where they do not show. `shows_words`: may its reader know what was
    written? Not what was taken down, or of somebody who is suspended. `region` is empty where it was not told or must not be.
    `deed_id`: what came of it, where the reader may see both that deed and whose it is. `has_told`: may they know that something
    was told?"""

    row: ResourceAsk
    kind: str
    region: str
    who: ProfileView | None
    group: Group | None
    shows_words: bool
    decided_by: ProfileView | None
    deed_id: int | None
    has_told: bool


@dataclass(frozen=True)
class Filter:
    """`kind`: 0 is what no kind names, None is all."""

    region: str = ""
    kind: int | None = None
    year: int | None = None


def kinds(open_only: bool = False) -> Sequence[ResourceKind]:
    wanted = sa.select(ResourceKind).order_by(ResourceKind.name, ResourceKind.id).limit(KINDS_MAX)
    return db.session.scalars(wanted.where(ResourceKind.is_open) if open_only else wanted).all()


def ask_by_id(ask_id: int) -> ResourceAsk | None:
    return db.session.get(ResourceAsk, ask_id)


def members_by_country() -> Mapping[str, int]:
    """As of the last night; empty before anything was counted."""
    day = metrics.newest_day()
    found = metrics.figures(["members.here"], {"country"}, day) if day is not None else {}
    return {one.slot: one.value for one in found.get(("members.here", "country"), ())}


def counts(year: int | None) -> tuple[int | None, Counts, list[str]]:
    """The day, what was counted up to its end, and the units, the commonest first. `year` None: all years."""
    day, name = metrics.newest_day(), EVER if year is None else str(year)
    if day is None:
        return None, Counts(), []
    asked, met, amount = (f"{one}.{name}" for one in (ASKED, MET, AMOUNT))
    found = metrics.figures(["members.here", asked, met, amount], {"country", "country.unit"}, day)

    def by_country(of: str) -> dict[str, int]:
        return {one.slot: one.value for one in found.get((of, "country"), ())}

    amounts: dict[tuple[str, str], int] = {}
    people: dict[str, int] = {}
    for one in found.get((amount, "country.unit"), ()):
        unit, _between, country = one.slot.partition(BETWEEN)
        amounts[(country, unit)] = one.value
        people[unit] = people.get(unit, 0) + one.people
    units = sorted(people, key=lambda unit: (-people[unit], unit))
    return day, Counts(by_country("members.here"), by_country(asked), by_country(met), amounts), units


def first_year() -> int | None:
    """In which something was decided first."""
    first = db.session.scalar(sa.select(sa.func.min(ResourceAsk.decided_at)))
    return first.year if first else None


def decided(wanted: Filter, named: Collection[str], viewer: Member | None, cursor: str | None, now: datetime) -> Page[Shown]:
    """For everybody, the latest first. `named`: regions that may be told."""
    last = decode(cursor, (int, int))
    rows = sa.select(ResourceAsk).where(ResourceAsk.decided_at.is_not(None), *_filters(wanted))
    edge = sa.tuple_(ResourceAsk.decided_at, ResourceAsk.id)
    if last:
        rows = rows.where(edge < sa.tuple_(sa.literal(as_moment(last[0]), ResourceAsk.decided_at.type), sa.literal(last[1])))
    rows = rows.order_by(ResourceAsk.decided_at.desc(), ResourceAsk.id.desc()).limit(PAGE_SIZE + 1)
    found = page(db.session.scalars(rows).all(), PAGE_SIZE, lambda one: (as_number(one.decided_at or one.asked_at), one.id))
    return Page(_shown(found.items, viewer, named, now - TOLD_AFTER), found.next_cursor)


def own(member: Member, cursor: str | None) -> Page[Shown]:
    """The newest first, with everything."""
    last = decode(cursor, (int,))
    rows = sa.select(ResourceAsk).where(ResourceAsk.member_id == member.id).order_by(ResourceAsk.id.desc()).limit(PAGE_SIZE + 1)
    found = page(db.session.scalars(rows.where(ResourceAsk.id < last[0]) if last else rows).all(), PAGE_SIZE,
                 lambda one: (one.id,))  # fmt: skip
    return Page(_shown(found.items, member), found.next_cursor)


def every_own(member: Member) -> list[Shown]:
    """For their file, the newest first."""
    rows = sa.select(ResourceAsk).where(ResourceAsk.member_id == member.id).order_by(ResourceAsk.id.desc()).limit(OWN_FILE_MAX)
    return _shown(db.session.scalars(rows).all(), member)


def desk(viewer: Member, is_waiting: bool, cursor: str | None) -> Page[Shown]:
    """For those who decide: those that wait, the longest wait first; or the decided ones, the newest first."""
    last = decode(cursor, (int,))
    rows = sa.select(ResourceAsk).limit(PAGE_SIZE + 1)
    if is_waiting:
        rows = rows.where(ResourceAsk.state == WAITING).order_by(ResourceAsk.id)
        rows = rows.where(ResourceAsk.id > last[0]) if last else rows
    else:
        rows = rows.where(ResourceAsk.state.in_(OUTCOMES)).order_by(ResourceAsk.id.desc())
        rows = rows.where(ResourceAsk.id < last[0]) if last else rows
    found = page(db.session.scalars(rows).all(), PAGE_SIZE, lambda one: (one.id,))
    return Page(_shown(found.items, viewer), found.next_cursor)


def whole(ask: ResourceAsk, viewer: Member) -> Shown:
    """For the asker and whoever decides."""
    return _shown([ask], viewer)[0]


def waiting() -> tuple[int, datetime | None]:
    """How many asks nobody decided about, as far as a lock counts, and since when the oldest waits."""
    oldest = sa.select(ResourceAsk.asked_at).where(ResourceAsk.state == WAITING).order_by(ResourceAsk.id)
    few = oldest.limit(COUNTED_MAX).subquery()
    number, since = db.session.execute(sa.select(sa.func.count(), sa.func.min(few.c.asked_at))).one()
    return number, since


def groups_looked_after(member: Member) -> Sequence[Group]:
    """For which this member may ask."""
    mine = sa.select(Group).join(Membership, Membership.group_id == Group.id).where(
        Membership.member_id == member.id, Membership.is_curator, Membership.state == "in", ~Group.is_outside
    )  # fmt: skip
    return db.session.scalars(mine.order_by(Group.name, Group.id).limit(OWN_GROUPS_MAX)).all()


def looks_after(member_id: int, group_id: int | None) -> bool:
    mine = sa.exists().where(Membership.group_id == group_id, Membership.member_id == member_id, Membership.is_curator,
                             Membership.state == "in")  # fmt: skip
    return group_id is not None and bool(db.session.scalar(sa.select(mine)))


def _filters(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.region:
        found.append(ResourceAsk.region == wanted.region)
    if wanted.kind is not None:
        found.append(ResourceAsk.kind_id == wanted.kind if wanted.kind else ResourceAsk.kind_id.is_(None))
    if wanted.year is not None:
        starts, ends = (datetime(one, 1, 1, tzinfo=UTC) for one in (wanted.year, wanted.year + 1))
        found += [ResourceAsk.decided_at >= starts, ResourceAsk.decided_at < ends]
    return found


def _shown(
    rows: Sequence[ResourceAsk], viewer: Member | None, named: Collection[str] | None = None, told_by: datetime | None = None
) -> list[Shown]:
    """`named` None: the reader may know all of them; else those regions, and what each asker lets be known. `told_by`: of
    those without a name, that something came of it where it was told by then."""
    if not rows:
        return []
    whole = named is None
    ids = [one.member_id for one in rows if whole or one.shows_name or words_stand(one)]
    ids += [one.decided_by_id for one in rows if whole and one.decided_by_id]
    people = {id_: one for id_, one in profiles(ids, viewer).items() if whole or one.state != "suspended"}
    groups = _by_id(Group, [one.group_id for one in rows if one.group_id and (whole or one.shows_name)])
    names = _by_id(ResourceKind, [one.kind_id for one in rows if one.kind_id])
    deeds = deeds_by_id([one.deed_id for one in rows if one.deed_id and (whole or one.shows_name)], viewer)
    found = []
    for one in rows:
        shows = whole or one.shows_name
        kind = names.get(one.kind_id or 0)
        group = groups.get(one.group_id or 0) if shows else None
        # Where it is for a group its name is the group's, also for those who would know the asker.
        asker = people.get(one.member_id)
        who = asker if whole or (shows and one.group_id is None) else None
        found.append(Shown(
            one, kind.name if kind else "", one.region if named is None or one.region in named else "", who, group,
            whole or (words_stand(one) and asker is not None), people.get(one.decided_by_id or 0) if whole else None,
            one.deed_id if shows and one.deed_id in deeds else None,
            one.told_at is not None and (shows or told_by is None or one.told_at <= told_by),
        ))  # fmt: skip
    return found


def words_stand(one: ResourceAsk) -> bool:
    return one.shows_words and one.words_down_at is None


def _by_id(model: Any, ids: Sequence[int]) -> dict[int, Any]:
    if not ids:
        return {}
    return {one.id: one for one in db.session.scalars(sa.select(model).where(among(model.id, set(ids))))}


def named_regions(members: Mapping[str, int]) -> frozenset[str]:
    return frozenset(one for one, number in members.items() if one and is_told(number))
