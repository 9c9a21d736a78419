"""A badge comes in: once, as it is, under the member's quota."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.backpack import queries
from recognition.backpack.models import ExternalBadge
from recognition.backpack.policy import can_show
from recognition.backpack.rules import BADGES_EACH, UNSURE, NotKept, identity, is_newer, last_sure
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.media.rules import BadPicture
from recognition.media.services import Prepared, forget_picture, keep_picture


class Came(Enum):
    NEW, NEWER, SAME = "new", "newer", "same"


@dataclass(frozen=True)
class Arrival:
    """A badge that was looked at, and what was found. `picture`: made safe and lying in the store already."""

    content: bytes
    form: str
    version: str
    issuer: str
    credential: str
    source_url: str | None
    standing: str
    findings: list[dict[str, Any]]
    facts: dict[str, Any]
    is_mine: bool
    issued_at: datetime | None
    expires_at: datetime | None
    picture: Prepared | None


def bring(member_id: int, arrival: Arrival, now: datetime) -> tuple[ExternalBadge, Came]:
    """One that is there already stays as it is, unless this one was issued later: then it takes its place, as widely seen as
    that was. Raises NotKept."""
    # Two windows of one person at once: the second waits here, and finds what the first one brought.
    db.session.execute(sa.select(Member.id).where(Member.id == member_id).with_for_update(key_share=True))
    known = queries.same_one(member_id, identity(arrival.issuer, arrival.credential))
    if known is not None:
        if not is_newer(arrival.issued_at, known.issued_at):
            return known, Came.SAME
        if arrival.standing == UNSURE and last_sure(known.facts) is not None:
            raise NotKept(_("This newer issue cannot be checked now, so the one that you have here stays. Bring it again later."))
        _fill(known, arrival, now)
        known.shown = known.shown and can_show(known)
        return known, Came.NEWER
    if queries.count_of(member_id) >= BADGES_EACH:
        raise NotKept(_("You keep %(most)s badges here, as many as one person can. Remove one of them first.", most=BADGES_EACH))
    badge = ExternalBadge(key=secrets.token_urlsafe(16), member_id=member_id, shown=False, brought_at=now)
    _fill(badge, arrival, now)
    db.session.add(badge)
    db.session.flush()
    return badge, Came.NEW


def _fill(badge: ExternalBadge, arrival: Arrival, now: datetime) -> None:
    badge.form, badge.version, badge.source_url = arrival.form, arrival.version, arrival.source_url
    badge.content, badge.size_bytes = arrival.content, len(arrival.content)
    badge.content_hash = sha256(arrival.content).hexdigest()
    badge.issuer, badge.credential = arrival.issuer, arrival.credential
    badge.credential_hash = identity(arrival.issuer, arrival.credential)
    badge.facts, badge.findings, badge.standing = arrival.facts, arrival.findings, arrival.standing
    badge.is_mine, badge.issued_at, badge.expires_at = arrival.is_mine, arrival.issued_at, arrival.expires_at
    badge.checked_at = now
    former, badge.media_id = badge.media_id, _kept(arrival.picture, badge.member_id)
    if former is not None:
        db.session.flush()
        forget_picture(former)


def _kept(picture: Prepared | None, member_id: int) -> int | None:
    """A badge without its picture is still a badge: where there is no room for one, it is kept without."""
    if picture is None:
        return None
    try:
        return keep_picture(picture, member_id).id
    except BadPicture:
        return None
