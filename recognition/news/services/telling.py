"""Each member is told once, by a notice; how it reaches their mailbox is their own wish."""

from datetime import datetime

import sqlalchemy as sa

from recognition.activities.audience import HERE, meeting, next_slice
from recognition.announcements.models import MailWish, Notice
from recognition.announcements.services import Message, settle, tell, untell
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.news.models import OUT, Announcement
from recognition.news.texts import text_in, titled


def hand_slice(announcement_id: int, now: datetime) -> bool:
    """Tell the next slice of members whom it is for. False: all are told, or it was stopped. The place is moved in the same
    transaction, and only from where it was: of two workers one tells the slice."""
    held = sa.select(Announcement).where(Announcement.id == announcement_id).with_for_update()
    one = db.session.scalar(held.execution_options(populate_existing=True))
    if one is None or one.state != OUT or one.cursor is None:
        return False
    ids = next_slice(one.cursor)
    told = _told_before(one.id, ids)
    meant = [member_id for member_id in meeting(one.audience, ids, now) if member_id not in told]
    tell([_message(one, member_id, language) for member_id, language in _languages(meant).items()], now)
    one.told_count += len(meant)
    one.cursor = ids[-1] if ids else None
    return bool(ids)


def _told_before(announcement_id: int, members: list[int]) -> set[int]:
    """Those who were told as a row that became theirs since."""
    into = {key_of(announcement_id, former): member_id for former, member_id in _former(members)}
    return {into[key] for key in db.session.scalars(sa.select(Notice.key).where(among(Notice.key, into)))} if into else set()


def _former(members: list[int]) -> list[tuple[int, int]]:
    """Rows that were joined to one of these, each with that one."""
    rows = db.session.execute(sa.select(Member.id, Member.merged_into_id).where(among(Member.merged_into_id, members)))
    return [(row.id, row.merged_into_id) for row in rows]


def key_of(announcement_id: int, member_id: int) -> str:
    return f"news:{announcement_id}:{member_id}"


def _message(one: Announcement, member_id: int, language: str) -> Message:
    data = {"id": one.id, "title": titled(one, text_in(one, language).title)}
    return Message(member_id, "news", key_of(one.id, member_id), f"/news/{one.slug}", data, topic=one.topic or "news")


def _languages(members: list[int]) -> dict[int, str]:
    rows = db.session.execute(sa.select(MailWish.member_id, MailWish.language).where(among(MailWish.member_id, members)))
    wished = {row.member_id: row.language for row in rows}
    return {member_id: wished.get(member_id, "") for member_id in members}


def preview(one: Announcement, member_id: int, now: datetime) -> None:
    """To whoever writes it, as it will come to the others; another one for each time they ask."""
    data = {"id": one.id, "title": titled(one, one.texts[0].title)}
    key = f"news.preview:{one.id}:{member_id}:{now.isoformat()}"
    tell([Message(member_id, "news.preview", key, f"/council/news/{one.slug}/", data)], now)


def take_back_slice(announcement_id: int, after: int, now: datetime) -> int | None:
    """It was withdrawn: whoever has not read it yet need not, and no mail of it begins; also of those who were suspended or
    became one with somebody since. Where to go on, None at the end."""
    ids = next_slice(after, (*HERE, "suspended"))
    keys = [key_of(announcement_id, member_id) for member_id in (*ids, *(former for former, _into in _former(ids)))]
    untell(keys, heard=False)
    settle(keys, now)
    return ids[-1] if ids else None


def count(since: datetime) -> None:
    """How many of what went out since then was mailed and read: numbers only, for all of them in one walk."""
    read = sa.select(Notice.path, sa.func.count(Notice.mailed_at), sa.func.count(Notice.read_at))
    rows = db.session.execute(read.where(Notice.kind == "news", Notice.created_at >= since).group_by(Notice.path))
    for path, mailed, opened in rows.all():
        one = sa.update(Announcement).where(Announcement.slug == path.removeprefix("/news/"), Announcement.out_at >= since)
        changed = one.where(sa.or_(Announcement.mailed_count != mailed, Announcement.read_count != opened))
        db.session.execute(
            changed.values(mailed_count=mailed, read_count=opened), execution_options={"synchronize_session": False}
        )
