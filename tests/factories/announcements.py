"""Notices as other packages tell them."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from recognition.announcements.services import Message, tell

TOLD = datetime(2026, 11, 21, 12, tzinfo=UTC)
_numbers = count(1)


def make_message(member_id: int, kind: str = "award.given", **changes: Any) -> Message:
    values: dict[str, Any] = {"key": f"notice-{next(_numbers)}", "path": "/badges/", "data": {"badge": "Helper"}, **changes}
    return Message(member_id, kind, **values)


def tell_some(member_id: int, number: int = 1, now: datetime = TOLD, **changes: Any) -> None:
    """One a minute, the last one at `now`; each names its number."""
    for place in range(number):
        data = {"badge": f"Pin {place + 1}"}
        tell([make_message(member_id, **{"data": data, **changes})], now - timedelta(minutes=number - 1 - place))
