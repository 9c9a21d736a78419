"""Announcements on their way outside: claimed one by one, committed before they leave, tried again less and less often. What
may have arrived is looked for at the other side first, and where that cannot be asked it is left to a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.announcements.channels.piece import Adapter, Piece, Place
from recognition.announcements.services import Message, tell
from recognition.extensions import db
from recognition.news.adapters import ADAPTERS
from recognition.news.models import FAILED, OUT, SENDING, SENT, UNSURE, WAITING, WITHDRAWN, Announcement, Channel, Dispatch
from recognition.news.rules import next_try
from recognition.news.sealing import unseal
from recognition.news.services.moving import STOPPED, edition
from recognition.news.texts import told
from recognition.web.templating import markdown

LEASE = timedelta(minutes=2)
"""Longer than `piece.SECONDS`: whoever was sending is dead by then."""
ERROR_MAX_CHARS = 300
URL_MAX_CHARS = 500


@dataclass(frozen=True)
class Parcel:
    """Ready to go. `is_repeat`: it may be there already. `stands_at` is None where it was never said to have arrived.
    `may_begin` False: it is not to be put there any more, only changed if it is there."""

    dispatch_id: int
    adapter: Adapter
    place: Place
    piece: Piece
    is_repeat: bool
    stands_at: str | None
    may_begin: bool


def waits(now: datetime) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(Dispatch.state.in_((WAITING, SENDING)), Dispatch.due_at <= now))))


def due(now: datetime, limit: int) -> Sequence[int]:
    wanted = sa.select(Dispatch.id).where(Dispatch.state == WAITING, Dispatch.due_at <= now)
    return db.session.scalars(wanted.order_by(Dispatch.due_at, Dispatch.id).limit(limit)).all()


def take_lapsed(now: datetime) -> None:
    """Whoever had these is gone. They may be there: a place that can be asked is asked, any other one is not sent to twice."""
    asked = [one.name for one in ADAPTERS.values() if one.find or one.knows_repeats]
    can_ask = Dispatch.channel.in_(sa.select(Channel.slug).where(Channel.adapter.in_(asked)))
    lapsed = sa.update(Dispatch).where(Dispatch.state == SENDING, Dispatch.due_at <= now)
    state = sa.case((can_ask, WAITING), else_=UNSURE)
    error = "its worker ended in the middle of it"
    db.session.execute(lapsed.values(state=state, due_at=now, error=error), execution_options={"synchronize_session": False})


def begin(dispatch_id: int, now: datetime) -> Parcel | None:
    """Take it, or None: another worker has it, or there is nothing to do. The caller commits before it goes."""
    mine = sa.update(Dispatch).where(Dispatch.id == dispatch_id, Dispatch.state == WAITING, Dispatch.due_at <= now)
    taken = db.session.execute(
        mine.values(state=SENDING, attempts=Dispatch.attempts + 1, due_at=now + LEASE),
        execution_options={"synchronize_session": False},
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        return None
    row = db.session.get_one(Dispatch, dispatch_id, populate_existing=True)
    one = db.session.get_one(Announcement, row.announcement_id, populate_existing=True)
    channel = db.session.scalar(sa.select(Channel).where(Channel.slug == row.channel))
    adapter = ADAPTERS.get(channel.adapter) if channel is not None else None
    if channel is None or adapter is None or (channel.state != "on" and row.sent_at is None):
        _end(row, FAILED, "the channel is switched off" if channel is not None else "the channel is gone")
        _tell_author(row, now)
        return None
    row.edition = edition(one)
    if row.sent_at is not None and adapter.change is None:
        _end(row, SENT, "")
        return None
    return Parcel(
        row.id, adapter, Place(channel.config, unseal(channel.sealed)), piece(one, channel.language, row.key, row.edition),
        row.attempts > 1, row.url if row.sent_at is not None else None, one.state == OUT,
    )  # fmt: skip


def piece(one: Announcement, language: str, key: str, edition_number: int) -> Piece:
    said = told(one, language)
    return Piece(key, edition_number, said.title, said.markdown, str(markdown(said.markdown)), said.url)


def sent(dispatch_id: int, url: str, now: datetime) -> None:
    """Once more, where the text was changed while it was on its way. The announcement is held first, as whoever changes it
    does, so that no change is missed."""
    of = sa.select(Announcement).join(Dispatch, Dispatch.announcement_id == Announcement.id).where(Dispatch.id == dispatch_id)
    held = of.with_for_update(of=Announcement).execution_options(populate_existing=True)
    one = db.session.scalars(held).one()
    row = db.session.get_one(Dispatch, dispatch_id, with_for_update=True, populate_existing=True)
    row.url, row.sent_at, row.error = (url or row.url)[:URL_MAX_CHARS], row.sent_at or now, ""
    if edition(one) > row.edition:
        row.state, row.edition, row.attempts, row.due_at = WAITING, edition(one), 0, now
    else:
        row.state = SENT


def not_now(dispatch_id: int, error: str, now: datetime) -> None:
    row = db.session.get_one(Dispatch, dispatch_id, with_for_update=True, populate_existing=True)
    wait = next_try(row.attempts)
    if wait is None:
        refused(dispatch_id, error, now)
    else:
        row.state, row.due_at, row.error = WAITING, now + wait, error[:ERROR_MAX_CHARS]


def unsure(dispatch_id: int, error: str, now: datetime) -> None:
    """Asked there before it is sent again; where that is not possible, a person decides."""
    row = db.session.get_one(Dispatch, dispatch_id, with_for_update=True, populate_existing=True)
    adapter = ADAPTERS.get(db.session.scalar(sa.select(Channel.adapter).where(Channel.slug == row.channel)) or "")
    if adapter is not None and (adapter.find or adapter.knows_repeats):
        not_now(dispatch_id, error, now)
    else:
        _end(row, UNSURE, error)
        _tell_author(row, now)


def refused(dispatch_id: int, error: str, now: datetime) -> None:
    row = db.session.get_one(Dispatch, dispatch_id, with_for_update=True, populate_existing=True)
    _end(row, FAILED, error)
    _tell_author(row, now)


def stopped(parcel: Parcel) -> None:
    """It was withdrawn, and need not go. Where it may be there and nobody can ask, a person looks."""
    row = db.session.get_one(Dispatch, parcel.dispatch_id, with_for_update=True, populate_existing=True)
    if parcel.is_repeat and parcel.adapter.find is None:
        _end(row, UNSURE, "it was withdrawn, and may stand there")
    else:
        _end(row, FAILED, STOPPED)


def _end(row: Dispatch, state: str, error: str) -> None:
    row.state, row.error = state, error[:ERROR_MAX_CHARS]


def _tell_author(row: Dispatch, now: datetime) -> None:
    one = db.session.get_one(Announcement, row.announcement_id)
    if one.author_id is None or one.state == WITHDRAWN:
        return
    name = db.session.scalar(sa.select(Channel.name).where(Channel.slug == row.channel)) or row.channel
    data = {"title": one.texts[0].title, "channel": name}
    key = f"news.failed:{row.id}:{now.isoformat()}"
    tell([Message(one.author_id, "news.failed", key, f"/council/news/{one.slug}/", data)], now)
