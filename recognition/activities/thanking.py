"""Thanks from member to member, in words: two facts in the log, one for each, and no points for either."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import changes
from recognition.activities.models import Activity
from recognition.activities.policy import can_thank
from recognition.activities.rules import THANKS_A_DAY, THANKS_MAX_CHARS, BadReport, NotThanked, Report, clean_text
from recognition.activities.services import hold_members, record
from recognition.announcements.services import Message, untell
from recognition.announcements.services import tell as notify
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView, visible_fields
from recognition.refs import Ref
from recognition.web.pagination import Page, decode, page

SOURCE = "thanks"
GIVEN, RECEIVED = "thanks.given", "thanks.received"
PAGE_THANKS = 20


@dataclass(frozen=True)
class Thanks:
    """`other`: who gave them, on the receiver's page, and who got them, on the giver's. `private`: its receiver keeps it
    to themselves."""

    id: int
    words: str
    said_at: datetime
    other: ProfileView
    private: bool


def thank(giver_id: int, receiver_id: int, words: str, now: datetime, key: str) -> int:
    """The id of the receiver's row. The same key from the same giver is the same thanks. Raises NotThanked."""
    hold_members({giver_id})
    known: int | None = db.session.scalar(_row(_key(giver_id, key)))
    if known is not None:
        return known
    giver, receiver = db.session.get_one(Member, giver_id), db.session.get(Member, receiver_id)
    if receiver is None or not can_thank(giver, receiver):
        raise NotThanked(_("These thanks cannot reach anybody. You can thank other members whose page you can see."))
    said = _checked(words)
    if _said_lately(giver_id, now) >= THANKS_A_DAY:
        raise NotThanked(_("So much gratitude in one day! There is room for more tomorrow; your words are still here."))
    outcomes = record(_facts(giver_id, receiver_id, said, now, key), now)
    received = outcomes[1].id
    said_to = {"person": giver_id, "words": said}
    notify([Message(receiver_id, RECEIVED, f"thanks:{received}", f"/members/{receiver.handle}/thanks", said_to)], now)
    return received


def take_back(thanks_id: int, giver_id: int, now: datetime) -> bool:
    """By whoever said it. False where there is no such thing, or not any more."""
    row = _live(thanks_id, Activity.reporter_id == giver_id)
    if row is None:
        return False
    keys = [row.source_key, row.source_key.replace("received:", "given:", 1)]
    wanted = sa.select(Activity.id).where(Activity.source == SOURCE, among(Activity.source_key, keys))
    untell([f"thanks:{thanks_id}"])
    return bool(changes.withdraw(list(db.session.scalars(wanted)), giver_id, "taken back", now))


def set_private(thanks_id: int, receiver_id: int, private: bool, now: datetime) -> bool:
    """Whether the receiver keeps it to themselves. False where there is no such thing."""
    if _live(thanks_id, Activity.member_id == receiver_id) is None:
        return False
    changes.set_visibility(thanks_id, "me" if private else "members", now)
    return True


def received(
    member_id: int,
    viewer: Member | None,
    cursor: str | None = None,
    size: int = PAGE_THANKS,
    days: tuple[int, int] | None = None,
) -> Page[Thanks]:
    """What people thanked this member for, newest first. What the receiver keeps private is for them alone; what came
    from somebody who is gone or suspended is for nobody. `days`: numbers of the first and the last one that is meant."""
    wanted = _with(Activity.reporter_id).where(Activity.member_id == member_id, Member.state != "suspended")
    if days is not None:
        wanted = wanted.where(Activity.occurred_day.between(*days))
    if viewer is None or viewer.id != member_id:
        wanted = wanted.where(Activity.visibility.in_(("public",) if viewer is None else ("public", "members")))
    return _page(wanted, viewer, cursor, size)


def given(member: Member, cursor: str | None = None, size: int = PAGE_THANKS) -> Page[Thanks]:
    """What this member said to others, for themselves."""
    return _page(_with(Activity.member_id).where(Activity.reporter_id == member.id), member, cursor, size)


def _with(other_id: Any) -> sa.Select[Any]:
    live = (Activity.kind == RECEIVED, Activity.withdrawn_at.is_(None))
    wanted: Any = sa.select(Activity, Member)
    found: sa.Select[Any] = wanted.join(Member, Member.id == other_id).where(*live).order_by(Activity.id.desc())
    return found


def _page(wanted: sa.Select[Any], viewer: Member | None, cursor: str | None, size: int) -> Page[Thanks]:
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Activity.id < last[0])
    found = page(db.session.execute(wanted.limit(size + 1)).all(), size, lambda row: [row[0].id])
    shown = [
        Thanks(row.id, row.text, row.occurred_at, visible_fields(other, viewer), row.visibility == "me")
        for row, other in found.items
    ]
    return Page(shown, found.next_cursor)


def _checked(words: str) -> str:
    try:
        said = clean_text(words.replace("\r\n", "\n"), "words", THANKS_MAX_CHARS)
    except BadReport:
        raise NotThanked(
            _("Up to %(max)s characters fit. It is all still here: please shorten it.", max=THANKS_MAX_CHARS)
        ) from None
    if not said:
        raise NotThanked(_("A few words, please: what was it that helped?"))
    return said


def _said_lately(giver_id: int, now: datetime) -> int:
    today = sa.select(sa.func.count()).where(Activity.member_id == giver_id, Activity.kind == GIVEN,
                                             Activity.occurred_day == clock.day_number(now))  # fmt: skip
    return db.session.scalar(today) or 0


def _key(giver_id: int, key: str) -> str:
    return f"received:{giver_id}:{key[:100]}"


def _row(source_key: str) -> sa.Select[Any]:
    return sa.select(Activity.id).where(Activity.source == SOURCE, Activity.source_key == source_key)


def _live(thanks_id: int, own: sa.ColumnElement[bool]) -> Activity | None:
    wanted = sa.select(Activity).where(Activity.id == thanks_id, Activity.kind == RECEIVED, Activity.withdrawn_at.is_(None), own)
    found: Activity | None = db.session.scalar(wanted)
    return found


def _facts(giver_id: int, receiver_id: int, words: str, now: datetime, key: str) -> list[Report]:
    about: dict[str, Any] = {"source": SOURCE, "occurred_at": now, "evidence": 1, "fingerprinted": False}
    received = _key(giver_id, key)
    return [
        Report(giver_id, source_key=received.replace("received:", "given:", 1), kind=GIVEN, kind_label="Said thank you",
               object=str(Ref("member", receiver_id)), **about),
        Report(receiver_id, source_key=received, kind=RECEIVED, kind_label="Was thanked", reporter_id=giver_id, text=words,
               object=str(Ref("member", giver_id)), **about),
    ]  # fmt: skip
