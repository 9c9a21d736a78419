"""Telling members something, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.announcements.models import Notice
from recognition.database import among, insert_new
from recognition.extensions import db


@dataclass(frozen=True)
class Message:
    """`kind` is a key of `announcements.words.SENTENCES`, which names what `data` must hold; `key` makes it unique for
    ever; `topic`: by what rhythm of the member's it goes by mail."""

    member_id: int
    kind: str
    key: str
    path: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    topic: str = "mine"


def tell(messages: Sequence[Message], now: datetime) -> None:
    """In the caller's transaction; what was told before under the same key is not told again."""
    rows = [
        {
            "member_id": one.member_id,
            "kind": one.kind,
            "key": one.key,
            "path": one.path,
            "data": dict(one.data),
            "topic": one.topic,
            "created_at": now,
        }
        for one in messages
    ]
    insert_new(Notice.__table__, sorted(rows, key=lambda row: str(row["key"])))


def open_notice(member_id: int, notice_id: int, now: datetime) -> Notice | None:
    """Mark it as read. None when the member has no such notice."""
    notice: Notice | None = db.session.scalar(sa.select(Notice).where(Notice.id == notice_id, Notice.member_id == member_id))
    if notice is not None and notice.read_at is None:
        notice.read_at = now
    return notice


def read_until(member_id: int, notice_id: int, now: datetime) -> None:
    """All up to this one: what came since the page was shown stays new."""
    unread = (Notice.member_id == member_id, Notice.id <= notice_id, Notice.read_at.is_(None))
    hold(*unread)
    change = sa.update(Notice).where(*unread).values(read_at=now)
    db.session.execute(change, execution_options={"synchronize_session": False})


def settle(keys: Sequence[str], now: datetime) -> None:
    """What these notices ask for is done: they are news no more, and no mail of them needs to go."""
    done = (among(Notice.key, keys), Notice.read_at.is_(None))
    hold(*done)
    change = sa.update(Notice).where(*done).values(read_at=now)
    db.session.execute(change, execution_options={"synchronize_session": False})


def untell(keys: Sequence[str], heard: bool = True) -> None:
    """What was said is taken back: the notices go, and with them a mail that has not left yet. `heard` False: only where
    nobody read it and no mail was begun, so that whoever says it and takes it back, again and again, is heard once."""
    if not keys:
        return
    which = [among(Notice.key, keys)]
    if not heard:
        which += [Notice.read_at.is_(None), Notice.gathered_at.is_(None)]
    hold(*which)
    db.session.execute(sa.delete(Notice).where(*which), execution_options={"synchronize_session": False})


def hold(*which: sa.ColumnElement[bool]) -> None:
    """In one order, so that two who change several notices wait for each other and never both."""
    db.session.execute(sa.select(Notice.id).where(*which).order_by(Notice.id).with_for_update())
