"""What a change of many rows did, row by row: read before and after, kept as JSON, and taken back.

Taking back looks at each column by itself. Where it still is what the change made of it, it becomes what it was before;
where somebody changed it since, their word stands."""

import base64
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from recognition.database import UtcDateTime
from recognition.extensions import db

Which = tuple[sa.Table, sa.ColumnElement[bool]]
"""Rows of one table."""
Key = tuple[Any, ...]
Found = dict[str, dict[Key, dict[str, Any]]]
"""Rows by table and primary key, each by column, as JSON holds them."""
Difference = dict[str, Any]
"""`table`, `key` (the present one), and `was` and `is`: the columns that changed, or all of them where there was, or is, no
such row."""
KEYS_A_TIME = 200
NEVER_MOVED = frozenset((("activity", "withdrawn_by_id"),))
"""No merge touches who took a deed back, and without an index the whole log would be read for it."""

ALWAYS_AS_BEFORE = frozenset((("activity", "considered_at"),))
"""When the drain last looked at a row says nothing about whose it is."""


def about_members(member_ids: Sequence[int], but: Iterable[str] = ()) -> list[Which]:
    """The rows of all tables that name one of these members in a column of their own."""
    found: list[Which] = []
    for table in db.metadata.sorted_tables:
        names = [one for one in table.columns if _names_member(one) and (table.name, one.name) not in NEVER_MOVED]
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
        after.setdefault(name, {}).update(read(_with_keys(table, missing)).get(name, {}))
    return after


def between(before: Found, after: Found, ids: tuple[int, int] = (0, 0)) -> list[Difference]:
    """`ids`: a row whose key named the one and names the other is the same row."""
    found: list[Difference] = []
    for name in sorted(before.keys() | after.keys()):
        was_rows, is_rows = before.get(name, {}), after.get(name, {})
        renamed = _renamed(db.metadata.tables[name], was_rows, is_rows, ids)
        for key in [*was_rows, *(key for key in is_rows if key not in was_rows and key not in renamed.values())]:
            was, now = was_rows.get(key), is_rows.get(renamed.get(key, key))
            if was is not None and now is not None:
                changed = [column for column in was if was[column] != now[column]]
                was, now = {one: was[one] for one in changed}, {one: now[one] for one in changed}
            if was or now:
                found.append({"table": name, "key": list(renamed.get(key, key)), "was": was, "is": now})
    return found


def _renamed(table: sa.Table, was: Collection[Key], now: Collection[Key], ids: tuple[int, int]) -> dict[Key, Key]:
    named = [_names_member(column) for column in table.primary_key.columns]
    found = {}
    for key in was if any(named) else ():
        new = tuple(ids[1] if is_name and one == ids[0] else one for one, is_name in zip(key, named, strict=True))
        if key not in now and new in now and new not in was:
            found[key] = new
    return found


def take_back(differences: Sequence[Difference]) -> list[Difference]:
    """Those of them, or their columns, that somebody changed since, or that cannot be any more, and that stay as they are."""
    order = {table.name: place for place, table in enumerate(db.metadata.sorted_tables)}
    new = [one for one in differences if one["was"] is None]
    gone = [one for one in differences if one["is"] is None]
    changed = [one for one in differences if one["was"] is not None and one["is"] is not None]
    left = _each(sorted(new, key=lambda one: -order[one["table"]]), _delete)
    # A column that names a row which is to come back has to wait for it.
    coming = {one["table"] for one in gone}
    left += _change_back(changed, lambda column: not _names(column, coming))
    left += _each(sorted(gone, key=lambda one: order[one["table"]]), _bring_back)
    left += _change_back(changed, lambda column: _names(column, coming))
    db.session.expire_all()
    return left


def _names(column: sa.Column[Any], tables: set[str]) -> bool:
    return any(key.column.table.name in tables for key in column.foreign_keys)


def _each(differences: Sequence[Difference], write: Callable[[Sequence[Difference]], None]) -> list[Difference]:
    """Those that cannot be: what they name is gone, or another row has their place."""
    if not differences or _could(differences, write):
        return []
    return [one for one in differences if not _could([one], write)]


