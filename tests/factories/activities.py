"""Deeds and the reports that make them."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from recognition.activities.rules import Report
from recognition.activities.services import Outcome, record

OCCURRED = datetime(2026, 11, 2, 12, tzinfo=UTC)
REPORTED = datetime(2026, 11, 21, 12, tzinfo=UTC)
_numbers = count(1)


def make_report(member_id: int, **changes: Any) -> Report:
    values: dict[str, Any] = {
        "source": "tests",
        "source_key": f"deed-{next(_numbers)}",
        "occurred_at": OCCURRED,
        **changes,
    }
    return Report(member_id=member_id, **values)


def make_activity(member_id: int, **changes: Any) -> Outcome:
    return record([make_report(member_id, **changes)], REPORTED)[0]


def make_deeds(member_id: int, number: int, **changes: Any) -> list[int]:
    """So many talks, none of them a repeat of another; their ids."""
    return [make_activity(member_id, **{"kind": "talk", "fingerprinted": False, **changes}).id for _turn in range(number)]
