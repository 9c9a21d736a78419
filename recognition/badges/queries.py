"""Reads of badges and awards. People's choice of what shows is applied here, not in templates."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from recognition.badges.models import PUBLISHED, Award, Badge, BadgeListener
from recognition.badges.rules import Rule, compiled
from recognition.database import among
from recognition.extensions import db


def rule_of(badge: Any) -> Rule:
    """`badge`: a Badge or a row with its columns."""
    return compiled(
        badge.id, badge.version, json.dumps(badge.criteria, sort_keys=True), badge.slug, tuple(badge.levels)
    )


def listening_to(kinds: Iterable[str]) -> list[tuple[Rule, frozenset[str]]]:
    """The published badges that these kinds can move, each with the kinds among them that it listens to."""
    columns = (Badge.id, Badge.version, Badge.criteria, Badge.slug, Badge.levels, BadgeListener.kind)
    found = (
        sa.select(*columns)
        .join(BadgeListener, BadgeListener.badge_id == Badge.id)
        .where(Badge.state == PUBLISHED, among(BadgeListener.kind, kinds))
        .order_by(Badge.id)
    )
    rules: dict[int, tuple[Rule, set[str]]] = {}
    for row in db.session.execute(found):
        rules.setdefault(row.id, (rule_of(row), set()))[1].add(row.kind)
    return [(rule, frozenset(heard)) for rule, heard in rules.values()]


def occasions_held(members: Iterable[int], badge_ids: Iterable[int]) -> dict[tuple[int, int], set[str]]:
    """Occasions awarded already, by (badge, member); revoked awards count, they are not given again by a rule."""
    held: dict[tuple[int, int], set[str]] = {}
    wanted = sa.select(Award.badge_id, Award.member_id, Award.occasion).where(
        among(Award.member_id, members), among(Award.badge_id, badge_ids)
    )
    for badge_id, member_id, occasion in db.session.execute(wanted):
        held.setdefault((badge_id, member_id), set()).add(occasion)
    return held


def badge_by_slug(slug: str) -> Badge | None:
    return db.session.scalar(sa.select(Badge).where(Badge.slug == slug))


def published_badges(slugs: Sequence[str] | None = None) -> list[Badge]:
    wanted = sa.select(Badge).where(Badge.state == PUBLISHED).order_by(Badge.family, Badge.name)
    if slugs is not None:
        wanted = wanted.where(among(Badge.slug, slugs))
    return list(db.session.scalars(wanted.limit(500)))
