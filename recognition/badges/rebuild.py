"""Awards compared with the log, and given where the log supports one that is missing. Nothing here takes one away."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import UNCONSIDERED, Activity
from recognition.badges.holders import counted
from recognition.badges.models import Award, Badge
from recognition.badges.queries import occasions_held, rules_in_force
from recognition.badges.rules import Rule
from recognition.badges.services.considering import decide_for
from recognition.badges.services.giving import give
from recognition.database import among, is_postgresql
from recognition.extensions import db
from recognition.identity.queries import every_member_id


def check() -> Iterator[dict[str, Any]]:
    """Missing and extra awards, and counts of holders that are off."""
    rules = rules_in_force()
    for members in every_member_id():
        yield from _missing(rules, members)
        yield from _extra(rules, members)
    for slug, stored, true in db.session.execute(sa.select(Badge.slug, Badge.holders_count, counted())):
        if stored != true:
            yield {"badge": slug, "holders_stored": stored, "holders": true}


def rebuild() -> dict[str, int]:
    """Give what is missing and count the holders anew. The caller commits, then drains what this adds to the log."""
    if is_postgresql():
        # Drains that gave something are waited for; the others wait for us. Taken first, so that nobody dead-locks.
        db.session.execute(sa.text("LOCK TABLE award IN SHARE ROW EXCLUSIVE MODE"))
    rules, given = rules_in_force(), 0
    for members in every_member_id():
        held = occasions_held(members, [rule.badge_id for rule in rules])
        given += give(decide_for(dict.fromkeys(rules, members), clock.utcnow()), held, clock.utcnow())
    db.session.execute(
        sa.update(Badge).values(holders_count=counted()).where(Badge.holders_count != counted()),
        execution_options={"synchronize_session": False},
    )
    return {"awarded": given}


def _missing(rules: Sequence[Rule], members: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Members with deeds that still wait are left out: the drain will see to them."""
    pending = sa.select(Activity.member_id).where(sa.text(UNCONSIDERED), among(Activity.member_id, members))
    waiting = set(db.session.scalars(pending.distinct()))
    held = occasions_held(members, [rule.badge_id for rule in rules])
    settled = [member_id for member_id in members if member_id not in waiting]
    for rule, earned in decide_for(dict.fromkeys(rules, settled), clock.utcnow()).items():
        for member_id, occasions in sorted(earned.items()):
            for occasion in occasions:
                if occasion not in held.get((rule.badge_id, member_id), ()):
                    yield {"missing": rule.slug, "member_id": member_id, "occasion": occasion}


def _extra(rules: Sequence[Rule], members: Sequence[int]) -> Iterator[dict[str, Any]]:
    """An award stays what it was under the rule of its day; only those of today's version can be compared."""
    by_id = {rule.badge_id: rule for rule in rules}
    current = sa.select(Award.badge_id, Award.member_id, Award.occasion).join(Badge, Badge.id == Award.badge_id)
    valid = current.where(among(Award.member_id, members), Award.revoked_at.is_(None), Award.version == Badge.version)
    earned = decide_for(dict.fromkeys(rules, members), clock.utcnow())
    for badge_id, member_id, occasion in db.session.execute(valid.order_by(Award.id)):
        rule = by_id.get(badge_id)
        if rule is not None and occasion not in earned.get(rule, {}).get(member_id, ()):
            yield {"extra": rule.slug, "member_id": member_id, "occasion": occasion}
