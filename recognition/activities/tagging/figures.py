"""How many deeds and people a tag or a kind has. Only what members may see is counted: a number of one would tell what
somebody keeps to themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Activity, ActivityTag
from recognition.activities.rules import DEFAULT_KIND
from recognition.activities.tagging.filing import KIND
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

BUSIEST = 600
"""So many of the tags that are told most are looked at for near-equal ones."""


@dataclass(frozen=True)
class Growing:
    """A tag in two stretches of time. `earlier` and `before`: deeds of this one and of the one before it."""

    tag: str
    deeds: int
    people: int
    deeds_before: int
    people_before: int


def of(tag: str, becomes: str, target: str) -> dict[str, int]:
    """`tagged`, `people`: of the tag; `other`: those of its deeds that are of no kind yet; `target`: deeds of what it becomes."""
    tagged = _open(ActivityTag).where(ActivityTag.tag == tag)
    of_target = (
        _open(None).where(Activity.kind == target) if becomes == KIND else _open(ActivityTag).where(ActivityTag.tag == target)
    )
    row = db.session.execute(
        tagged.with_only_columns(
            sa.func.count(), sa.func.count(sa.distinct(Activity.member_id)),
            sa.func.coalesce(sa.func.sum(sa.case((Activity.kind == DEFAULT_KIND, 1), else_=0)), 0),
        )
    ).one()  # fmt: skip
    return {
        "tagged": int(row[0]), "people": int(row[1]), "other": int(row[2]),
        "target": db.session.scalar(of_target.with_only_columns(sa.func.count())) or 0,
        "target_people": db.session.scalar(of_target.with_only_columns(sa.func.count(sa.distinct(Activity.member_id)))) or 0,
    }  # fmt: skip


def growing(begins: datetime, before: datetime, cursor: str | None, size: int = PAGE_SIZE) -> Page[Growing]:
    """Tags of the stretch that runs since `begins`, the most told first, beside the stretch from `before` until then."""
    now, then = ActivityTag.occurred_at >= begins, ActivityTag.occurred_at < begins
    deeds = sa.func.count(sa.case((now, 1))).label("deeds")
    wanted = _open(ActivityTag).where(ActivityTag.occurred_at >= before).group_by(ActivityTag.tag)
    counted = wanted.with_only_columns(
        ActivityTag.tag.label("tag"), deeds,
        sa.func.count(sa.distinct(sa.case((now, Activity.member_id)))).label("people"),
        sa.func.count(sa.case((then, 1))).label("deeds_before"),
        sa.func.count(sa.distinct(sa.case((then, Activity.member_id)))).label("people_before"),
    ).subquery()  # fmt: skip
    statement = sa.select(counted)
    after = decode(cursor, (int, str))
    if after is not None:
        further = sa.and_(counted.c.deeds == after[0], counted.c.tag > after[1])
        statement = statement.where(sa.or_(counted.c.deeds < after[0], further))
    rows = db.session.execute(statement.order_by(counted.c.deeds.desc(), counted.c.tag).limit(size + 1)).all()
    found = page(rows, size, lambda row: (row.deeds, row.tag))
    return Page([Growing(*row) for row in found.items], found.next_cursor)


def busiest() -> dict[str, int]:
    """Deeds of the tags that are told most, ever."""
    count = sa.func.count().label("deeds")
    wanted = _open(ActivityTag).with_only_columns(ActivityTag.tag, count).group_by(ActivityTag.tag)
    return {row.tag: row.deeds for row in db.session.execute(wanted.order_by(count.desc(), ActivityTag.tag).limit(BUSIEST))}


def deeds_of(tags: Sequence[str]) -> dict[str, int]:
    wanted = _open(ActivityTag).with_only_columns(ActivityTag.tag, sa.func.count()).where(among(ActivityTag.tag, tags))
    return {row.tag: row[1] for row in db.session.execute(wanted.group_by(ActivityTag.tag))}


def _open(tagged: Any) -> sa.Select[Any]:
    statement: sa.Select[Any] = sa.select(Activity.id).join(Member, Member.id == Activity.member_id)
    if tagged is not None:
        statement = statement.join(tagged, tagged.activity_id == Activity.id)
    return statement.where(Activity.withdrawn_at.is_(None), Activity.visibility != "me", Member.state != "suspended")
