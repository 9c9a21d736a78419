"""When a member changes, what depends on them follows."""

from datetime import timedelta

import sqlalchemy as sa

from recognition import clock
from recognition.badges import holders
from recognition.badges.models import Award
from recognition.extensions import db
from recognition.jobs import ledger


def member_changed(member_id: int) -> None:
    """Suspended or back again: lists follow at once, counts of holders a moment later, since counting takes longer the
    more people hold a badge. Once more a little later, for a drain that had asked just before whom it counts."""
    for moment, after in (("now", timedelta()), ("later", timedelta(minutes=1))):
        ledger.defer("badges.recount", dedupe_key=f"badges.recount:{member_id}:{moment}", run_after=clock.utcnow() + after,
                     member_id=member_id)  # fmt: skip


def recount_of(member_id: int) -> None:
    """Count the holders of this member's badges anew."""
    holders.recount(db.session.scalars(sa.select(Award.badge_id).where(Award.member_id == member_id).distinct()).all())
