"""The same entries from the same bytes with the parser alone and the driver's executemany: nothing is looked at before it is
parsed, no name is matched, nothing that was known is compared."""

import calendar
import io
import json
from datetime import UTC, datetime
from typing import Any

import feedparser

SIGHTING = (
    "inlet_id", "source", "source_key", "place", "account", "member_id", "version_at", "occurred_at", "gone", "draft", "state",
    "seen_at",
)  # fmt: skip
DEED = (
    "member_id", "kind", "occurred_at", "occurred_day", "reported_at", "text", "url", "evidence", "told_evidence", "visibility",
    "source", "source_key", "points",
)  # fmt: skip


def import_all(connection: Any, postgresql: bool, body: bytes, inlet_id: int, member_id: int, prefix: str, log: bool) -> int:
    """In one transaction; `prefix` is what the keys begin with."""
    now = datetime.now(UTC)
    found = [_entry(entry) for entry in feedparser.parse(io.BytesIO(body)).entries]
    seen = [(inlet_id, "feed", f"{prefix}:{name}:of-{member_id}", "blog.example.org", "", member_id, day, day, False,
             json.dumps({"kind": "Blog post", "text": title, "url": link, "tags": tags, "who": ""}),
             "taken" if log else "asked", now) for name, title, link, tags, day in found]  # fmt: skip
    if not postgresql:
        connection.execute("BEGIN IMMEDIATE")
    _insert(connection, postgresql, "sighting", SIGHTING, seen)
    if log:
        deeds = [(member_id, "blog-post", day, day.toordinal() - 719_163, now, title, link, 1, 1, "members", "feed",
                  f"{prefix}:{name}:of-{member_id}", 5) for name, title, link, _tags, day in found]  # fmt: skip
        _insert(connection, postgresql, "activity", DEED, deeds)
    connection.execute("COMMIT")
    return len(seen)


def _insert(connection: Any, postgresql: bool, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    mark = "%s" if postgresql else "?"
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"
    told = rows if postgresql else [tuple(str(one) if isinstance(one, datetime) else one for one in row) for row in rows]
    connection.cursor().executemany(statement, told)


def _entry(entry: Any) -> tuple[str, str, str, list[str], datetime]:
    tags = [tag["term"] for tag in entry.get("tags", [])]
    return entry.id, entry.title, entry.link, tags, datetime.fromtimestamp(calendar.timegm(entry.published_parsed), UTC)
