"""Fixtures for every test: the program on both databases, clean tables, signed-in clients, counted queries."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient

from recognition import clock, create_app
from recognition.config import Settings
from recognition.extensions import db as database
from recognition.identity.access import digest
from recognition.identity.models import Account, LoginSession
from tests.factories.identity import make_member as _make_member

pytest_plugins = [
    "tests.servers.postgres",
    "tests.servers.valkey",
    "tests.servers.oidc",
    "tests.servers.verifier",
    "tests.servers.browser",
    "tests.servers.site",
    "tests.servers.mail",
    "tests.servers.forum",
    "tests.openbadges.fixtures",
]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of its own for this run; what uses it runs once on each."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'test.db'}"
    new_database: Callable[[], str] = request.getfixturevalue("new_database")
    return new_database()


def make_settings(state_dir: Path, **changes: Any) -> Settings:
    """A demo on this machine whose doorbell hangs nowhere: the drain is called by the test."""
    values: dict[str, Any] = {
        "state_dir": state_dir, "database_url": f"sqlite:///{state_dir / 'test.db'}",
        "redis_url": f"unix://{state_dir / 'nobody.sock'}", "embedded_redis": True, "secret_key": "for-tests-only" * 4,
        "base_url": "http://localhost", "media_url": f"file://{state_dir / 'media'}", "demo": True, "testing": True, **changes,
    }  # fmt: skip
    return Settings(**values)


class Browser(FlaskClient):
    """Each request starts with an empty `g`: the test's own application context would carry the last visitor over."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        for name in list(g) if has_app_context() else ():
            g.pop(name)
        return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def _program(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    program = create_app(make_settings(tmp_path_factory.mktemp("state"), database_url=database_url))
    program.test_client_class = Browser
    with program.app_context():
        if database.engine.dialect.name == "sqlite":
            sa.event.listen(database.engine, "connect", hurry)
        database.create_all()
    yield program
    with program.app_context():
        database.engine.dispose()


def hurry(connection: Any, _record: object) -> None:
    """This database outlives no test, so nobody waits for the disk: what a killed process wrote, the kernel still has."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def app(_program: Flask) -> Iterator[Flask]:
    """The program with empty tables, inside an application context."""
    with _program.app_context():
        empty_tables()
        _program.extensions["limits"].forget()
        yield _program
        database.session.remove()


@pytest.fixture
def db(app: Flask) -> Any:
    return database


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


MUCH_BYTES = 4 * 2**20


def empty_tables() -> None:
    tables = [table.name for table in database.metadata.tables.values()]
    if database.engine.dialect.name == "postgresql":
        _empty_postgresql(tables)
        return
    database.session.remove()
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        # Most are empty, and to see that takes a fraction of the time that emptying them would.
        looks = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables)
        written = connection.exec_driver_sql(looks).scalars().all()
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        for name in written:
            connection.exec_driver_sql(f"DELETE FROM {name}")
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.exec_driver_sql("BEGIN")


def _empty_postgresql(tables: list[str]) -> None:
    """TRUNCATE makes new files for every table, which takes longer than most tests. Those that were written to since the
    last one are few and small, and deleting their rows is quick."""
    sizes = "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    written = {name: size for name, size in database.session.execute(sa.text(sizes)) if size}
    if sum(written.values()) > MUCH_BYTES:
        database.session.execute(sa.text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE"))
    else:
        for table in reversed(database.metadata.sorted_tables):
            if table.name in written:
                database.session.execute(sa.delete(table))
        again = "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL"
        database.session.execute(sa.text(again))
    database.session.commit()


@pytest.fixture
def make_member(app: Flask) -> Callable[..., Any]:
    return _make_member


@pytest.fixture
def sign_in() -> Callable[[FlaskClient, Any], None]:
    """Signs a member in with a login session of the real kind; only the issuer is left out."""

    def sign(client: FlaskClient, member: Any) -> None:
        token = open_session(member)
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True

    return sign


def open_session(member: Any) -> str:
    now = clock.utcnow()
    account = Account(member_id=member.id, issuer="https://tests.example", subject=member.handle, created_at=now)
    database.session.add(account)
    database.session.flush()
    token = f"token-of-{member.handle}"
    database.session.add(LoginSession(token_hash=digest(token), account_id=account.id, created_at=now, last_seen_at=now,
                                      expires_at=now + timedelta(hours=1)))  # fmt: skip
    database.session.commit()
    return token


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], Any]:
    """`with count_queries() as seen: ...; assert len(seen) == 4`. Holds each statement's text."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
                seen.append(statement)

        sa.event.listen(database.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(database.engine, "before_cursor_execute", note)

    return counting


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """tests/real reads the folder named by RECOGNITION_REAL_DATA; elsewhere its made-up twins are run alone."""
    return True if collection_path.name == "real" and "RECOGNITION_REAL_DATA" not in os.environ else None


@pytest.fixture(scope="session")
def real_data() -> Path:
    return Path(os.environ["RECOGNITION_REAL_DATA"])