def _could(differences: Sequence[Difference], write: Callable[[Sequence[Difference]], None]) -> bool:
    try:
        with db.session.begin_nested():
            write(differences)
    except IntegrityError:
        return False
    return True


def _delete(differences: Sequence[Difference]) -> None:
    for one in differences:
        table = db.metadata.tables[one["table"]]
        db.session.execute(sa.delete(table).where(_is(table, one["key"])))


def _bring_back(differences: Sequence[Difference]) -> None:
    for one in differences:
        table = db.metadata.tables[one["table"]]
        db.session.execute(sa.insert(table).values(_values(table, one["was"])))


def _update(differences: Sequence[Difference]) -> None:
    """Many rows of which the same columns change are one statement."""
    alike: dict[tuple[str, ...], list[Difference]] = {}
    for one in differences:
        alike.setdefault((one["table"], *one["was"]), []).append(one)
    for (name, *columns), rows in alike.items():
        table = db.metadata.tables[name]
        keys = list(table.primary_key.columns)
        change = sa.update(table).where(*(column == sa.bindparam(f"key_{at}") for at, column in enumerate(keys)))
        change = change.values({column: sa.bindparam(f"new_{column}") for column in columns})
        told = [
            {f"key_{at}": _value(column, row["key"][at]) for at, column in enumerate(keys)}
            | {f"new_{column}": value for column, value in _values(table, row["was"]).items()}
            for row in rows
        ]
        db.session.connection().execute(change, told)


def _change_back(differences: Sequence[Difference], mine: Callable[[sa.Column[Any]], bool]) -> list[Difference]:
    """Those columns that are `mine`."""
    tables = {name: db.metadata.tables[name] for name in {one["table"] for one in differences}}
    columns_of = [(one, [n for n in one["was"] if n in tables[one["table"]].c and mine(tables[one["table"]].c[n])])
                  for one in differences]  # fmt: skip
    present, left, right = _present([one for one, columns in columns_of if columns]), [], []
    for one, columns in columns_of:
        table = tables[one["table"]]
        now = present.get(table.name, {}).get(tuple(one["key"]))
        if now is None:
            continue
        same = [n for n in columns if now[n] in (one["is"][n], one["was"][n]) or (table.name, n) in ALWAYS_AS_BEFORE]
        if values := {name: one["was"][name] for name in same if now[name] != one["was"][name]}:
            right.append({**one, "was": values, "is": {name: one["is"][name] for name in values}})
        if rest := [name for name in columns if name not in same]:
            left.append({**one, "was": {n: one["was"][n] for n in rest}, "is": {n: one["is"][n] for n in rest}})
    return left + _each(right, _update)


def _present(differences: Sequence[Difference]) -> Found:
    keys: dict[str, list[Key]] = {}
    for one in differences:
        keys.setdefault(one["table"], []).append(tuple(one["key"]))
    return read(which for name, wanted in keys.items() for which in _with_keys(db.metadata.tables[name], wanted))


def _with_keys(table: sa.Table, keys: Sequence[Key]) -> Iterator[Which]:
    for start in range(0, len(keys), KEYS_A_TIME):
        some, columns = keys[start : start + KEYS_A_TIME], list(table.primary_key.columns)
        alone = len(columns) == 1
        yield (
            table,
            columns[0].in_([_value(columns[0], key[0]) for key in some]) if alone else sa.or_(*(_is(table, key) for key in some)),
        )


def _is(table: sa.Table, key: Sequence[Any]) -> sa.ColumnElement[bool]:
    columns = list(table.primary_key.columns)
    return sa.and_(*(column == _value(column, value) for column, value in zip(columns, key, strict=True)))


def _key(table: sa.Table, row: Mapping[str, Any]) -> Key:
    return tuple(row[column.name] for column in table.primary_key.columns)


def _values(table: sa.Table, stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(table.c[name], value) for name, value in stored.items() if name in table.c}


def _stored(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _value(column: sa.Column[Any], stored: Any) -> Any:
    if isinstance(stored, str) and isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(stored)
    if isinstance(stored, str) and isinstance(column.type, sa.Date):
        return date.fromisoformat(stored)
    if isinstance(stored, str) and isinstance(column.type, sa.LargeBinary):
        return base64.b64decode(stored)
    return stored
