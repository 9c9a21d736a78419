"""Objectives with their key results and milestones."""

from datetime import UTC, date, datetime
from typing import Any

from recognition.extensions import db
from recognition.objectives.models import KeyResult, Milestone, Objective

BEGAN = datetime(2026, 9, 1, 9, tzinfo=UTC)


def make_objective(slug: str = "know-mdm", **changes: Any) -> Objective:
    """One that runs since September."""
    values: dict[str, Any] = {
        "title": "Everybody knows what MDM is", "starts_on": date(2026, 9, 1), "ends_on": date(2026, 12, 31), "state": "running",
        "state_at": BEGAN, "news_at": BEGAN, "created_at": BEGAN, "quiet_days": 30,
        "covered_by": "the monthly call", **changes,
    }  # fmt: skip
    one = Objective(slug=slug, **values)
    db.session.add(one)
    db.session.flush()
    return one


def make_result(one: Objective, source: str = "", target: float = 80, **changes: Any) -> KeyResult:
    values: dict[str, Any] = {"position": len(one.results), "title": "Reps who say so", "changed_at": BEGAN, "unit": "percent"}
    row = KeyResult(source=source, target=target, **values | changes)
    one.results.append(row)
    db.session.flush()
    return row


def make_milestone(one: Objective, title: str = "The call", **changes: Any) -> Milestone:
    row = Milestone(position=len(one.milestones), title=title, **changes)
    one.milestones.append(row)
    db.session.flush()
    return row
