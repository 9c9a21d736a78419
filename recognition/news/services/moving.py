"""From paper to the world, and back as far as that goes. Each move holds the row it moves, so that of two people, or of a
person and the clock, one does it and the other is told."""

from datetime import datetime
from secrets import token_hex
from typing import Any  # Any: a statement of either sort

import sqlalchemy as sa

from recognition.audit import services as audit
from recognition.audit.changes import between
from recognition.database import insert_new, moment
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.news.models import DRAFT, FAILED, OUT, PLANNED, SENT, UNSURE, WAITING, WITHDRAWN, Announcement, Dispatch
from recognition.news.queries import named
from recognition.news.rules import MEMBERS, NOTE_MAX, Text, WrongState
from recognition.news.services.writing import put_texts, told
from recognition.refs import Ref

STOPPED = "stopped before it left"
STOPPED_AMID = "stopped between two tries; it may stand there"


def plan(slug: str, at: datetime, actor_id: int | None) -> Announcement:
    """It goes out by itself then; a moment that has passed means now. Raises WrongState."""
    one = _held(slug, DRAFT)
    one.state, one.send_at = PLANNED, at
    audit.record("news.planned", Ref("news", one.slug), actor_id, after={"at": at.isoformat(timespec="minutes")})
    # Looked for again at that very moment, not half a minute later.
    ledger.defer("news.going_out", dedupe_key=f"news.going_out:{one.id}:{at.isoformat()}", run_after=max(at, moment()))
    return one


def stop(slug: str, actor_id: int | None) -> Announcement:
    """What has not left yet stays here: a planned one is a draft again, of one that is out the rest. Raises WrongState."""
    one = _held(slug, PLANNED, OUT)
    if one.state == PLANNED:
        one.state, one.send_at = DRAFT, None
    else:
        one.cursor = None
        _hold_back(one.id)
        begun = (Dispatch.announcement_id == one.id, Dispatch.state == WAITING, Dispatch.sent_at.is_(None))
        _change(sa.update(Dispatch).where(*begun).values(state=UNSURE, error=STOPPED_AMID))
    audit.record("news.stopped", Ref("news", one.slug), actor_id)
    return one


def _hold_back(announcement_id: int) -> None:
    """Only what was never begun: anything else may have arrived."""
    unsent = (Dispatch.announcement_id == announcement_id, Dispatch.state == WAITING, Dispatch.sent_at.is_(None))
    _change(sa.update(Dispatch).where(*unsent, Dispatch.attempts == 0).values(state=FAILED, error=STOPPED))


def go_out(announcement_id: int, now: datetime) -> bool:
    """Its texts are public and its channels have a row each, in one step. False: somebody did it, or stopped it."""
    mine = sa.update(Announcement).where(
        Announcement.id == announcement_id, Announcement.state == PLANNED, Announcement.send_at <= now
    )  # fmt: skip
    out = mine.values(state=OUT, out_at=now).returning(Announcement.channels)
    channels = db.session.scalar(out, execution_options={"synchronize_session": False})
    if channels is None:
        return False
    if MEMBERS in channels:
        begin = sa.update(Announcement).where(Announcement.id == announcement_id).values(cursor=0)
        db.session.execute(begin, execution_options={"synchronize_session": False})
        hand_out_later(announcement_id)
    rows = [_row(announcement_id, slug, now) for slug in named(channels)]
    insert_new(Dispatch.__table__, rows)
    if rows:
        ledger.ring("news.dispatch")
    return True


def _row(announcement_id: int, channel: str, now: datetime) -> dict[str, object]:
    return {"announcement_id": announcement_id, "channel": channel, "key": f"news-{token_hex(12)}", "edition": 0,
            "state": WAITING, "attempts": 0, "due_at": now, "url": "", "error": ""}  # fmt: skip


def hand_out_later(announcement_id: int) -> None:
    ledger.defer("news.hand_out", dedupe_key=f"news.hand_out:{announcement_id}", announcement_id=announcement_id)


