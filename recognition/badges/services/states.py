"""What a badge is and whether it is given: saved, published, retired, reopened. Every rule that was ever in force is kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext

from recognition.activities.criteria.tree import listens_to
from recognition.audit import services as audit
from recognition.badges.models import DRAFT, PUBLISHED, RETIRED, Award, Badge, BadgeListener, BadgeVersion
from recognition.badges.queries import badges_built_on, levels_by_slug
from recognition.badges.rules import (
    MOVES,
    BadBadge,
    BadgeSpec,
    WrongState,
    check_change,
    check_holds,
    check_no_cycle,
    held_badges,
)
from recognition.badges.services.considering import look_back
from recognition.extensions import db
from recognition.identity.queries import group_by_slug
from recognition.refs import Ref

WORDS = ("name", "family", "glyph", "band", "summary", "story")
TERMS = ("issuer_id", "nominable", "valid_days", "warn_days")


def save_badge(spec: BadgeSpec, now: datetime, actor_id: int | None = None) -> Badge:
    """A new badge as a draft, or the changed one of the same slug. A changed rule is a new version; if the badge is
    published, whoever meets it now gets it. Whether the kinds, quests and campaigns of its rule exist is for the doors to
    ask with `check_known`: only the roof knows them all, and a rule that stays as it was may outlive them. Raises
    BadBadge."""
    issuer_id = _check_place(spec)
    # Held until the commit: two who save at once would both make the same version.
    same = sa.select(Badge).where(Badge.slug == spec.slug).with_for_update()
    badge = db.session.scalar(same, execution_options={"populate_existing": True})
    if badge is None:
        badge = Badge(slug=spec.slug, state=DRAFT, version=0, created_at=now, levels=[], criteria=None)
        db.session.add(badge)
    elif _is_held(badge.id):
        check_change(badge.levels, spec.levels)
    before = _told(badge)
    for name in (*WORDS, *TERMS):
        setattr(badge, name, issuer_id if name == "issuer_id" else getattr(spec, name))
    criteria, levels = dict(spec.criteria) if spec.criteria is not None else None, list(spec.levels)
    is_new_rule = badge.version == 0 or badge.criteria != criteria or badge.levels != levels
    if is_new_rule:
        badge.version, badge.criteria, badge.levels = badge.version + 1, criteria, levels
        db.session.flush()
        _keep_version(badge, spec, now, actor_id)
    _audit_change(badge, actor_id, before)
    if is_new_rule and badge.state == PUBLISHED:
        look_back(badge)
    db.session.flush()
    return badge


def check_saving(spec: BadgeSpec, badge: Badge | None) -> None:
    """What `save_badge` would say, with nothing done; `badge`: the stored one, None for a new one, whose address is still
    open. Raises BadBadge."""
    _check_place(spec if badge is not None else replace(spec, slug=""))
    if badge is not None and list(spec.levels) != badge.levels and _is_held(badge.id):
        check_change(badge.levels, spec.levels)


def _told(badge: Badge) -> dict[str, Any]:
    return {name: getattr(badge, name) for name in ("version", "criteria", "levels", *WORDS, *TERMS)}


def _audit_change(badge: Badge, actor_id: int | None, before: dict[str, Any]) -> None:
    """What is another than it was; the rule always stands with its version."""
    after = _told(badge)
    names = [name for name in after if before[name] != after[name]]
    if names:
        old = {name: before[name] for name in names} if before["version"] else None
        audit.record("badge.saved", Ref("badge", badge.slug), actor_id, old, {name: after[name] for name in names})


def _check_place(spec: BadgeSpec) -> int | None:
    """Among the badges and groups there are: what it builds on exists, and nothing waits for itself. Returns the id of
    the group that gives it."""
    built_on = [slug for slug, _level in held_badges(spec.tree)]
    if built_on:
        check_holds(spec.tree, levels_by_slug() | {spec.slug: spec.levels})
        check_no_cycle(badges_built_on() | {spec.slug: built_on})
    group = group_by_slug(spec.issuer) if spec.issuer else None
    if spec.issuer and group is None:
        raise BadBadge("issuer", f"is the group {spec.issuer!r}, which does not exist")
    return group.id if group else None


def _is_held(badge_id: int) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(Award.badge_id == badge_id))))


def _keep_version(badge: Badge, spec: BadgeSpec, now: datetime, actor_id: int | None) -> None:
    db.session.add(BadgeVersion(badge_id=badge.id, version=badge.version, criteria=badge.criteria, levels=badge.levels,
                                saved_by_id=actor_id, created_at=now))  # fmt: skip
    db.session.execute(sa.delete(BadgeListener).where(BadgeListener.badge_id == badge.id))
    db.session.flush()
    kinds = listens_to(spec.tree) if spec.tree is not None else ()
    if rows := [{"kind": kind, "badge_id": badge.id} for kind in sorted(kinds)]:
        db.session.execute(sa.insert(BadgeListener), rows)


def publish(badge_id: int, actor_id: int | None = None) -> Badge:
    """From now on the drain gives it, and a job looks at everybody's past. Publishing twice does nothing more. Raises
    WrongState for a retired one, which is reopened."""
    return _move(badge_id, DRAFT, PUBLISHED, actor_id, look_back)


def retire(badge_id: int, actor_id: int | None, now: datetime) -> Badge:
    """Nobody gets it any more, and whoever holds it keeps it. Raises WrongState for a draft."""

    def note(badge: Badge) -> None:
        badge.retired_at, badge.silent_since = now, None

    return _move(badge_id, PUBLISHED, RETIRED, actor_id, note)


def reopen(badge_id: int, actor_id: int | None) -> Badge:
    """A retired badge is given again, also for what happened meanwhile. Raises WrongState for a draft."""

    def note(badge: Badge) -> None:
        badge.retired_at = None
        look_back(badge)

    return _move(badge_id, RETIRED, PUBLISHED, actor_id, note)


_NOW = {
    DRAFT: lazy_gettext("This badge is still a draft."),
    PUBLISHED: lazy_gettext("This badge is published by now."),
    RETIRED: lazy_gettext("This badge is retired by now."),
}


def _move(badge_id: int, start: str, end: str, actor_id: int | None, then: Callable[[Badge], None]) -> Badge:
    """Of several at once one moves it, the others find it moved."""
    badge = db.session.get_one(Badge, badge_id, populate_existing=True, with_for_update=True)
    if badge.state == end:
        return badge
    if badge.state != start or end not in MOVES[badge.state]:
        raise WrongState(_NOW[badge.state])
    verb = {(DRAFT, PUBLISHED): "published", (PUBLISHED, RETIRED): "retired", (RETIRED, PUBLISHED): "reopened"}[start, end]
    audit.record(f"badge.{verb}", Ref("badge", badge.slug), actor_id, {"state": start}, {"state": end})
    badge.state = end
    then(badge)
    db.session.flush()
    return badge
