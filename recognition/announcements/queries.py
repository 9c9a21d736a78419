"""Notices of one member, as that member reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from recognition.announcements.models import Notice
from recognition.announcements.words import ONLY_BY_MAIL, PERSON, sentence
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import profiles
from recognition.web import numbers
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

PURPOSE = "notice"
COUNTED_MAX = 9
"""Nobody needs to know whether it is 11 or 300."""


@dataclass(frozen=True)
class NoticeLine:
    """`path`: where it leads on this site, or empty."""

    id: int
    words: str
    path: str
    created_at: datetime
    is_new: bool

    @property
    def number(self) -> int:
        """As it stands in addresses."""
        return shown(self.id)


def shown(notice_id: int) -> int:
    """Some notices go only to who has not answered or voted yet; the numbers of one's own do not tell how many."""
    return numbers.shown(PURPOSE, notice_id)


def meant(number: int) -> int:
    return numbers.meant(PURPOSE, number)


def unread_words(member_id: int) -> str:
    """How many are new: "", "3", "9+". Reads the index of unread ones, and never more than ten of them."""
    some = sa.select(Notice.id).where(Notice.member_id == member_id, Notice.read_at.is_(None)).limit(COUNTED_MAX + 1)
    number = db.session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0
    return f"{COUNTED_MAX}+" if number > COUNTED_MAX else str(number or "")


def notices_page(reader: Member, cursor: str | None, size: int = PAGE_SIZE) -> Page[NoticeLine]:
    """Unread ones first, then those that were read; each newest first."""
    after = decode(cursor, (bool, int))
    below = meant(after[1]) if after and 0 <= after[1] <= numbers.MOST else None
    rows: list[Notice] = []
    if after is None or not after[0]:
        rows += _part(reader.id, False, below, size + 1)
    if len(rows) <= size:
        rows += _part(reader.id, True, below if after and after[0] else None, size + 1 - len(rows))
    found = page(rows, size, lambda notice: (notice.read_at is not None, shown(notice.id)))
    return Page(lines(found.items, reader), found.next_cursor)


def _part(member_id: int, was_read: bool, below: int | None, limit: int) -> list[Notice]:
    is_read = Notice.read_at.is_not(None) if was_read else Notice.read_at.is_(None)
    wanted = sa.select(Notice).where(Notice.member_id == member_id, is_read, Notice.kind.not_in(ONLY_BY_MAIL))
    if below is not None:
        wanted = wanted.where(Notice.id < below)
    return list(db.session.scalars(wanted.order_by(Notice.id.desc()).limit(limit)))


def lines(found: Iterable[Notice], reader: Member) -> list[NoticeLine]:
    """In words; names of people as this reader may see them today."""
    notices = list(found)
    ids = [notice.data[PERSON] for notice in notices if isinstance(notice.data.get(PERSON), int)]
    today = _meant(ids)
    known = {one.id: one.called for one in profiles(list(today.values()), reader).values() if one.state != "suspended"}
    people = {id_: known[person_id] for id_, person_id in today.items() if person_id in known}
    return [
        NoticeLine(
            id=notice.id,
            words=sentence(notice.kind, notice.data, people),
            path=local(notice.path),
            created_at=notice.created_at,
            is_new=notice.read_at is None,
        )
        for notice in notices
    ]


def _meant(ids: list[int]) -> dict[int, int]:
    """Whom these rows stand for today: one that was joined to another is the other."""
    if not ids:
        return {}
    person = sa.func.coalesce(Member.merged_into_id, Member.id)
    return {row[0]: row[1] for row in db.session.execute(sa.select(Member.id, person).where(among(Member.id, set(ids))))}


def local(path: str) -> str:
    """The path, or nothing when it would lead away from this site."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else ""
