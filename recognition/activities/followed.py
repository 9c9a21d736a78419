"""What came of the tags, groups, campaigns and people that somebody follows, as that member may see it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from flask import g

from recognition.activities.models import Activity, ActivityTag
from recognition.activities.queries import Deed, deeds_by_id, visible
from recognition.activities.rules import INTERNAL_KINDS
from recognition.activities.tagging.filing import all_end_as
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group, Member

NOT_OLDER_THAN = timedelta(days=60)
"""Counted from the beginning of the time that is told of: what somebody brings along of former years is no news."""
LOOKED_AT = 20
"""Of each thing, so that some are left where its newest deeds are the reader's own."""
NOBODY = 0
"""A member who did nothing: sees what every member may see."""
KEPT = "followed_in_this_job"


@dataclass(frozen=True)
class Span:
    """By when a deed was told; `until` is not in it."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Heard:
    """Of one thing: the newest deeds, and how many there are beside these. `name` as it was asked for."""

    sort: str
    name: str
    deeds: Sequence[Deed]
    more: int


def heard(reader: Member, asked: Mapping[str, Sequence[str]], span: Span, each: int) -> list[Heard]:
    """`asked`: names by sort (member: digits of ids; group and campaign: slugs; tag), told in this order. One's own deeds are
    no news, and a deed that stands below one thing stands below no other."""
    meant = {sort: _meant(sort, names) for sort, names in asked.items() if names}
    rows = {sort: _newest(sort, names, span) for sort, names in meant.items()}
    own = {sort: _own(sort, names, span, reader.id) for sort, names in meant.items()}
    picked = {(sort, name): [row for row in rows[sort].get(name, ()) if row.member_id != reader.id][:each]
              for sort, names in meant.items() for name in names}  # fmt: skip
    shown = deeds_by_id([row.id for some in picked.values() for row in some], reader)
    found: list[Heard] = []
    seen: set[int] = set()
    for (sort, name), some in picked.items():
        new = [shown[row.id] for row in some if row.id in shown and row.id not in seen]
        number = rows[sort][name][0].number if rows[sort].get(name) else 0
        more = number - own[sort].get(name, 0) - len(some)
        seen |= {row.id for row in some}
        if new or more > 0:
            found.append(Heard(sort, meant[sort][name], new, more))
    return found


def _meant(sort: str, names: Sequence[str]) -> dict[Any, str]:
    """By what the log calls it; a tag as the council wants it written by now."""
    if sort == "tag":
        written, found = all_end_as(names), dict[Any, str]()
        for name in names:
            found.setdefault(written[name], name)
        return found
    return {int(name) if sort == "member" else name: name for name in names}


def _newest(sort: str, names: Iterable[Any], span: Span) -> dict[Any, Sequence[Any]]:
    """The newest of each name with how many there are of it, as any member may see them. Asked once for all who hear of the
    same time: one job writes many letters."""
    kept: dict[tuple[str, Any, Span], Sequence[Any]] = g.setdefault(KEPT, {})
    if unknown := [name for name in names if (sort, name, span) not in kept]:
        column, at, id_ = _columns(sort)
        place = sa.func.row_number().over(partition_by=column, order_by=(at.desc(), id_.desc())).label("place")
        number = sa.func.count().over(partition_by=column).label("number")
        counted = _within(sort, unknown, span, Activity.id, Activity.member_id, column.label("name"), place, number).subquery()
        newest = sa.select(counted).where(counted.c.place <= LOOKED_AT).order_by(counted.c.name, counted.c.place)
        kept |= {(sort, name, span): () for name in unknown}
        for name, some in groupby(db.session.execute(newest), lambda row: row.name):
            kept[sort, name, span] = list(some)
    return {name: kept[sort, name, span] for name in names}


def _own(sort: str, names: Iterable[Any], span: Span, member_id: int) -> dict[Any, int]:
    column = _columns(sort)[0]
    mine = _within(sort, names, span, column, sa.func.count()).where(Activity.member_id == member_id)
    return {row[0]: row[1] for row in db.session.execute(mine.group_by(column))}


def _within(sort: str, names: Iterable[Any], span: Span, *columns: Any) -> sa.Select[Any]:
    """Through the index of such names in the order of time."""
    column, at, _id = _columns(sort)
    wanted: sa.Select[Any] = sa.select(*columns).select_from(Activity).join(Member, Member.id == Activity.member_id)
    wanted = wanted.where(
        visible(NOBODY), Activity.kind.not_in(INTERNAL_KINDS), at > span.since - NOT_OLDER_THAN,
        Activity.reported_at >= span.since, Activity.reported_at < span.until, among(column, names),
    )  # fmt: skip
    if sort == "tag":
        wanted = wanted.join(ActivityTag, ActivityTag.activity_id == Activity.id)
    return wanted.join(Group, Group.id == Activity.group_id) if sort == "group" else wanted


def _columns(sort: str) -> tuple[Any, Any, Any]:
    """What it is called, and the order of its deeds."""
    if sort == "tag":
        return ActivityTag.tag, ActivityTag.occurred_at, ActivityTag.activity_id
    column = {"member": Activity.member_id, "group": Group.slug, "campaign": Activity.campaign}[sort]
    return column, Activity.occurred_at, Activity.id
