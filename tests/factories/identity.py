"""Plain members and groups."""

from datetime import UTC, datetime
from typing import Any

from recognition.extensions import db
from recognition.identity.models import Grant, Group, Member

JOINED = datetime(2026, 1, 1, 12, tzinfo=UTC)


def make_member(handle: str = "ada", *, roles: tuple[str, ...] = (), **changes: Any) -> Member:
    """Shows new badges without being asked; `wears_at_once=False` for how a newcomer begins."""
    values: dict[str, Any] = {"name": handle.title(), "joined_at": JOINED, "wears_at_once": True, **changes}
    member = Member(handle=handle, **values)
    db.session.add(member)
    db.session.flush()
    db.session.add_all(Grant(member_id=member.id, role=role, granted_at=JOINED) for role in roles)
    db.session.flush()
    return member


def make_group(slug: str = "nairobi", **changes: Any) -> Group:
    group = Group(slug=slug, name=changes.pop("name", slug.title()), created_at=JOINED, **changes)
    db.session.add(group)
    db.session.flush()
    return group
