"""Thanks first, a question later, and nothing after that. By the roll of everybody, slice by slice: what is written down
about such a job tells of nobody."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.activities import audience
from recognition.activities.models import Activity
from recognition.activities.rules import INTERNAL_KINDS
from recognition.announcements.services import Message, settle, tell
from recognition.badges.words import names_of_refs
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Account, Member
from recognition.quiet import queries
from recognition.quiet.models import QuietNote
from recognition.quiet.question import path_of
from recognition.quiet.rules import Terms, may_ask_at

WORDS_MAX_CHARS = 160
OPEN = (QuietNote.answer.is_(None), QuietNote.closed_at.is_(None))


def follow_slice(after: int, now: datetime) -> int | None:
    """Of everybody behind this member's id: whoever was seen again, is away, or was asked long ago has no note open any
    more; whoever was thanked a week ago is asked. Where to go on, None at the end."""
    terms = queries.terms()
    ids = audience.next_slice(after, ("active", "away", "alumni", "suspended"))
    if not terms.is_on or not ids:
        return None
    mine = sa.select(QuietNote, Member.state).join(Member, Member.id == QuietNote.member_id)
    rows = db.session.execute(mine.where(QuietNote.member_id.between(ids[0], ids[-1]), *OPEN).order_by(QuietNote.id)).all()
    notes = {row.QuietNote.member_id: row.QuietNote for row in rows}
    seen = set(audience.meeting(dict(terms.seen), list(notes), now)) if notes else set()
    gone = {row.QuietNote.member_id for row in rows if row.state != "active"}
    lapsed = {who for who, note in notes.items() if note.thanked_at <= now - timedelta(days=terms.again_days)}
    over = seen | gone | lapsed
    close([notes[who].id for who in sorted(over)], now)
    due = [note.id for who, note in notes.items() if who not in over and _is_due(note, terms, now)]
    _ask(due, now)
    return ids[-1]


def _is_due(note: QuietNote, terms: Terms, now: datetime) -> bool:
    return note.asked_at is None and may_ask_at(note.thanked_at, terms) <= now


def close(note_ids: Sequence[int], now: datetime) -> None:
    """There is nothing left to ask; a mail that was to go does not go."""
    if not note_ids:
        return
    over = sa.update(QuietNote).where(among(QuietNote.id, note_ids), *OPEN).values(closed_at=now)
    db.session.execute(over, execution_options={"synchronize_session": False})
    settle([question_key(one) for one in note_ids], now)


def close_of(member_id: int, now: datetime) -> None:
    close(db.session.scalars(sa.select(QuietNote.id).where(QuietNote.member_id == member_id, *OPEN)).all(), now)


def _ask(note_ids: Sequence[int], now: datetime) -> None:
    if not note_ids:
        return
    mine = sa.update(QuietNote).where(among(QuietNote.id, note_ids), QuietNote.asked_at.is_(None), *OPEN).values(asked_at=now)
    asked = db.session.execute(
        mine.returning(QuietNote.id, QuietNote.member_id), execution_options={"synchronize_session": False}
    )
    tell([Message(row.member_id, "quiet.question", question_key(row.id), path_of(row.id)) for row in asked], now)


def thank_slice(after: int, now: datetime) -> int | None:
    """The quiet ones of the next slice hear a thank you for something that they really did. Where to go on, None at the end.
    Whoever never signed in hears nothing here, and is not asked."""
    terms = queries.terms()
    ids = audience.next_slice(after, ("active",))
    if not terms.is_on or not ids:
        return None
    lately = sa.exists().where(QuietNote.member_id == Member.id, QuietNote.thanked_at > now - timedelta(days=terms.again_days))
    has_open = sa.exists().where(QuietNote.member_id == Member.id, *OPEN)
    signs_in = sa.exists().where(Account.member_id == Member.id)
    wanted = sa.select(Member.id).where(among(Member.id, ids), Member.joined_at <= now - timedelta(days=terms.grace_days))
    asked_of = list(db.session.scalars(wanted.where(~lately, ~has_open, signs_in).order_by(Member.id)))
    seen = set(audience.meeting(dict(terms.seen), asked_of, now))
    quiet = [who for who in asked_of if who not in seen]
    rows = [{"member_id": who, "rule_version": terms.version, "thanked_at": now} for who in quiet]
    table = QuietNote.__table__
    new = insert_new(table, rows, table.c.id, table.c.member_id)
    words = _done([row.member_id for row in new])
    tell([_thanks(row.member_id, row.id, words.get(row.member_id)) for row in new], now)
    return ids[-1]


def _thanks(member_id: int, note_id: int, done: tuple[str, str] | None) -> Message:
    sort, words = done or ("", "")
    kind, data = {
        "deed": ("quiet.thanks", {"words": words}),
        "quest": ("quiet.thanks.quest", {"quest": words}),
        "": ("quiet.thanks.plain", {}),
    }[sort]
    return Message(member_id, kind, f"quiet.thanks:{note_id}", "/me", data)


def _done(member_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """By member, something they did: the newest deed in words, or else the newest quest that they finished. What they keep
    to themselves is not written into a mail."""
    told = _newest(Activity.kind.not_in(INTERNAL_KINDS), Activity.text != "", Activity.visibility != "me")
    found = {row.member_id: ("deed", row.text[:WORDS_MAX_CHARS]) for row in _of(told, member_ids)}
    rest = [who for who in member_ids if who not in found]
    walked = {row.member_id: row.object for row in _of(_newest(Activity.kind == "quest.finished"), rest) if row.object}
    names = names_of_refs(walked.values())
    return found | {who: ("quest", names[thing]) for who, thing in walked.items() if thing in names}


def _newest(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    newest = sa.func.row_number().over(partition_by=Activity.member_id, order_by=Activity.occurred_at.desc()).label("place")
    there = (Activity.withdrawn_at.is_(None), *conditions)
    return sa.select(Activity.member_id, Activity.text, Activity.object, newest).where(*there)


def _of(rows: sa.Select[Any], member_ids: Sequence[int]) -> Sequence[sa.Row[Any]]:
    if not member_ids:
        return []
    ranked = rows.where(among(Activity.member_id, member_ids)).subquery()
    return db.session.execute(sa.select(ranked).where(ranked.c.place == 1)).all()


def question_key(note_id: int) -> str:
    return f"quiet.question:{note_id}"
