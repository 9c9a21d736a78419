"""Talk about entries. Nothing here tells who voted, but that somebody who speaks while the vote runs has done so, which the
page says beside the box."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities.rules import BadReport, clean_text
from recognition.announcements.models import Notice
from recognition.announcements.services import Message, tell, untell
from recognition.contests.models.contest import Contest
from recognition.contests.models.entry import IN, Author, Entry, Remark
from recognition.contests.remarks import access, takes_remarks
from recognition.contests.rules import REMARK_MAX, BadEntry, NotAllowed, WrongPhase
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member

KEY_MAX = 40


def say(contest: Contest, entry: Entry, member_id: int, text: str, key: str, now: datetime) -> Remark:
    """The same key from the same member is the same remark. Raises WrongPhase, NotAllowed, BadEntry."""
    may = access(contest, member_id, now)
    if not may.is_open:
        raise WrongPhase(may.shut)
    if not takes_remarks(entry):
        raise NotAllowed(_("Nothing more is said about this entry for now."))
    table: Any = Remark.__table__
    row = {"entry_id": entry.id, "member_id": member_id, "key": key[:KEY_MAX], "text": _checked(text), "at": now,
           "hidden_reason": ""}  # fmt: skip
    new = insert_new(table, [row], table.c.id)
    said = db.session.scalars(sa.select(Remark).where(Remark.member_id == member_id, Remark.key == row["key"])).one()
    if said.entry_id != entry.id:
        raise BadEntry({"text": _("This page was open for another entry. Please send it again from here.")})
    if new:
        _tell_authors(contest, entry, said, now)
    return said


def take_back(entry: Entry, remark_id: int, member_id: int) -> bool:
    """By whoever said it. False where there is no such thing, or not any more."""
    own = sa.select(Remark).where(Remark.id == remark_id, Remark.entry_id == entry.id, Remark.member_id == member_id)
    said = db.session.scalar(own.with_for_update())
    if said is None:
        return False
    untell([_notice_key(said.id, one) for one in _author_ids(entry)])
    db.session.delete(said)
    db.session.flush()
    return True


def hush(remark: Remark, entry: Entry) -> None:
    """A hidden remark is no news for anybody any more."""
    untell([_notice_key(remark.id, one) for one in _author_ids(entry)])


def tell_at_close(contest: Contest, now: datetime) -> None:
    """Once all may read: to authors about whose entry something was said that they could not hear of before."""
    known = sa.literal("remark:") + sa.cast(Remark.id, sa.String) + ":" + sa.cast(Author.member_id, sa.String)
    heard = sa.exists().where(Notice.key == known)
    wanted = (
        sa.select(Entry.id, Entry.key, Entry.title, Author.member_id)
        .join(Author, sa.and_(Author.entry_id == Entry.id, Author.state == IN))
        .join(Remark, sa.and_(Remark.entry_id == Entry.id, Remark.member_id != Author.member_id))
        .where(Entry.contest_id == contest.id, Entry.state == IN, Entry.hidden_at.is_(None), Remark.hidden_at.is_(None))
        .where(~heard.correlate(Remark, Author))
        .distinct()
    )
    messages = [
        Message(row.member_id, kind="contest.talk", key=f"talk:{row.id}:{row.member_id}", path=_path(contest, row.key),
                data={"entry": row.title or contest.title})
        for row in db.session.execute(wanted)
    ]  # fmt: skip
    tell(messages, now)


def _tell_authors(contest: Contest, entry: Entry, said: Remark, now: datetime) -> None:
    """Those who may read it. The others hear at the close that something was said: by whom would tell them who voted."""
    wanted = sa.select(Member.id).where(
        Member.id.in_(_author_ids(entry)), Member.state != "suspended", Member.id != said.member_id
    )
    told = [one for one in db.session.scalars(wanted) if access(contest, one, now).is_open]
    data = {"entry": entry.title or contest.title, "words": said.text, "person": said.member_id}
    messages = [
        Message(one, kind="contest.remark", key=_notice_key(said.id, one), path=_path(contest, entry.key), data=data)
        for one in told
    ]
    tell(messages, now)


def _author_ids(entry: Entry) -> Sequence[int]:
    return [author.member_id for author in entry.authors if author.state == IN]


def _notice_key(remark_id: int, member_id: int) -> str:
    return f"remark:{remark_id}:{member_id}"


def _path(contest: Contest, key: str) -> str:
    return f"/contests/{contest.slug}/entries/{key}/talk"


def _checked(text: str) -> str:
    try:
        said = clean_text(text.replace("\r\n", "\n"), "text", REMARK_MAX)
    except BadReport:
        fault = _("Up to %(max)s characters fit, of signs that can be shown. It is all still here.", max=REMARK_MAX)
        raise BadEntry({"text": fault}) from None
    if not said:
        raise BadEntry({"text": _("A few words, please: what would you like to say about it?")})
    return said
