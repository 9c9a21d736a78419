"""What was asked for."""

from datetime import UTC, datetime
from typing import Any

from recognition.extensions import db
from recognition.resources.models import ResourceAsk, ResourceKind

ASKED = datetime(2026, 10, 1, 9, tzinfo=UTC)
DECIDED = datetime(2026, 10, 20, 9, tzinfo=UTC)


def make_kind(name: str = "Travel", unit: str = "EUR", **changes: Any) -> ResourceKind:
    one = ResourceKind(name=name, unit=unit, **{"is_open": True, "created_at": ASKED, **changes})
    db.session.add(one)
    db.session.flush()
    return one


def make_ask(member_id: int, state: str = "waiting", **changes: Any) -> ResourceAsk:
    """Decided ones on DECIDED, with a reason."""
    over = {"decided_at": DECIDED, "answer": "Because."} if state in ("granted", "partly", "declined") else {}
    values: dict[str, Any] = {"what": "Train tickets", "why": "To *meet*.", "asked_at": ASKED, **over, **changes}
    one = ResourceAsk(member_id=member_id, state=state, **values)
    db.session.add(one)
    db.session.flush()
    return one