def correct(
    slug: str, texts: tuple[Text, ...], note: str, now: datetime, actor_id: int | None, seen_at: datetime | None = None
) -> Announcement:
    """Everybody sees that it was corrected, and how. Whoever was told is not told again. `seen_at`: its `changed_at` as its
    author saw it, so that of two who press at once, or of two presses, one counts. Raises WrongState."""
    one = _held(slug, OUT)
    if seen_at is not None and one.changed_at != seen_at:
        raise WrongState(one.state)
    before = told(one)
    put_texts(one, texts)
    one.corrections = [*one.corrections, {"at": now.isoformat(timespec="seconds"), "note": note[:NOTE_MAX]}]
    one.changed_at = now
    db.session.flush()
    _tell_anew(one, now)
    was, became = between(before, told(one))
    audit.record("news.corrected", Ref("news", one.slug), actor_id, was, became | {"reason": one.corrections[-1]["note"]})
    return one


def withdraw(slug: str, reason: str, now: datetime, actor_id: int | None) -> Announcement:
    """It stands no longer, and its page says why. Raises WrongState."""
    one = _held(slug, OUT)
    one.state, one.withdrawn_reason, one.cursor, one.changed_at = WITHDRAWN, reason[:NOTE_MAX], None, now
    db.session.flush()
    _hold_back(one.id)
    _tell_anew(one, now)
    # Where it may stand is looked at once more: it is changed there, and not begun any more.
    perhaps = (Dispatch.announcement_id == one.id, Dispatch.state == UNSURE, Dispatch.sent_at.is_(None))
    _change(sa.update(Dispatch).where(*perhaps).values(state=WAITING, attempts=1, due_at=now))
    ledger.defer("news.take_back", dedupe_key=f"news.take_back:{one.id}:0", announcement_id=one.id, after=0)
    audit.record("news.withdrawn", Ref("news", one.slug), actor_id, after={"reason": one.withdrawn_reason})
    return one


def edition(one: Announcement) -> int:
    return len(one.corrections) + (one.state == WITHDRAWN)


def _tell_anew(one: Announcement, now: datetime) -> None:
    """Where it stands already the text is changed; what is on its way is looked at when it has arrived."""
    there = sa.update(Dispatch).where(Dispatch.announcement_id == one.id, Dispatch.state == SENT)
    _change(there.values(state=WAITING, edition=edition(one), attempts=0, due_at=now, error=""))
    ledger.ring("news.dispatch")


def send_again(slug: str, channel: str, now: datetime, actor_id: int | None) -> bool:
    """What failed, or may have failed, once more, because a person says so. False: it is not in such a state any more."""
    which = sa.select(Announcement.id).where(Announcement.slug == slug, Announcement.state == OUT).scalar_subquery()
    mine = sa.update(Dispatch).where(
        Dispatch.announcement_id == which, Dispatch.channel == channel, Dispatch.state.in_((FAILED, UNSURE))
    )  # fmt: skip
    again = mine.values(state=WAITING, attempts=sa.case((Dispatch.attempts > 0, 1), else_=0), due_at=now, error="")
    if not _change(again):
        return False
    audit.record("news.sent_again", Ref("news", slug), actor_id, after={"channel": channel})
    ledger.ring("news.dispatch")
    return True


def found_there(slug: str, channel: str, now: datetime, actor_id: int | None) -> bool:
    """It may have arrived, and a person looked: it stands there. False: nobody asks that any more. Raises WrongState."""
    one = _held(slug, OUT)
    mine = sa.update(Dispatch).where(
        Dispatch.announcement_id == one.id, Dispatch.channel == channel, Dispatch.state == UNSURE
    )  # fmt: skip
    # What was corrected in between is changed there.
    state = sa.case((Dispatch.edition < edition(one), WAITING), else_=SENT)
    if not _change(mine.values(state=state, sent_at=sa.func.coalesce(Dispatch.sent_at, now), attempts=0, due_at=now, error="")):
        return False
    audit.record("news.found_there", Ref("news", slug), actor_id, after={"channel": channel})
    ledger.ring("news.dispatch")
    return True


def _change(statement: Any) -> int:
    return int(db.session.execute(statement, execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]


def _held(slug: str, *states: str) -> Announcement:
    held = sa.select(Announcement).where(Announcement.slug == slug).with_for_update().execution_options(populate_existing=True)
    one: Announcement | None = db.session.scalar(held)
    if one is None or one.state not in states:
        raise WrongState(one.state if one else "gone")
    return one
