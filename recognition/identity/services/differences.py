"""What a change of many rows did, row by row: read before and after, kept as JSON, and taken back.

Taking back looks at each column by itself. Where it still is what the change made of it, it becomes what it was before;
where somebody changed it since, their word stands."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.database import UtcDateTime
from recognition.extensions import db

Which = tuple[sa.Table, sa.ColumnElement[bool]]
"""Rows of one table."""
Key = tuple[Any, ...]
Found = dict[str, dict[Key, dict[str, Any]]]
"""Rows by table and primary key, each by column, as JSON holds them."""
Difference = dict[str, Any]
"""`table`, `key`, and `was` and `is`: the columns that changed, or all of them where there was, or is, no such row."""

ALWAYS_AS_BEFORE = frozenset((("activity", "considered_at"),))
"""When the drain last looked at a row says nothing about whose it is."""


def about_members(member_ids: Sequence[int], but: Iterable[str] = ()) -> list[Which]:
    """The rows of all tables that name one of these members in a column of their own."""
    found: list[Which] = []
    for table in db.metadata.sorted_tables:
        names = [column for column in table.columns if _names_member(column)]
        if names and table.name not in set(but):
            found += [(table, column.in_(member_ids)) for column in names]
    return found


def _names_member(column: sa.Column[Any]) -> bool:
    own = column.table.name == "member" and column.primary_key
    return own or any(key.target_fullname == "member.id" for key in column.foreign_keys)


def read(wanted: Iterable[Which]) -> Found:
    db.session.flush()
    found: Found = {}
    for table, condition in wanted:
        rows = found.setdefault(table.name, {})
        for row in db.session.execute(sa.select(table).where(condition)).mappings():
            one = {column.name: _stored(row[column.name]) for column in table.columns}
            rows[_key(table, one)] = one
    return found


def read_again(before: Found, wanted: Iterable[Which]) -> Found:
    """Those that were there before, wherever they went, and those that are there now."""
    after = read(wanted)
    for name, rows in before.items():
        table = db.metadata.tables[name]
        missing = [key for key in rows if key not in after.get(name, {})]
        for key in missing:
            for one in read([(table, _is(table, key))])[name].values():
                after.setdefault(name, {})[key] = one
    return after


def between(before: Found, after: Found) -> list[Difference]:
    found: list[Difference] = []
    for name in sorted(before.keys() | after.keys()):
        was_rows, is_rows = before.get(name, {}), after.get(name, {})
        for key in [*was_rows, *(key for key in is_rows if key not in was_rows)]:
            was, now = was_rows.get(key), is_rows.get(key)
            if was is not None and now is not None:
                changed = [column for column in was if was[column] != now[column]]
                was, now = {one: was[one] for one in changed}, {one: now[one] for one in changed}
            if was or now:
                found.append({"table": name, "key": list(key), "was": was, "is": now})
    return found


def take_back(differences: Sequence[Difference]) -> list[Difference]:
    """Those of them, or their columns, that somebody changed since and that stay as they are."""
    order = {table.name: place for place, table in enumerate(db.metadata.sorted_tables)}
    new = [one for one in differences if one["was"] is None]
    gone = [one for one in differences if one["is"] is None]
    changed = [one for one in differences if one["was"] is not None and one["is"] is not None]
    for one in sorted(new, key=lambda one: -order[one["table"]]):
        table = db.metadata.tables[one["table"]]
        db.session.execute(sa.delete(table).where(_is(table, one["key"])))
    # A column that names a row which is to come back has to wait for it.
    coming = {one["table"] for one in gone}
    left = [rest for one in changed if (rest := _change_back(one, lambda column: not _names(column, coming)))]
    for one in sorted(gone, key=lambda one: order[one["table"]]):
        left += _bring_back(one)
    left += [rest for one in changed if (rest := _change_back(one, lambda column: _names(column, coming)))]
    db.session.expire_all()
    return left


def _names(column: sa.Column[Any], tables: set[str]) -> bool:
    return any(key.column.table.name in tables for key in column.foreign_keys)


def _bring_back(one: Difference) -> list[Difference]:
    table = db.metadata.tables[one["table"]]
    if db.session.execute(sa.select(sa.literal(1)).select_from(table).where(_is(table, one["key"]))).first():
        return [one]
    values = {name: _value(table.c[name], stored) for name, stored in one["was"].items() if name in table.c}
    db.session.execute(sa.insert(table).values(values))
    return []


def _change_back(one: Difference, mine: Any) -> Difference | None:
    table = db.metadata.tables[one["table"]]
    columns = [name for name in one["was"] if name in table.c and mine(table.c[name])]
    rows = read([(table, _is(table, one["key"]))])[table.name] if columns else {}
    if not rows:
        return None
    (now,) = rows.values()
    same = [n for n in columns if now[n] in (one["is"][n], one["was"][n]) or (table.name, n) in ALWAYS_AS_BEFORE]
    values = {name: _value(table.c[name], one["was"][name]) for name in same if now[name] != one["was"][name]}
    if values:
        db.session.execute(sa.update(table).where(_is(table, one["key"])).values(values))
    rest = [name for name in columns if name not in same]
    return {**one, "was": {n: one["was"][n] for n in rest}, "is": {n: one["is"][n] for n in rest}} if rest else None


def _is(table: sa.Table, key: Sequence[Any]) -> sa.ColumnElement[bool]:
    columns = list(table.primary_key.columns)
    return sa.and_(*(column == _value(column, value) for column, value in zip(columns, key, strict=True)))


def _key(table: sa.Table, row: Mapping[str, Any]) -> Key:
    return tuple(row[column.name] for column in table.primary_key.columns)


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _value(column: sa.Column[Any], stored: Any) -> Any:
    if isinstance(stored, str) and isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(stored)
    if isinstance(stored, str) and isinstance(column.type, sa.LargeBinary):
        return base64.b64decode(stored)
    return stored
