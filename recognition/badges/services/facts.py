"""What awards write to the log, since an award is itself a fact that others build on."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from recognition.activities.changes import hold, hold_people, withdraw
from recognition.activities.criteria.tree import BADGE_AWARDED
from recognition.activities.models import CONFIRMED, Activity
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.badges.models import DECLINED, Award, Badge
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


def hold_facts(awards: Sequence[Award]) -> None:
    """Before the awards of one member are held, of which these are to count no more: a drain that considers what they
    told has its end first."""
    ids = _told_of(awards)
    hold_people(ids)
    hold(Activity.id, ids)


def withdraw_facts(awards: Sequence[Award], actor_id: int | None, reason: str, now: datetime) -> None:
    """These awards of one member count for nothing any more."""
    if awards:
        withdraw(_told_of(awards), actor_id, reason, now)


def _told_of(awards: Sequence[Award]) -> Sequence[int]:
    if not awards:
        return []
    things = {object_of(award.badge.slug, award.occasion, award.badge.levels) for award in awards}
    wanted = sa.select(Activity.id).where(Activity.member_id == awards[0].member_id, Activity.kind == BADGE_AWARDED)
    return db.session.scalars(wanted.where(among(Activity.object, things), Activity.withdrawn_at.is_(None))).all()


def tell_again(awards: Sequence[Award], now: datetime) -> None:
    """Their facts were withdrawn and count once more, under a key of their own and on the day they were given."""
    again = f"~{int(now.timestamp() * 1_000_000)}"
    record([_fact(terms_of(one.badge), one.member_id, one.occasion, one.awarded_at, again) for one in awards], now)


class Off(NamedTuple):
    """An award that the log does not tell of (`fact_id` 0), or a fact that no award stands behind (`award_id` 0)."""

    award_id: int
    fact_id: int
    member_id: int
    object: str | None


def facts_off(members: Sequence[int]) -> tuple[list[Off], list[Off]]:
    """What the log should say of these members' awards and does not, and what it says too much."""
    columns = (Award.id, Award.member_id, Award.occasion, Badge.slug, Badge.levels)
    counting = sa.select(*columns).join(Badge, Badge.id == Award.badge_id).where(
        among(Award.member_id, members), Award.revoked_at.is_(None), Award.answer != DECLINED
    )  # fmt: skip
    awards = {(row.member_id, object_of(row.slug, row.occasion, row.levels)): row.id for row in db.session.execute(counting)}
    said = sa.select(Activity.id, Activity.member_id, Activity.object).where(
        among(Activity.member_id, members), Activity.kind == BADGE_AWARDED, Activity.source == SOURCE,
        Activity.withdrawn_at.is_(None),
    )  # fmt: skip
    left = dict(awards)
    facts = db.session.execute(said.order_by(Activity.id)).all()
    much = [Off(0, *row) for row in facts if left.pop((row.member_id, row.object), None) is None]
    return [Off(award_id, 0, *pair) for pair, award_id in left.items()], much
