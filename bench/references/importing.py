"""The same rows from the same file with the driver's executemany: nothing is checked, nothing deduplicated."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

COLUMNS = (
    "member_id", "kind", "occurred_at", "occurred_day", "reported_at", "text", "campaign", "evidence", "visibility",
    "source", "source_key", "points", "fingerprint",
)  # fmt: skip
NOON = " 12:00:00.000000"


def insert_all(connection: Any, postgresql: bool, file: Path, points: int, reported_at: str) -> int:
    """Returns the rows written, in one transaction."""
    ids = dict(connection.execute("SELECT handle, id FROM member").fetchall())
    with file.open(encoding="utf-8") as lines:
        rows = [_row(json.loads(line), ids, points, reported_at) for line in lines]
    if not postgresql:
        connection.execute("BEGIN IMMEDIATE")
    mark = "%s" if postgresql else "?"
    statement = f"INSERT INTO activity ({', '.join(COLUMNS)}) VALUES ({', '.join([mark] * len(COLUMNS))})"
    connection.cursor().executemany(statement, rows)
    connection.execute("COMMIT")
    return len(rows)


def _row(told: dict[str, str], ids: dict[str, int], points: int, reported_at: str) -> tuple[Any, ...]:
    day = (date.fromisoformat(told["occurred_at"]) - date(1970, 1, 1)).days
    member, text = ids[told["member"]], told["text"]
    look = "\x1f".join((str(member), str(day), told["kind"], told["campaign"], "", "", text.casefold()))
    return (
        member, told["kind"], told["occurred_at"] + NOON, day, reported_at, text, told["campaign"], 0, "members",
        told["source"], told["source_key"], points, hashlib.blake2b(look.encode(), digest_size=16).hexdigest(),
    )  # fmt: skip
