"""Reads of badges from elsewhere. Who may see one is decided here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.backpack.models import ExternalBadge
from recognition.backpack.rules import CHECKED_EVERY, FALSE
from recognition.badges.portable.holders import addresses_of
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView, visible_fields
from recognition.media.models import Media
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

ON_PROFILE = 12
_WITH_PICTURE = sa.orm.joinedload(ExternalBadge.picture)


def mine(member_id: int, cursor: str | None, size: int = PAGE_SIZE) -> Page[ExternalBadge]:
    """All that a member brought, the newest first."""
    return _page(sa.select(ExternalBadge).where(ExternalBadge.member_id == member_id), cursor, size)


def shown(member_id: int, cursor: str | None = None, size: int = ON_PROFILE) -> Page[ExternalBadge]:
    """What everybody may see, the newest first."""
    return _page(sa.select(ExternalBadge).where(ExternalBadge.member_id == member_id, _seen()), cursor, size)


def _page(wanted: sa.Select[Any], cursor: str | None, size: int) -> Page[ExternalBadge]:
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(ExternalBadge.id < last[0])
    rows = db.session.scalars(wanted.options(_WITH_PICTURE).order_by(ExternalBadge.id.desc()).limit(size + 1)).all()
    return page(rows, size, lambda badge: [badge.id])


def _seen() -> sa.ColumnElement[bool]:
    return sa.and_(ExternalBadge.shown, ExternalBadge.standing != FALSE)


def count_of(member_id: int) -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(ExternalBadge.member_id == member_id)) or 0


def own(key: str, member_id: int) -> ExternalBadge | None:
    wanted = sa.select(ExternalBadge).where(ExternalBadge.key == key, ExternalBadge.member_id == member_id)
    return db.session.scalar(wanted.options(_WITH_PICTURE))


def page_of(key: str, viewer: Member | None) -> tuple[ExternalBadge, ProfileView] | None:
    """One badge and its holder. None where it is not there for this reader."""
    wanted = sa.select(ExternalBadge, Member).join(Member, Member.id == ExternalBadge.member_id)
    row = db.session.execute(wanted.where(ExternalBadge.key == key).options(_WITH_PICTURE)).first()
    if row is None:
        return None
    badge, member = row
    is_own = viewer is not None and viewer.id == member.id
    if not is_own and (not badge.shown or badge.standing == FALSE or member.state == "suspended"):
        return None
    return badge, visible_fields(member, viewer)


def shows_picture(media: Media, viewer: Member | None) -> bool:
    """A guard of `/media/`: the picture of a badge from elsewhere, as the page of that badge."""
    wanted = sa.select(ExternalBadge.id).join(Member, Member.id == ExternalBadge.member_id)
    openly = sa.and_(_seen(), Member.state != "suspended")
    allowed = openly if viewer is None else sa.or_(openly, Member.id == viewer.id)
    return db.session.scalar(wanted.where(ExternalBadge.media_id == media.id, allowed).limit(1)) is not None


def same_one(member_id: int, credential_hash: str) -> ExternalBadge | None:
    wanted = sa.select(ExternalBadge).where(
        ExternalBadge.member_id == member_id, ExternalBadge.credential_hash == credential_hash
    )
    return db.session.scalar(wanted)


def verified_addresses(member_id: int) -> list[str]:
    """Of all logins of a member, as their issuers vouch for them."""
    return addresses_of([member_id]).get(member_id, [])


def due_for_a_look(now: datetime, size: int) -> Sequence[Any]:
    """Id, credential and issuer of those that people show, first what was not looked at for longest; a badge that nobody sees
    waits for its owner."""
    columns = (ExternalBadge.id, ExternalBadge.credential, ExternalBadge.issuer)
    wanted = sa.select(*columns).where(ExternalBadge.shown, ExternalBadge.checked_at < now - CHECKED_EVERY)
    return db.session.execute(wanted.order_by(ExternalBadge.checked_at, ExternalBadge.id).limit(size)).all()


def with_content(member_id: int, after: int, size: int) -> list[Any]:
    """A slice of what a member brought, with the bytes, the oldest first."""
    wanted = sa.select(ExternalBadge).where(ExternalBadge.member_id == member_id, ExternalBadge.id > after)
    loaded = wanted.options(sa.orm.undefer(ExternalBadge.content)).order_by(ExternalBadge.id).limit(size)
    return list(db.session.scalars(loaded))
