"""What stands on a mentor's card beside their own words: the pin of the quest for mentors, where they wear it in sight."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from recognition.badges.models import PUBLISHED, Award, Badge
from recognition.badges.queries import picture_url
from recognition.database import among
from recognition.extensions import db

PIN = "coaching"
"""The slug of that badge, in the catalogue for organisers that comes with the product. A house that has none shows none."""


@dataclass(frozen=True)
class Mark:
    name: str
    src: str
    key: str
    """Of the award, for its page."""


def marks(member_ids: Collection[int]) -> Mapping[int, Mark]:
    """Of those who wear it where everybody sees it."""
    badge = db.session.scalar(sa.select(Badge).where(Badge.slug == PIN, Badge.state == PUBLISHED)) if member_ids else None
    if badge is None:
        return {}
    worn = sa.select(Award.member_id, Award.key).where(
        Award.badge_id == badge.id, among(Award.member_id, member_ids), Award.shown, Award.revoked_at.is_(None)
    )
    src = picture_url(badge, 64)
    return {row.member_id: Mark(badge.name, src, row.key) for row in db.session.execute(worn.order_by(Award.id))}
