"""Runs migrations on the program's own database connection, SQLite and PostgreSQL alike."""

from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from recognition.database import Json, UtcDateTime
from recognition.extensions import db


def render(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Migrations name plain types only, so that they still run when ours have changed."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.JSON) and repr(item) == repr(Json):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run() -> None:
    with db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        driver = connection.connection.dbapi_connection
        if is_sqlite and driver is not None:
            # A batch change copies a table; its foreign keys may not fire meanwhile. Only outside of a transaction.
            driver.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            render_item=render,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if is_sqlite and driver is not None:
            driver.execute("PRAGMA foreign_keys=ON")


run()
