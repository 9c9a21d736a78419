"""Everything that the tables hold, to compare."""

from typing import Any

import sqlalchemy as sa

from recognition.extensions import db

NOT_COMPARED = frozenset(("audit_entry", "job", "member_merge", "merge_suggestion"))
"""What says that something was done, beside what it did."""


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """All rows by table, in the order of their values."""
    db.session.rollback()
    tables = [table for table in db.metadata.sorted_tables if table.name not in NOT_COMPARED]
    return {table.name: sorted((tuple(row) for row in db.session.execute(sa.select(table))), key=repr) for table in tables}


def differing(one: dict[str, list[tuple[Any, ...]]], other: dict[str, list[tuple[Any, ...]]]) -> dict[str, Any]:
    """By table: rows that only one of the two has."""
    found = {}
    for name, rows in one.items():
        gone = [row for row in rows if row not in other[name]]
        new = [row for row in other[name] if row not in rows]
        if gone or new:
            found[name] = {"only_before": gone, "only_after": new}
    return found
