"""When two rows of one person become one: what both brought is kept once, the newer of the two."""

from typing import Any

import sqlalchemy as sa

from recognition.backpack.models import ExternalBadge
from recognition.backpack.rules import is_newer
from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.merging import Merge
from recognition.media.models import Media
from recognition.media.services import forget_picture


def merge_members(one: Merge) -> dict[str, Any]:
    both = sa.select(ExternalBadge).where(among(ExternalBadge.member_id, [one.from_id, one.into_id])).order_by(ExternalBadge.id)
    badges = db.session.scalars(both.with_for_update(of=ExternalBadge), execution_options={"populate_existing": True}).all()
    kept = {badge.credential_hash: badge for badge in badges if badge.member_id == one.into_id}
    told: dict[str, Any] = {"moved": [], "dropped": []}
    for badge in [badge for badge in badges if badge.member_id == one.from_id]:
        other = kept.get(badge.credential_hash)
        if other is not None:
            loser = other if is_newer(badge.issued_at, other.issued_at) else badge
            told["dropped"].append(_told(loser))
            _drop(loser)
            if loser is badge:
                continue
        badge.member_id = one.into_id
        told["moved"].append(badge.id)
    db.session.flush()
    _move_pictures(told["moved"], one)
    return told


def _told(badge: ExternalBadge) -> dict[str, Any]:
    return {"id": badge.id, "issuer": badge.issuer, "credential": badge.credential, "hash": badge.content_hash}


def _drop(badge: ExternalBadge) -> None:
    media_id = badge.media_id
    db.session.delete(badge)
    db.session.flush()
    if media_id is not None:
        forget_picture(media_id)


def _move_pictures(moved: list[int], one: Merge) -> None:
    theirs = sa.select(ExternalBadge.media_id).where(among(ExternalBadge.id, moved), ExternalBadge.media_id.is_not(None))
    owned = sa.update(Media).where(Media.id.in_(theirs)).values(owner_id=one.into_id)
    db.session.execute(owned, execution_options={"synchronize_session": "fetch"})
