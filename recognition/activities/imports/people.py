"""Whom the rows of a file name: members and groups, looked up a chunk at a time, and made where that is wished."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.rules import Report
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.fields import derived
from recognition.identity.models import Group, Member
from recognition.identity.words import BadText, clean_handle


@dataclass(frozen=True)
class Person:
    """`joined_month` (year, month): known for members whose date of joining came with an import."""

    joined_month: tuple[int, int] | None


@dataclass(frozen=True)
class People:
    """A handle that nobody has yet, and that may be made, has a negative id."""

    ids: dict[str, int]
    people: dict[int, Person]
    groups: dict[str, int]


def known(given: Iterable[Mapping[str, Any]], create: bool) -> People:
    rows = list(given)
    handles, slugs = _texts(rows, "member", 40), _texts(rows, "group", 64)
    # Whoever was joined to another row is meant by both handles.
    columns = (sa.func.coalesce(Member.merged_into_id, Member.id).label("id"), Member.handle, Member.joined_at, Member.imported)
    members = db.session.execute(sa.select(*columns).where(among(Member.handle, handles))).all() if handles else []
    ids = {row.handle: row.id for row in members}
    if create:
        missing = sorted(handle for handle in handles - set(ids) if _can_be_made(handle))
        ids |= {handle: -number for number, handle in enumerate(missing, 1)}
    joined = {row.id: Person((row.joined_at.year, row.joined_at.month) if row.imported else None) for row in members}
    return People(ids, joined, _groups(slugs))


def create_missing(reports: Sequence[Report], found: People) -> list[Report]:
    """Unclaimed members for the handles of these reports that nobody has, and the reports with their true ids."""
    wanted = {report.member_id for report in reports if report.member_id < 0}
    if not wanted:
        return list(reports)
    now = clock.utcnow()
    handles = {number: handle for handle, number in found.ids.items() if number in wanted}
    names = [{"handle": handle, "name": handle} for handle in sorted(handles.values())]
    rows = [{**name, "joined_at": now, **derived(name)} for name in names]
    insert_new(Member.__table__, rows)
    made = sa.select(Member.handle, Member.id).where(among(Member.handle, handles.values()))
    ids = {row.handle: row.id for row in db.session.execute(made)}
    return [replace(report, member_id=ids[handles[report.member_id]]) if report.member_id < 0 else report for report in reports]


def _can_be_made(handle: str) -> bool:
    try:
        return clean_handle(handle) == handle
    except BadText:
        return False


def _groups(slugs: set[str]) -> dict[str, int]:
    if not slugs:
        return {}
    found = db.session.execute(sa.select(Group.slug, Group.id).where(among(Group.slug, slugs)))
    return {row.slug: row.id for row in found}


def _texts(rows: Iterable[Mapping[str, Any]], name: str, limit: int) -> set[str]:
    """Names that a database can be asked for; the others match nobody anyway."""
    values = (row.get(name) for row in rows)
    return {value for value in values if isinstance(value, str) and 0 < len(value) <= limit and value.isprintable()}
