"""Write to the audit in the caller's transaction: the act and its record stand or fall together."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.audit.changes import between
from recognition.audit.models import AuditEntry
from recognition.extensions import db
from recognition.refs import Ref


def record(
    action: str,
    target: Ref,
    actor_id: int | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """`actor_id` None is the command line. `before` and `after` hold changed values, never personal text."""
    db.session.add(
        AuditEntry(at=clock.utcnow(), actor_id=actor_id, action=action, target=str(target), before=before, after=after)
    )


def newest(action: str, target: Ref) -> AuditEntry | None:
    """The last time that this was done to it."""
    done = sa.select(AuditEntry).where(AuditEntry.target == str(target), AuditEntry.action == action)
    found: AuditEntry | None = db.session.scalar(done.order_by(AuditEntry.id.desc()).limit(1))
    return found


def record_change(
    action: str, target: Ref, actor_id: int | None, before: Mapping[str, Any], after: Mapping[str, Any]
) -> bool:  # fmt: skip
    """All that the thing was and is now: the fields that differ are kept. False: nothing did, and nothing is recorded."""
    was, became = between(before, after)
    if became:
        record(action, target, actor_id, was, became)
    return bool(became)
