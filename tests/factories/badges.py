"""Published badges with their listeners."""

from datetime import UTC, datetime
from typing import Any

from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import listens_to
from recognition.badges.models import Badge, BadgeListener, BadgeVersion
from recognition.badges.rules import BadgeSpec, check_spec
from recognition.extensions import db


def make_badge(slug: str = "first", criteria: dict[str, Any] | None = None, **changes: Any) -> Badge:
    """`criteria={}` for a badge that people give. As it stands in the table: also a rule from before `parse_seen`."""
    values: dict[str, Any] = {
        "name": slug.title(), "family": "helping", "glyph": "star", "band": "TEST", "summary": "A badge.",
        "state": "published", "levels": [], "criteria": {"count": {}, "at_least": 1} if criteria is None else criteria or None,
        "look": 1, "created_at": datetime(2026, 1, 1, tzinfo=UTC), **changes,
    }  # fmt: skip
    badge = Badge(slug=slug, **values)
    db.session.add(badge)
    db.session.flush()
    kinds = listens_to(parse(badge.criteria, levelled=bool(badge.levels))) if badge.criteria else ()
    db.session.add(BadgeVersion(badge_id=badge.id, version=badge.version, criteria=badge.criteria, levels=badge.levels,
                                created_at=badge.created_at))  # fmt: skip
    db.session.add_all(BadgeListener(badge_id=badge.id, kind=kind) for kind in kinds)
    db.session.flush()
    return badge


def make_spec(slug: str, criteria: dict[str, Any] | None, **changes: Any) -> BadgeSpec:
    """As a form or a file brings it, checked."""
    values = {"name": slug.title(), "family": "helping", "glyph": "star", "band": "B", "summary": "S.", **changes}
    return check_spec({"slug": slug, "criteria": criteria, **values})
