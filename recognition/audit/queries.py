"""Reading the audit, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from recognition.audit.models import AuditEntry
from recognition.extensions import db


@dataclass(frozen=True)
class Asked:
    """Empty asks nothing. `action`: how it begins ("badge", "badge.saved"); `target`: a Ref, or its kind alone;
    `actor_id`: who did it."""

    action: str = ""
    target: str = ""
    actor_id: int | None = None


def newest(asked: Asked, limit: int, below: int | None = None) -> Sequence[AuditEntry]:
    """`below`: those with a smaller number only, for the next page."""
    wanted = sa.select(AuditEntry).where(*_filters(asked)).order_by(AuditEntry.id.desc()).limit(limit)
    return db.session.scalars(wanted if below is None else wanted.where(AuditEntry.id < below)).all()


def _filters(asked: Asked) -> list[sa.ColumnElement[bool]]:
    filters: list[sa.ColumnElement[bool]] = []
    if asked.action:
        filters.append(AuditEntry.action.startswith(asked.action, autoescape=True))
    if ":" in asked.target:
        filters.append(AuditEntry.target == asked.target)
    elif asked.target:
        filters.append(AuditEntry.target.startswith(f"{asked.target}:", autoescape=True))
    if asked.actor_id is not None:
        filters.append(AuditEntry.actor_id == asked.actor_id)
    return filters
