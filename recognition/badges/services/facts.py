"""What awards write to the log, since an award is itself a fact that others build on."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from recognition.activities.changes import withdraw
from recognition.activities.criteria.tree import BADGE_AWARDED
from recognition.activities.models import CONFIRMED, Activity
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.badges.models import Award
from recognition.badges.rules import Terms, object_of, terms_of
from recognition.database import among
from recognition.extensions import db

SOURCE = "badges"


def write_facts(awards: Iterable[tuple[Terms, int, str]], now: datetime) -> None:
    """`awards`: of which badge, to whom, for which occasion. The caller drains, or wakes the drain."""
    record([_fact(terms, member_id, occasion, now) for terms, member_id, occasion in awards], now, wake=False)


def _fact(terms: Terms, member_id: int, occasion: str, now: datetime, again: str = "") -> Report:
    return Report(
        member_id=member_id,
        kind=BADGE_AWARDED,
        kind_label="Earned a badge",
        occurred_at=now,
        source=SOURCE,
        source_key=f"{terms.badge_id}:{member_id}:{occasion}{again}",
        object=object_of(terms.slug, occasion, terms.levels),
        evidence=CONFIRMED,
        fingerprinted=False,
    )


def withdraw_facts(awards: Sequence[Award], actor_id: int | None, reason: str, now: datetime) -> None:
    """These awards of one member count for nothing any more."""
    if not awards:
        return
    things = {object_of(award.badge.slug, award.occasion, award.badge.levels) for award in awards}
    wanted = sa.select(Activity.id).where(Activity.member_id == awards[0].member_id, Activity.kind == BADGE_AWARDED)
    told = db.session.scalars(wanted.where(among(Activity.object, things), Activity.withdrawn_at.is_(None)))
    withdraw(told.all(), actor_id, reason, now)


def tell_again(awards: Sequence[Award], now: datetime) -> None:
    """Their facts were withdrawn and count once more, under a key of their own and on the day they were given."""
    again = f"~{int(now.timestamp() * 1_000_000)}"
    record([_fact(terms_of(one.badge), one.member_id, one.occasion, one.awarded_at, again) for one in awards], now)
