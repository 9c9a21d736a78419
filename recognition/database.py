"""Column types and the few SQL shapes that SQLite and PostgreSQL spell differently."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any  # Any: SQLAlchemy's own column expressions are generic over their value

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from recognition import clock
from recognition.extensions import db

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite numbers rows by itself only for a column declared INTEGER."""

MANY_ROWS = 100
Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """Aware UTC in Python; `timestamptz` on PostgreSQL, sortable text on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone is not a moment")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _Numbers(sa.types.UserDefinedType[Any]):
    """An array of numbers that comes as text: the driver would look at each of them, and name the smallest type that
    holds them all, so that one statement became several."""

    render_bind_cast = True
    cache_ok = True

    def get_col_spec(self, **_kw: object) -> str:
        return "BIGINT[]"


def array_text(numbers: Iterable[int]) -> str:
    """As PostgreSQL reads an array of numbers."""
    return f"{{{','.join(map(str, numbers))}}}"


class _List(sa.types.TypeDecorator[Sequence[Any]]):
    impl = sa.Text
    cache_ok = True

    def __init__(self, of: type[sa.types.TypeEngine[Any]]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(_Numbers() if self.of is sa.BigInteger else postgresql.ARRAY(self.of))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: sa.Dialect) -> Any:
        if dialect.name != "postgresql":
            return json.dumps(list(value or ()))
        return array_text(value or ()) if self.of is sa.BigInteger else list(value or ())


def elements(values: Iterable[int] | Iterable[str], name: str = "elements") -> sa.TableValuedAlias:
    """The values as rows of one column, `.c.value`: a single parameter, whatever the list's length, so that a statement
    stays the same for one value and for a thousand. Two of them inside each other need names of their own."""
    items: list[Any] = list(values)
    of = sa.Text if items and isinstance(items[0], str) else sa.BigInteger
    return _as_rows(sa.bindparam(None, items, type_=_List(of), unique=True), of, name)


def elements_later(name: str, of: type[sa.types.TypeEngine[Any]] = sa.BigInteger) -> sa.TableValuedAlias:
    """`elements` for a statement that is built once: the values come with its execution, as the parameter `name`."""
    return _as_rows(sa.bindparam(name, type_=_List(of)), of, "elements")


def _as_rows(bound: sa.BindParameter[Any], of: type[sa.types.TypeEngine[Any]], name: str) -> sa.TableValuedAlias:
    if is_postgresql():
        return sa.func.unnest(bound).table_valued(sa.column("value", of), name=name).render_derived()
    return sa.func.json_each(bound).table_valued(sa.column("value", of), name=name)


def pair_values(rows: Iterable[tuple[int, str]]) -> dict[str, Any]:
    """What a statement over `pairs` is executed with."""
    items = list(rows)
    if is_postgresql():
        return {"numbers": array_text(number for number, _word in items), "words": [word for _number, word in items]}
    return {"pairs": json.dumps(items)}


def pairs() -> sa.FromClause:
    """Pairs of a number and a word as rows of two columns, `.c.number` and `.c.word`; see `pair_values`."""
    if is_postgresql():
        numbers = sa.bindparam("numbers", type_=_Numbers())
        words = sa.bindparam("words", type_=postgresql.ARRAY(sa.Text))
        columns = (sa.column("number", sa.BigInteger), sa.column("word", sa.Text))
        return sa.func.unnest(numbers, words).table_valued(*columns, name="pair").render_derived()
    given = sa.func.json_each(sa.bindparam("pairs", type_=sa.Text)).table_valued("value", name="given")
    number = sa.func.json_extract(given.c.value, "$[0]", type_=sa.BigInteger).label("number")
    word = sa.func.json_extract(given.c.value, "$[1]", type_=sa.Text).label("word")
    return sa.select(number, word).subquery("pair")


def among(column: Any, values: Iterable[int] | Iterable[str]) -> sa.ColumnElement[bool]:
    """`column IN (values)`, with `elements`. Nothing is among no values, whose type PostgreSQL would have to guess."""
    items: list[Any] = list(values)
    found: sa.ColumnElement[bool] = column.in_(sa.select(elements(items).c.value)) if items else sa.false()
    return found


def insert_new(table: sa.Table, rows: Sequence[Mapping[str, Any]], *returning: sa.ColumnElement[Any]) -> Sequence[sa.Row[Any]]:
    """Insert the rows whose unique keys are free; the others are left as they are. Returns the new rows only. Every row
    has the columns of the first one."""
    if not rows:
        return []
    if len(rows) > 1 and is_postgresql():
        result = db.session.execute(_insert_at_once(table, rows, returning))
        return result.all() if returning else []
    statement = upsert(table).on_conflict_do_nothing()
    if len(rows) > 1 and returning and "id" in table.c:
        return _insert_then_read(table, statement, rows, returning)
    if not returning:
        db.session.connection().execute(statement, rows)
        return []
    return db.session.execute(statement.returning(*returning), rows).all()


def _insert_at_once(table: sa.Table, rows: Sequence[Mapping[str, Any]], returning: Sequence[sa.ColumnElement[Any]]) -> Any:
    statement = _from_json(table, rows).on_conflict_do_nothing()
    return statement.returning(*returning) if returning else statement


def _from_json(table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> Any:
    """All rows as one JSON parameter: PostgreSQL reads a short statement, not one with thousands of parameters."""
    names, alike = list(rows[0]), _alike(rows)
    told = [name for name in names if name not in alike]
    text = json.dumps([{name: row[name] for name in told} for row in rows] if alike else rows, default=datetime.isoformat)
    given = sa.cast(sa.bindparam("rows", text, type_=sa.Text), postgresql.JSON(none_as_null=True))
    columns = [sa.column(name, table.c[name].type) for name in told]
    records = sa.func.json_to_recordset(given).table_valued(*columns, name="given").render_derived(with_types=True)
    values = [sa.bindparam(name, rows[0][name], type_=table.c[name].type) if name in alike else records.c[name] for name in names]
    return upsert(table).from_select(names, sa.select(*values).select_from(records))


def _alike(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """The columns in which all rows say the same, so that many say it once. A few rows tell everything: each other choice
    of columns is a statement of its own, which has to be built and planned."""
    if len(rows) < MANY_ROWS:
        return set()
    first = rows[0]
    return {name for name, value in first.items() if all(row[name] == value for row in rows)} - {next(iter(first))}


def put(
    table: sa.Table, rows: Sequence[Mapping[str, Any]], keys: Sequence[str], change: Callable[[Any], Mapping[str, Any]]
) -> None:
    """Insert the rows, or where `keys` are taken set what `change(excluded)` says. Rows in an order that every caller
    shares, or two transactions could wait for each other."""
    if not rows:
        return
    statement = _from_json(table, rows) if is_postgresql() else upsert(table)
    statement = statement.on_conflict_do_update(index_elements=list(keys), set_=dict(change(statement.excluded)))
    if is_postgresql():
        db.session.execute(statement)
    else:
        db.session.connection().execute(statement, list(rows))


def _insert_then_read(
    table: sa.Table, statement: Any, rows: Sequence[Mapping[str, Any]], returning: Sequence[sa.ColumnElement[Any]]
) -> Sequence[sa.Row[Any]]:
    """SQLite, where the transaction is the only writer: what has a higher number than before is new. Several times
    faster than RETURNING."""
    connection = db.session.connection()
    last = connection.scalar(sa.select(sa.func.max(table.c.id))) or 0
    sql, names, binders = _plain_insert(table, tuple(rows[0]))
    if sql:
        columns = list(zip(names, binders, strict=True))
        values = [tuple([bind(row[name]) if bind else row[name] for name, bind in columns]) for row in rows]
        connection.exec_driver_sql(sql, values)
    else:
        connection.execute(statement, rows)
    return connection.execute(sa.select(*returning).where(table.c.id > last).order_by(table.c.id)).all()


@lru_cache(maxsize=64)
def _plain_insert(table: sa.Table, names: tuple[str, ...]) -> tuple[str, tuple[str, ...], list[Any]]:
    """The statement as text, and what turns each value into the database's. Empty if the table has defaults in Python
    beside these columns: SQLAlchemy then fills them in, at twice the price a row."""
    if any(column.default is not None for column in table.c if column.name not in names):
        return "", (), []
    dialect = sqlite.dialect(paramstyle="qmark")
    sql = sqlite.insert(table).on_conflict_do_nothing().compile(dialect=dialect, column_keys=list(names))
    order = tuple(sql.positiontup or ())
    return str(sql), order, [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in order]


def upsert(table: sa.Table) -> Any:
    """This database's INSERT with `on_conflict_do_update`."""
    return (postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert)(table)


def moment() -> datetime:
    """Now, by the one clock that all machines share, at this very moment of the transaction. SQLite's is this machine's."""
    if clock.is_moved() or not is_postgresql():
        return clock.utcnow()
    now: datetime = db.session.scalar(sa.text("SELECT clock_timestamp()"))
    return now.astimezone(UTC)


def is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def freshen_statistics(table: str) -> bool:
    """PostgreSQL plans by what it knew of a table when it last looked. Autovacuum looks once a minute; whoever meets many
    new rows at once asks here, in the transaction that is open. Returns whether half of the table or more was new."""
    if not is_postgresql():
        return False
    changed = sa.text(
        "SELECT pg_stat_get_mod_since_analyze(oid) > greatest(pg_stat_get_live_tuples(oid) / 2, :few)"
        " FROM pg_class WHERE oid = to_regclass(:name)"
    )
    if not db.session.scalar(changed, {"name": table, "few": MANY_ROWS}):
        return False
    # Somebody else who is at it already is enough.
    db.session.execute(sa.text(f"ANALYZE (SKIP_LOCKED) {table}"))
    return True
