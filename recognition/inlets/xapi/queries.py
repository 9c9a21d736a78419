"""Reading statements as one reader may: their own and those about them; the council reads all."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Account, Member
from recognition.inlets.models import Statement, StatementMark
from recognition.inlets.xapi import marks
from recognition.inlets.xapi.asking import Asked
from recognition.web.pagination import Page, as_moment, as_number, decode, page

SETTLED = timedelta(seconds=10)
"""Who stores statements is done with it by then."""


@dataclass(frozen=True)
class Given:
    body: dict[str, Any]
    stored_at: datetime
    id: int


def one(viewer: Member, asked: Asked) -> Given | None:
    wanted = sa.select(Statement).where(
        Statement.statement_id == asked.one, Statement.voided == asked.is_voided, _visible(viewer)
    )
    row = db.session.scalar(wanted)
    return None if row is None else Given(row.body, row.stored_at, row.id)


def some(viewer: Member, asked: Asked, cursor: str | None) -> Page[Given]:
    """By the moment at which they were stored, the newest first unless asked otherwise. What refers to a statement that
    meets the filters is found with it."""
    order = (Statement.stored_at, Statement.id)
    wanted = sa.select(Statement.body, Statement.stored_at, Statement.id).where(~Statement.voided, _visible(viewer))
    if asked.marks:
        wanted = wanted.where(Statement.id.in_(_marked(asked.marks)))
    if asked.since:
        wanted = wanted.where(Statement.stored_at > asked.since)
    if asked.until:
        wanted = wanted.where(Statement.stored_at <= asked.until)
    after = decode(cursor, (int, int))
    if after is not None:
        here, last = sa.tuple_(*order), sa.tuple_(sa.literal(as_moment(after[0]), Statement.stored_at.type), sa.literal(after[1]))
        wanted = wanted.where(here > last if asked.ascending else here < last)
    wanted = wanted.order_by(*(column if asked.ascending else column.desc() for column in order))
    rows = [Given(row.body, row.stored_at, row.id) for row in db.session.execute(wanted.limit(asked.limit + 1))]
    return page(rows, asked.limit, lambda row: (as_number(row.stored_at), row.id))


def consistent_through() -> datetime:
    """All that was stored up to then can be read. One at a time stores statements, so the newest that is there is one
    such moment; where nothing has come for a while, so is a moment ago."""
    newest = db.session.scalar(sa.select(sa.func.max(Statement.stored_at)))
    a_moment_ago = clock.utcnow() - SETTLED
    return max(newest, a_moment_ago) if newest else a_moment_ago


def _marked(wanted: tuple[str, ...]) -> sa.Select[Any]:
    """All of the marks must come from one statement: itself, or one that it refers to."""
    first = sa.orm.aliased(StatementMark)
    found = sa.select(first.statement_id).where(first.mark == wanted[0])
    for mark in wanted[1:]:
        other = sa.orm.aliased(StatementMark)
        both = (other.statement_id == first.statement_id, other.via_id == first.via_id, other.mark == mark)
        found = found.where(sa.exists().where(*both))
    return found


def _visible(viewer: Member) -> sa.ColumnElement[bool]:
    if "council" in viewer.roles:
        return sa.true()
    about = StatementMark.via_id == StatementMark.statement_id
    theirs = sa.select(StatementMark.statement_id).where(among(StatementMark.mark, _own_marks(viewer)), about)
    return sa.or_(Statement.member_id == viewer.id, Statement.id.in_(theirs))


def _own_marks(viewer: Member) -> list[str]:
    """By the addresses and accounts that are proven theirs."""
    names = []
    own = sa.select(Account.issuer, Account.subject, Account.email, Account.email_verified)
    for row in db.session.execute(own.where(Account.member_id == viewer.id)):
        names.append(f"account {row.issuer} {row.subject}")
        if row.email and row.email_verified:
            box, _at, host = row.email.rpartition("@")
            names.append(f"mbox {box}@{host.lower()}")
            names.append(f"mbox_sha1sum {hashlib.sha1(f'mailto:{row.email}'.encode(), usedforsecurity=False).hexdigest()}")
    return [marks.digest(marks.DOER, name) for name in names]
