"""What a badge is and whether it is given: saved and published. Each rule that was ever in force is kept."""

from datetime import datetime

import sqlalchemy as sa

from recognition.activities.criteria.tree import listens_to
from recognition.audit import services as audit
from recognition.badges.models import DRAFT, PUBLISHED, Award, Badge, BadgeListener, BadgeVersion
from recognition.badges.queries import badge_by_slug, badges_built_on, levels_by_slug
from recognition.badges.rules import BadgeSpec, check_change, check_holds, check_no_cycle, held_badges
from recognition.badges.services.considering import look_back
from recognition.extensions import db
from recognition.refs import Ref


def save_badge(spec: BadgeSpec, now: datetime, actor_id: int | None = None) -> Badge:
    """A new badge as a draft, or the changed one of the same slug. A changed rule is a new version; if the badge is
    published, whoever meets it now gets it. Raises BadBadge."""
    badge = badge_by_slug(spec.slug)
    _check_place(spec)
    if badge is None:
        badge = Badge(slug=spec.slug, state=DRAFT, version=0, created_at=now, levels=[], criteria={})
        db.session.add(badge)
    elif _is_held(badge.id):
        check_change(badge.levels, spec.levels)
    criteria, levels = dict(spec.criteria), list(spec.levels)
    changed = badge.version == 0 or badge.criteria != criteria or badge.levels != levels
    for name in ("name", "family", "glyph", "band", "summary", "story"):
        setattr(badge, name, getattr(spec, name))
    if changed:
        before = {"version": badge.version, "criteria": badge.criteria, "levels": badge.levels} if badge.version else None
        badge.version, badge.criteria, badge.levels = badge.version + 1, criteria, levels
        db.session.flush()
        _keep_version(badge, spec, now)
        audit.record("badge.saved", Ref("badge", badge.slug), actor_id, before,
                     {"version": badge.version, "criteria": criteria, "levels": levels})  # fmt: skip
        if badge.state == PUBLISHED:
            look_back(badge)
    return badge


def _check_place(spec: BadgeSpec) -> None:
    """Among the badges there are: what it builds on exists, and nothing waits for itself."""
    built_on = [slug for slug, _level in held_badges(spec.tree)]
    if built_on:
        check_holds(spec.tree, levels_by_slug() | {spec.slug: spec.levels})
        check_no_cycle(badges_built_on() | {spec.slug: built_on})


def _is_held(badge_id: int) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(Award.badge_id == badge_id))))


def _keep_version(badge: Badge, spec: BadgeSpec, now: datetime) -> None:
    db.session.add(BadgeVersion(badge_id=badge.id, version=badge.version, criteria=badge.criteria, levels=badge.levels,
                                created_at=now))  # fmt: skip
    db.session.execute(sa.delete(BadgeListener).where(BadgeListener.badge_id == badge.id))
    db.session.flush()
    rows = [{"kind": kind, "badge_id": badge.id} for kind in sorted(listens_to(spec.tree))]
    db.session.execute(sa.insert(BadgeListener), rows)


def publish(badge_id: int, actor_id: int | None = None) -> Badge:
    """From now on the drain gives it, and a job looks at everybody's past. Publishing twice does nothing more."""
    badge = db.session.get_one(Badge, badge_id)
    if badge.state != PUBLISHED:
        before, after = {"state": badge.state}, {"state": PUBLISHED}
        audit.record("badge.published", Ref("badge", badge.slug), actor_id, before, after)
        badge.state = PUBLISHED
        look_back(badge)
    return badge
