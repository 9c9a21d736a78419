"""Telling members something, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from recognition.announcements.models import Notice
from recognition.database import insert_new


@dataclass(frozen=True)
class Message:
    """`kind` is a key of `announcements.words.SENTENCES`; `key` makes it unique for ever."""

    member_id: int
    kind: str
    key: str
    path: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def tell(messages: list[Message], now: datetime) -> None:
    """In the caller's transaction; what was told before under the same key is not told again."""
    rows = [
        {
            "member_id": one.member_id,
            "kind": one.kind,
            "key": one.key,
            "path": one.path,
            "data": dict(one.data),
            "created_at": now,
        }
        for one in messages
    ]
    insert_new(Notice.__table__, sorted(rows, key=lambda row: str(row["key"])))
