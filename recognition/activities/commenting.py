"""A word to somebody's deed. Members read it, as far as they may see the deed; guests read none."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities.models import Activity, Comment
from recognition.activities.policy import can_comment
from recognition.activities.queries import is_visible
from recognition.activities.rules import COMMENT_MAX_CHARS, COMMENTS_A_DAY, BadReport, NotCommented, clean_text
from recognition.announcements.services import Message, untell
from recognition.announcements.services import tell as notify
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView, visible_fields
from recognition.web.pagination import Page, decode, page

PAGE_COMMENTS = 20
KEY_MAX_CHARS = 100
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Said:
    """`is_hidden`: taken down after a report, and there for whoever wrote it."""

    id: int
    who: ProfileView
    text: str
    said_at: datetime
    is_hidden: bool


def comment(activity_id: int, member_id: int, text: str, nonce: str, now: datetime) -> int:
    """The same nonce of the same member is the same comment. Raises NotCommented, with a sentence for them."""
    member = db.session.get_one(Member, member_id)
    # Held, so that it is not corrected meanwhile, which takes along what was said by then.
    held: Any = {"read": True, "key_share": True}
    deed = db.session.get(Activity, activity_id, with_for_update=held, populate_existing=True)
    if deed is None or not is_visible(activity_id, member) or not can_comment(member, deed):
        raise NotCommented(_("This deed is not here any more, or not for you to see."))
    said, key = _checked(text), f"{member_id}:{nonce}"[:KEY_MAX_CHARS]
    known = db.session.scalar(sa.select(Comment).where(Comment.nonce == key))
    if known is None and _said_lately(member_id, now) >= COMMENTS_A_DAY:
        raise NotCommented(_("That was a lot of talk for one day. There is room for more tomorrow; your words are still here."))
    table: Any = Comment.__table__
    row = {"activity_id": activity_id, "member_id": member_id, "nonce": key, "text": said, "said_at": now}
    new = insert_new(table, [row], table.c.id) if known is None else []
    kept = known or db.session.scalars(sa.select(Comment).where(Comment.nonce == key)).one()
    if kept.activity_id != activity_id:
        raise NotCommented(_("This page was open for another deed. Please send it again from here."))
    if new and deed.member_id != member_id:
        told = {"person": member_id, "words": said}
        path = f"/activities/{activity_id}#comment-{kept.id}"
        notify([Message(deed.member_id, "deed.comment", notice_key(kept.id), path, told)], now)
    return kept.id


def take_back(comment_id: int, member_id: int, now: datetime) -> int | None:
    """By whoever said it; the deed that it was about. None: there is no such thing, or not any more."""
    own = (Comment.id == comment_id, Comment.member_id == member_id, Comment.removed_at.is_(None))
    # The words go too: they were taken back.
    change = sa.update(Comment).where(*own).values(removed_at=now, text="").returning(Comment.activity_id)
    activity_id: int | None = db.session.scalar(change, execution_options={"synchronize_session": False})
    if activity_id is not None:
        untell([notice_key(comment_id)])
    return activity_id


def of_deed(activity_id: int, viewer: Member | None, cursor: str | None = None, size: int = PAGE_COMMENTS) -> Page[Said]:
    """Of a deed that this reader may see, newest first."""
    last = decode(cursor, (int,))
    if viewer is None:
        return Page([], None)
    wanted = sa.select(Comment, Member).join(Member, Member.id == Comment.member_id).where(Comment.activity_id == activity_id)
    wanted = wanted.where(*shown(viewer.id)).order_by(Comment.id.desc())
    if last:
        wanted = wanted.where(Comment.id < last[0])
    found = page(db.session.execute(wanted.limit(size + 1)).all(), size, lambda row: [row[0].id])
    said = [
        Said(row.id, visible_fields(who, viewer), row.text, row.said_at, row.hidden_at is not None) for row, who in found.items
    ]
    return Page(said, found.next_cursor)


def shown(viewer_id: int) -> list[sa.ColumnElement[bool]]:
    """On `comment` joined with whoever wrote it."""
    own = Comment.member_id == viewer_id
    return [Comment.removed_at.is_(None), Member.state != "suspended", sa.or_(Comment.hidden_at.is_(None), own)]


def carry(from_id: int, to_id: int) -> None:
    """What was said about a deed is said about it as it was corrected."""
    change = sa.update(Comment).where(Comment.activity_id == from_id).values(activity_id=to_id)
    db.session.execute(change, execution_options={"synchronize_session": "fetch"})


def notice_key(comment_id: int) -> str:
    return f"comment:{comment_id}"


def _said_lately(member_id: int, now: datetime) -> int:
    lately = sa.select(sa.func.count()).where(Comment.member_id == member_id, Comment.said_at > now - DAY)
    return db.session.scalar(lately) or 0


def _checked(text: str) -> str:
    try:
        said = clean_text(text.replace("\r\n", "\n"), "text", COMMENT_MAX_CHARS)
    except BadReport:
        fault = _("Up to %(max)s characters fit, of signs that can be shown. It is all still here.", max=COMMENT_MAX_CHARS)
        raise NotCommented(fault) from None
    if not said:
        raise NotCommented(_("A few words, please: what would you like to say about it?"))
    return said
