"""On SQLite one writer works at a time: readers never take its place, and writers queue instead of failing."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, request

from recognition import create_app, extensions
from recognition.audit.models import AuditEntry
from recognition.audit.services import record
from recognition.extensions import db
from recognition.refs import Ref
from recognition.web.access import public
from recognition.web.reading import start_writing
from tests.activities.test_record import in_threads
from tests.conftest import make_settings


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(make_settings(tmp_path))
    with app.app_context():
        db.create_all()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def writer(house: Flask) -> Iterator[sa.Connection]:
    """Somebody in the middle of writing."""
    engine = sa.create_engine(house.config["SQLALCHEMY_DATABASE_URI"], poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection
        connection.rollback()


def count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) or 0


def test_a_page_is_read_while_somebody_writes(house: Flask, writer: sa.Connection) -> None:
    visitor = house.test_client()
    assert visitor.get("/badges/").status_code == 200
    assert visitor.get("/readyz").status_code == 200
    assert visitor.head("/badges/").status_code == 200


def test_what_writes_waits_for_its_turn(house: Flask, writer: sa.Connection) -> None:
    begun = threading.Event()

    def write(number: int) -> int:
        begun.set()
        record("written", Ref("test", number), None)
        db.session.commit()
        return number

    def release(_number: int) -> None:
        begun.wait(10)
        writer.rollback()

    done = in_threads(house, 4, lambda n: write(n) if n else release(n))
    assert done == [None, 1, 2, 3]
    with house.app_context():
        assert count() == 3


def test_many_that_read_before_they_write_lose_nothing(house: Flask) -> None:
    """Begun as readers, all but one of them would fail at once, and the counts would repeat."""
    start = threading.Barrier(6)

    def note(number: int) -> None:
        start.wait(10)
        for _ in range(5):
            record(f"after {count()}", Ref("test", number), None)
            db.session.commit()

    in_threads(house, 6, note)
    with house.app_context():
        seen = list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))
    assert seen == [f"after {n}" for n in range(30)]


def test_only_safe_requests_read(house: Flask) -> None:
    modes: dict[str, bool] = {}

    @public
    def look() -> str:
        modes[request.method] = extensions.reading.get()
        return ""

    house.add_url_rule("/look", "look", look, methods=["GET", "HEAD", "POST", "PUT", "DELETE"])
    house.config["WTF_CSRF_ENABLED"] = False
    visitor = house.test_client()
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
        visitor.open("/look", method=method)
        assert extensions.reading.get() is False
    assert modes == {"GET": True, "HEAD": True, "POST": False, "PUT": False, "DELETE": False}


def test_a_safe_request_that_has_to_write_says_so(house: Flask) -> None:
    @public
    def back() -> Any:
        count()
        start_writing()
        record("signed in", Ref("test", 1), None)
        db.session.commit()
        return str(count())

    house.add_url_rule("/back", "back", back)
    assert house.test_client().get("/back").text == "1"
    assert extensions.reading.get() is False


def test_after_a_fault_the_next_request_begins_afresh(house: Flask) -> None:
    @public
    def stumble() -> Any:
        count()
        raise RuntimeError("seven legs")

    house.add_url_rule("/stumble", "stumble", stumble)
    assert house.test_client().get("/stumble").status_code == 500
    assert extensions.reading.get() is False


def test_how_sqlite_is_set_up(house: Flask) -> None:
    with house.app_context():
        found = {name: db.session.scalar(sa.text(f"PRAGMA {name}"))
                 for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")}  # fmt: skip
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 20_000}
