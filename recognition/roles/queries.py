"""Roles as one reader may see them on one day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.roles.holding import GROUP, TEAM, belongs, has
from recognition.roles.models import Role, RoleApplication, RoleVersion, RoleWord
from recognition.roles.rules import WAITING, Entry, Sheet, is_out, may_read, sheet
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

ROLES_MAX, VERSIONS_MAX = 100, 50


@dataclass(frozen=True)
class Version:
    """`is_early`: not everybody reads it yet."""

    id: int
    number: int
    note: str
    first_for: str
    first_on: date | None
    all_on: date
    at: datetime
    is_early: bool


@dataclass(frozen=True)
class Reading:
    """A role by the newest version that its reader may read, or by the one that they asked for. `versions`: all that they may
    read, the newest first. `is_held`: the reader has this role."""

    role: Role
    here: Version
    sheet: Sheet
    versions: Sequence[Version]
    entry: Entry
    is_open: bool
    is_held: bool


@dataclass(frozen=True)
class Said:
    id: int
    who: ProfileView | None
    is_own: bool
    text: str
    at: datetime


@dataclass(frozen=True)
class Asking:
    """An application with what whoever decides reads of it."""

    row: RoleApplication
    role: Role
    who: ProfileView | None
    decided_by: ProfileView | None


def role_by_slug(slug: str) -> Role | None:
    found: Role | None = db.session.scalar(sa.select(Role).where(Role.slug == slug))
    return found


def entry_of(role: Role) -> Entry:
    return Entry(role.rule, role.quest, role.quest_from, role.places, role.open_until)


def reading(slug: str, viewer: Member | None, now: datetime, number: int | None = None) -> Reading | None:
    """`number`: that version and no other."""
    role, mine = role_by_slug(slug), belongs(viewer)
    if role is None:
        return None
    versions = _readable([role.id], mine, now.date()).get(role.id, [])
    here = next((one for one in versions if number in (None, one.number)), None)
    if here is None:
        return None
    return _reading(role, here, versions, _sheets([here.id]), mine, now)


def listed(viewer: Member | None, now: datetime) -> list[Reading]:
    """Every role of which the reader may read a version, those that are open first."""
    roles = db.session.scalars(sa.select(Role).where(Role.version > 0).order_by(Role.title, Role.id).limit(ROLES_MAX)).all()
    mine = belongs(viewer)
    versions = _readable([one.id for one in roles], mine, now.date())
    newest = {role_id: found[0] for role_id, found in versions.items()}
    sheets = _sheets([one.id for one in newest.values()])
    found = [_reading(one, newest[one.id], versions[one.id], sheets, mine, now) for one in roles if one.id in newest]
    return sorted(found, key=lambda one: not one.is_open)


def of_team(slug: str, viewer: Member, now: datetime) -> list[Reading]:
    """Every role that this group or its team holds and the reader may read about, by name."""
    words = (f"{TEAM}{slug}", f"{GROUP}{slug}")
    wanted = sa.select(Role).where(Role.held_by.in_(words), Role.version > 0).order_by(Role.title, Role.id)
    roles = db.session.scalars(wanted.limit(ROLES_MAX)).all()
    if not roles:
        return []
    mine = belongs(viewer)
    versions = _readable([one.id for one in roles], mine, now.date())
    sheets = _sheets([found[0].id for found in versions.values()])
    return [_reading(one, versions[one.id][0], versions[one.id], sheets, mine, now) for one in roles if one.id in versions]


def open_for(member: Member, now: datetime, size: int = 2) -> list[Reading]:
    """Roles that are open, that everybody reads of and this member neither holds nor ever asked for, the nearest end first:
    nobody is invited again to what they were told no about."""
    wanted = sa.select(Role).where(Role.places > 0, Role.open_until >= now.date(), Role.version > 0)
    roles = db.session.scalars(wanted.order_by(Role.open_until, Role.id).limit(size)).all()
    if not roles:
        return []
    mine, ids = belongs(member), [one.id for one in roles]
    versions = _readable(ids, frozenset(), now.date())
    mine_too = sa.select(RoleApplication.role_id).where(RoleApplication.member_id == member.id)
    asked = set(db.session.scalars(mine_too.where(among(RoleApplication.role_id, ids))))
    newest = [(one, versions[one.id]) for one in roles if one.id in versions and one.id not in asked]
    sheets = _sheets([own[0].id for _one, own in newest])
    found = [_reading(one, own[0], own, sheets, mine, now) for one, own in newest]
    return [one for one in found if not one.is_held]


def _reading(
    role: Role, here: Version, versions: Sequence[Version], sheets: dict[int, Sheet], mine: Collection[str], now: datetime
) -> Reading:
    entry = entry_of(role)
    return Reading(role, here, sheets[here.id], versions, entry, entry.is_open(now.date()), has(role, mine))


def _sheets(version_ids: Sequence[int]) -> dict[int, Sheet]:
    rows = sa.select(RoleVersion.id, RoleVersion.sheet).where(among(RoleVersion.id, version_ids))
    return {row.id: sheet(row.sheet) for row in db.session.execute(rows)}


def _readable(role_ids: Sequence[int], mine: Collection[str], today: date) -> dict[int, list[Version]]:
    """By role, the newest first. The council reads what it published, whenever others do."""
    columns = (RoleVersion.id, RoleVersion.role_id, RoleVersion.number, RoleVersion.note, RoleVersion.first_for,
               RoleVersion.first_on, RoleVersion.all_on, RoleVersion.at)  # fmt: skip
    wanted = sa.select(*columns).where(among(RoleVersion.role_id, role_ids)).order_by(RoleVersion.number.desc())
    found: dict[int, list[Version]] = {}
    for row in db.session.execute(wanted.limit(VERSIONS_MAX * len(role_ids))):
        if "role:council" in mine or may_read(row.first_for, row.first_on, row.all_on, today, mine):
            early = not is_out(row.all_on, today)
            one = Version(row.id, row.number, row.note, row.first_for, row.first_on, row.all_on, row.at, early)
            found.setdefault(row.role_id, []).append(one)
    return found


def sheet_of(role: Role, number: int) -> Sheet | None:
    found = sa.select(RoleVersion.sheet).where(RoleVersion.role_id == role.id, RoleVersion.number == number)
    data = db.session.scalar(found)
    return sheet(data) if data is not None else None


def words(version_id: int, viewer: Member | None, cursor: str | None) -> Page[Said]:
    """The oldest first, as a talk is read. Those of suspended members are shown to nobody."""
    wanted = sa.select(RoleWord).join(Member, Member.id == RoleWord.author_id)
    wanted = wanted.where(RoleWord.version_id == version_id, RoleWord.gone_at.is_(None), Member.state != "suspended")
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(RoleWord.id > last[0])
    found = page(db.session.scalars(wanted.order_by(RoleWord.id).limit(PAGE_SIZE + 1)).all(), PAGE_SIZE, lambda one: (one.id,))
    people = profiles([one.author_id for one in found.items], viewer)
    said = [Said(one.id, people.get(one.author_id), viewer is not None and one.author_id == viewer.id, one.text, one.at)
            for one in found.items]  # fmt: skip
    return Page(said, found.next_cursor)


def desk(cursor: str | None) -> Page[Role]:
    last = decode(cursor, (str, int))
    wanted = sa.select(Role).order_by(Role.title, Role.id).limit(PAGE_SIZE + 1)
    if last:
        wanted = wanted.where(sa.tuple_(Role.title, Role.id) > sa.tuple_(sa.literal(last[0]), sa.literal(last[1])))
    return page(db.session.scalars(wanted).all(), PAGE_SIZE, lambda one: (one.title, one.id))


def own_application(role_id: int, member_id: int) -> RoleApplication | None:
    """The one that waits, else the newest."""
    mine = sa.select(RoleApplication).where(RoleApplication.role_id == role_id, RoleApplication.member_id == member_id)
    waits_first = sa.case((RoleApplication.state == WAITING, 0), else_=1)
    found: RoleApplication | None = db.session.scalars(mine.order_by(waits_first, RoleApplication.id.desc()).limit(1)).first()
    return found


def applications(viewer: Member, is_waiting: bool, cursor: str | None) -> Page[Asking]:
    """Those that wait, the longest wait first; or those that were decided, the newest first."""
    last = decode(cursor, (int,))
    wanted = sa.select(RoleApplication, Role).join(Role, Role.id == RoleApplication.role_id).limit(PAGE_SIZE + 1)
    if is_waiting:
        wanted = wanted.where(RoleApplication.state == WAITING).order_by(RoleApplication.id)
        wanted = wanted.where(RoleApplication.id > last[0]) if last else wanted
    else:
        wanted = wanted.where(RoleApplication.decided_at.is_not(None)).order_by(RoleApplication.id.desc())
        wanted = wanted.where(RoleApplication.id < last[0]) if last else wanted
    found = page(db.session.execute(wanted).all(), PAGE_SIZE, lambda row: (row[0].id,))
    ids = [id_ for row in found.items for id_ in (row[0].member_id, row[0].decided_by_id) if id_]
    people = profiles(ids, viewer)
    asking = [Asking(one, role, people.get(one.member_id), people.get(one.decided_by_id or 0)) for one, role in found.items]
    return Page(asking, found.next_cursor)


def waiting() -> tuple[int, datetime | None]:
    """How many applications nobody decided about, and since when the oldest waits."""
    counted = sa.select(sa.func.count(), sa.func.min(RoleApplication.at)).where(RoleApplication.state == WAITING)
    number, since = db.session.execute(counted).one()
    return number, since
