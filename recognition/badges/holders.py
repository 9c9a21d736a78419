"""How many people hold a badge: kept on the badge, so that no page counts."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from recognition.badges.models import Award, Badge
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member


def add(numbers: Mapping[int, int]) -> None:
    """In one order for everybody, so that nobody waits for somebody who waits for them."""
    for badge_id, more in sorted(numbers.items()):
        change = sa.update(Badge).where(Badge.id == badge_id).values(holders_count=Badge.holders_count + more)
        db.session.execute(change)


def recount(badge_ids: Iterable[int]) -> None:
    """Count the holders of these badges anew."""
    ids = sorted(set(badge_ids))
    if not ids:
        return
    # Rows are locked in one order, the drain's; whoever only gives the badge need not wait.
    rows = sa.select(Badge.id).where(among(Badge.id, ids)).order_by(Badge.id)
    db.session.scalars(rows.with_for_update(key_share=True)).all()
    change = sa.update(Badge).where(among(Badge.id, ids)).values(holders_count=counted())
    db.session.execute(change.execution_options(synchronize_session=False))


def counted() -> sa.ScalarSelect[Any]:
    """How many people hold a badge and let it be seen, as part of a statement over `badge`."""
    people = sa.select(sa.func.count(Award.member_id.distinct())).join(Member, Member.id == Award.member_id)
    counted = people.where(Award.badge_id == Badge.id, Award.shown, Award.revoked_at.is_(None), Member.state != "suspended")
    return counted.correlate(Badge).scalar_subquery()
