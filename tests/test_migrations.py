"""The tables that migrations make are those that the models say, on both databases, and every step goes back."""

from collections.abc import Callable
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from recognition import create_app
from recognition.extensions import db
from tests.conftest import make_settings


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'migrated.db'}"
    new_database: Callable[[], str] = request.getfixturevalue("new_database")
    return new_database()


def shape(engine: sa.Engine) -> dict[str, dict[str, set[str]]]:
    """Columns, indexes, foreign keys and unique constraints by table."""
    seen = sa.inspect(engine)
    return {
        table: {
            "columns": {f"{column['name']} {column['nullable']}" for column in seen.get_columns(table)},
            "indexes": {str(index["name"]) for index in _indexes(seen, table)},
            "keys": _keys(seen, table),
            "unique": {str(sorted(unique["column_names"])) for unique in seen.get_unique_constraints(table)},
        }
        for table in seen.get_table_names()
        if table != "alembic_version"
    }  # fmt: skip


def _keys(seen: sa.Inspector, table: str) -> set[str]:
    """Straight from SQLite itself: of a reference that stands with its column SQLAlchemy does not read everything."""
    if seen.bind.dialect.name == "sqlite":  # type: ignore[union-attr]
        with seen.bind.connect() as connection:  # type: ignore[union-attr]
            rows = connection.exec_driver_sql(f"PRAGMA foreign_key_list({table})").mappings()
            return {f"{row['from']} {row['table']} {row['on_delete']}" for row in rows}
    keys = seen.get_foreign_keys(table)
    return {f"{key['constrained_columns'][0]} {key['referred_table']} {key['options']}" for key in keys}


def _indexes(seen: sa.Inspector, table: str) -> list[dict[str, object]]:
    """Straight from SQLite's own table: SQLAlchemy does not read indexes over expressions there."""
    if seen.bind.dialect.name == "sqlite":  # type: ignore[union-attr]
        with seen.bind.connect() as connection:  # type: ignore[union-attr]
            named = sa.text("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = :t AND sql IS NOT NULL")
            return [{"name": name} for name in connection.scalars(named, {"t": table})]
    return [dict(index) for index in seen.get_indexes(table) if not index.get("duplicates_constraint")]


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_up_down_and_up_again_gives_the_tables_of_the_models(empty_database: str, tmp_path: Path) -> None:
    program = create_app(make_settings(tmp_path, database_url=empty_database))
    with program.app_context():
        flask_migrate.upgrade()
        migrated = shape(db.engine)
        with db.engine.connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), db.metadata)
        flask_migrate.downgrade(revision="base")
        assert set(sa.inspect(db.engine).get_table_names()) == {"alembic_version"}
        db.create_all()
        from_models = shape(db.engine)
        db.drop_all()
        flask_migrate.upgrade()
        assert shape(db.engine) == migrated
        assert any("picture_id" in key for key in migrated["member"]["keys"])
        db.engine.dispose()
    # Indexes over expressions cannot be compared there; `shape` names every index. SQLAlchemy does not read the name of
    # a reference that SQLite keeps with its column; `shape` compares what each one refers to.
    unread = ["add_index", "remove_index"] + (["add_fk", "remove_fk"] if empty_database.startswith("sqlite") else [])
    assert [change for change in differences if change[0] not in unread] == []
    # In a circle of two tables SQLAlchemy makes one half by ALTER, which SQLite has not; the migration makes both.
    for tables in (migrated, from_models):
        tables["member"]["keys"] = {key for key in tables["member"]["keys"] if "picture_id" not in key}
    assert migrated == from_models


def test_the_common_board_is_in_every_house_once(empty_database: str, tmp_path: Path) -> None:
    """The navigation leads to it; a house that loaded a catalogue before has it already, and perhaps under another name."""
    program = create_app(make_settings(tmp_path, database_url=empty_database))
    with program.app_context():
        flask_migrate.upgrade()
        with db.engine.begin() as connection:
            assert connection.execute(sa.text("UPDATE board SET name = 'Ours' WHERE slug = 'community'")).rowcount == 1
        flask_migrate.downgrade(revision="0001")
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            assert connection.scalars(sa.text("SELECT name FROM board")).all() == ["Ours"]
        db.engine.dispose()
