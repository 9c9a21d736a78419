"""What somebody is asked about deeds that name them, as they may read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Activity, Kind, NamedPerson
from recognition.activities.rules import INTERNAL_KINDS
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.web.pagination import PAGE_SIZE, Page, as_moment, as_number, decode, page

ASKED_FOR = timedelta(days=60)
"""After that nobody is asked any more, and the link in the mail opens nothing."""


@dataclass(frozen=True)
class Ask:
    """`text` is empty where the doer keeps the words to themselves. `is_deputy`: somebody else was asked first."""

    activity_id: int
    role: str
    person: ProfileView
    text: str
    link: str | None
    occurred_at: datetime
    kind: str
    kind_label: str
    family: str
    visibility: str
    asked_at: datetime
    answer: str | None
    is_deputy: bool


def open_asks(member: Member, now: datetime, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Ask]:
    """Not answered yet, the newest first."""
    wanted = _asks(member.id, now).where(NamedPerson.answer.is_(None))
    place = (NamedPerson.asked_at, NamedPerson.activity_id)
    after = decode(cursor, (int, int))
    if after is not None:
        last = (sa.literal(as_moment(after[0]), NamedPerson.asked_at.type), sa.literal(after[1]))
        wanted = wanted.where(sa.tuple_(*place) < sa.tuple_(*last))
    rows = db.session.execute(wanted.order_by(*(column.desc() for column in place)).limit(size + 1)).all()
    found = page(rows, size, lambda row: (as_number(row.asked_at), row.activity_id))
    return Page(_read(found.items, member), found.next_cursor)


def one_ask(activity_id: int, member_id: int, now: datetime) -> tuple[Ask, Member] | None:
    """Also one that was answered, and who is to answer it. None where there is nothing to ask any more: the deed was
    withdrawn, it is long ago, or one of the two is gone."""
    asked = db.session.get(Member, member_id)
    member = db.session.get(Member, asked.merged_into_id) if asked is not None and asked.merged_into_id else asked
    if member is None or member.state == "suspended":
        return None
    row = db.session.execute(_asks(member.id, now).where(NamedPerson.activity_id == activity_id)).first()
    return (_read([row], member)[0], member) if row else None


def count_open(member_id: int, now: datetime, up_to: int = 10) -> int:
    """No more than `up_to` are counted."""
    some = _asks(member_id, now).where(NamedPerson.answer.is_(None)).limit(up_to).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def _asks(member_id: int, now: datetime) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        NamedPerson.activity_id, NamedPerson.role, NamedPerson.asked_at, NamedPerson.answer, NamedPerson.stands_in_for_id,
        Activity.member_id, Activity.text, Activity.url, Activity.occurred_at, Activity.kind, Activity.visibility,
        Kind.label, Kind.family,
    )  # fmt: skip
    wanted: sa.Select[Any] = sa.select(*columns).join(Activity, Activity.id == NamedPerson.activity_id)
    wanted = wanted.join(Member, Member.id == Activity.member_id).outerjoin(Kind, Kind.slug == Activity.kind)
    # A deputy knows of the deed because everybody here may; who was named, because the doer named them.
    shown = sa.or_(NamedPerson.stands_in_for_id.is_(None), Activity.visibility != "me")
    there = (Activity.withdrawn_at.is_(None), Member.state != "suspended", Activity.kind.not_in(INTERNAL_KINDS), shown)
    return wanted.where(NamedPerson.member_id == member_id, NamedPerson.asked_at > now - ASKED_FOR, *there)


def _read(rows: Sequence[Any], reader: Member) -> list[Ask]:
    people = profiles([row.member_id for row in rows], reader)
    asks = []
    for row in rows:
        hidden = row.visibility == "me"
        asks.append(
            Ask(
                activity_id=row.activity_id, role=row.role, person=people[row.member_id], text="" if hidden else row.text,
                link=None if hidden else row.url, occurred_at=row.occurred_at, kind=row.kind,
                kind_label=row.label or row.kind, family=row.family or "helping", visibility=row.visibility,
                asked_at=row.asked_at, answer=row.answer, is_deputy=row.stands_in_for_id is not None,
            )
        )  # fmt: skip
    return asks
