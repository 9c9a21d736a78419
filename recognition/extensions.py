"""What the program is built from, created unbound and bound once in create_app."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import Flask
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Engine, MetaData, event, make_url
from sqlalchemy.orm import DeclarativeBase

from recognition.config import Settings


class Base(DeclarativeBase):
    """Every constraint has a name, so that a migration can change it on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)
migrate = Migrate()
login_manager = LoginManager()
csrf = CSRFProtect()
babel = Babel()

reading: ContextVar[bool] = ContextVar("reading", default=False)
"""True while a request or command only reads: SQLite then begins without taking the one writer's place."""


@contextmanager
def only_reading() -> Iterator[None]:
    """For a block, or as a decorator a whole command, that changes nothing. What was begun before it is taken back."""
    db.session.rollback()
    token = reading.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        reading.reset(token)


def bind(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(settings)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(settings.migrations_dir), render_as_batch=True)
    login_manager.init_app(app)
    csrf.init_app(app)
    # A doorbell must never make a person wait: one short try, and the sweep does the rest.
    app.extensions["redis"] = Redis.from_url(
        settings.redis_url, socket_connect_timeout=0.3, socket_timeout=1, retry=Retry(NoBackoff(), 0)
    )
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)


def _engine_options(settings: Settings) -> dict[str, object]:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        return {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8, "pool_timeout": 10}
    if url.database and url.database != ":memory:":
        settings.state_dir.mkdir(parents=True, exist_ok=True)
    return {"connect_args": {"timeout": 20}}


def _prepare_sqlite(engine: Engine) -> None:
    """WAL, foreign keys, full durability; and our own BEGIN, so that a writer queues up before it reads (a read that
    turns into a write fails at once with SQLITE_BUSY_SNAPSHOT instead of waiting for its turn). What is deleted is gone from the
    file too: the roll of a survey must not stay in a copy of it."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=20000",
                       "cache_size=-32000", "temp_store=MEMORY", "secure_delete=ON"):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: object) -> None:
        connection.exec_driver_sql("BEGIN" if reading.get() else "BEGIN IMMEDIATE")  # type: ignore[attr-defined]
