"""Reading the audit, newest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from recognition.audit.models import AuditEntry
from recognition.database import among
from recognition.extensions import db


@dataclass(frozen=True)
class Asked:
    """Empty asks nothing. `action`: a sort of act or one of them ("badge", "badge.saved"); `target`: a Ref, or its kind alone;
    `actor_id`: who did it; [`since`, `until`): when. `without`: targets that this reader hears nothing of."""

    action: str = ""
    target: str = ""
    actor_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    without: Collection[str] = ()


def newest(asked: Asked, limit: int, below: int | None = None) -> Sequence[AuditEntry]:
    """`below`: those with a smaller number only, for the next page."""
    wanted = sa.select(AuditEntry).where(*_filters(asked)).order_by(AuditEntry.id.desc()).limit(limit)
    return db.session.scalars(wanted if below is None else wanted.where(AuditEntry.id < below)).all()


def _filters(asked: Asked) -> list[sa.ColumnElement[bool]]:
    filters: list[sa.ColumnElement[bool]] = []
    if asked.action:
        sort = AuditEntry.action.startswith(f"{asked.action}.", autoescape=True)
        filters.append(sa.or_(AuditEntry.action == asked.action, sort))
    if ":" in asked.target:
        filters.append(AuditEntry.target == asked.target)
    elif asked.target:
        filters.append(AuditEntry.target.startswith(f"{asked.target}:", autoescape=True))
    if asked.actor_id is not None:
        filters.append(AuditEntry.actor_id == asked.actor_id)
    if asked.since is not None:
        filters.append(AuditEntry.at >= asked.since)
    if asked.until is not None:
        filters.append(AuditEntry.at < asked.until)
    if asked.without:
        filters.append(~among(AuditEntry.target, asked.without))
    return filters
