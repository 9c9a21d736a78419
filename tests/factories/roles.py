"""Roles as they are written down."""

from datetime import UTC, date, datetime
from typing import Any

from recognition.extensions import db
from recognition.roles.models import Role, RoleVersion
from recognition.roles.rules import Sheet

WRITTEN = datetime(2026, 11, 1, 9, tzinfo=UTC)
COORDINATOR = Sheet(
    "Community coordinator", "Looks after a *place* and its people.", (("Answers within a week", "in the forum"),),
    ("Opens the meeting room",), "Ask Cleo.", "Functional leads stay as they are.",
)  # fmt: skip


def make_role(slug: str = "coordinator", sheets: tuple[Sheet, ...] = (COORDINATOR,), **changes: Any) -> Role:
    """Each sheet is a version that everybody reads since the day it was written."""
    values: dict[str, Any] = {"title": sheets[-1].title if sheets else slug, "created_at": WRITTEN, **changes}
    one = Role(slug=slug, version=len(sheets), **values)
    db.session.add(one)
    db.session.flush()
    for number, text in enumerate(sheets, 1):
        db.session.add(RoleVersion(role_id=one.id, number=number, sheet=text.data, note=f"Note {number}", at=WRITTEN,
                                   all_on=date(2026, 11, number), told_at=WRITTEN))  # fmt: skip
    db.session.flush()
    return one
