"""A database with members, badges and a log, the same on SQLite and PostgreSQL."""

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask

from recognition import clock, create_app
from recognition.activities.models import Activity, Kind
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.badges.models import Award, Badge, BadgeListener
from recognition.config import Settings
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.leaderboards.models import Board
from tests.servers.postgres import DURABLE, NewDatabase, cluster

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KINDS = [f"kind-{i}" for i in range(8)]
DATABASES = ("sqlite", "postgresql")


@contextmanager
def databases() -> Iterator[dict[str, NewDatabase]]:
    """For each database a function that makes an empty one, or a copy of the one at an address, and gives its address.
    Commits reach the disk, as in use."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, cluster(DURABLE) as new_postgresql:
        numbers = iter(range(10_000))

        def new_sqlite(template: str = "") -> str:
            file = Path(folder) / f"bench-{next(numbers)}.db"
            if template:
                shutil.copy(template.removeprefix("sqlite:///"), file)
            return f"sqlite:///{file}"

        yield {"sqlite": new_sqlite, "postgresql": new_postgresql}


@contextmanager
def program(url: str, redis_url: str | None = None) -> Iterator[Flask]:
    """The product on an empty database of this address, inside its application context."""
    with tempfile.TemporaryDirectory(prefix="bench-state-", ignore_cleanup_errors=True) as folder:
        state = Path(folder)
        app = create_app(
            Settings(
                state_dir=state,
                database_url=url,
                redis_url=redis_url or f"unix://{state}/nobody",
                embedded_redis=True,
                secret_key="bench" * 8,
                base_url="http://127.0.0.1:8000",
                media_url=f"file://{state}",
                demo=True,
            )
        )
        with app.app_context():
            db.create_all()
            yield app
            db.session.remove()
            db.engine.dispose()


def connect(url: str) -> Any:
    """A bare connection for the references, as the product's own settings have it."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return psycopg.connect(parsed.set(drivername="postgresql").render_as_string(hide_password=False))
    connection = sqlite3.connect(str(parsed.database), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def add_members(count: int) -> None:
    """With the kinds of deed and the board that everybody stands on."""
    db.session.execute(sa.insert(Member), [_member(number) for number in range(1, count + 1)])
    db.session.execute(sa.insert(Kind), [_kind(slug) for slug in KINDS])
    db.session.add(Board(slug="community", name="Community", about="", kinds=[]))
    db.session.commit()


def _member(number: int) -> dict[str, Any]:
    return {"handle": f"m{number}", "name": f"Member {number}", "pronouns": "", "place": "", "languages": [], "areas": [],
            "links": [], "bio": "", "ask_me_about": "", "visibility": {}, "state": "active", "on_boards": True, "calm": False,
            "joined_at": NOW}  # fmt: skip


def _kind(slug: str) -> dict[str, Any]:
    return {"slug": slug, "label": slug, "family": "helping", "hint": "", "points": 5, "internal": False, "offered": True,
            "position": 1}  # fmt: skip


def twenty_badges() -> list[tuple[str, str, int]]:
    """(measure, kind, goal): twelve counts by kind, four distinct campaigns, four weekly streaks."""
    counts = [("count", KINDS[i % 8], (1, 5, 25, 100)[i % 4]) for i in range(12)]
    distinct = [("distinct", KINDS[i], 3 + i) for i in range(4)]
    return counts + distinct + [("streak", KINDS[4 + i], 3 + i) for i in range(4)]


def add_badges(badges: list[tuple[str, str, int]] | None = None) -> None:
    for number, (measure, kind, goal) in enumerate(twenty_badges() if badges is None else badges):
        where = {"kind": [kind]}
        criteria = {
            "count": {"count": where, "at_least": goal},
            "distinct": {"distinct": "campaign", "where": where, "at_least": goal},
            "streak": {"streak": "week", "where": where, "at_least": goal},
        }[measure]
        badge = Badge(
            slug=f"b{number}",
            name="b",
            family="helping",
            glyph="star",
            summary="",
            state="published",
            criteria=criteria,
            levels=[],
            created_at=NOW,
        )
        db.session.add(badge)
        db.session.flush()
        db.session.add(BadgeListener(badge_id=badge.id, kind=kind))
    db.session.commit()


def reports(count: int, members: int, seed: int = 7) -> Iterator[Report]:
    """Deeds whose authors follow Zipf's law."""
    dice = random.Random(seed)
    weights = [1 / rank for rank in range(1, members + 1)]
    authors = dice.choices(range(1, members + 1), weights, k=count)
    for number, author in enumerate(authors):
        yield Report(
            member_id=author,
            source="bench",
            source_key=str(number),
            kind=dice.choice(KINDS),
            text=f"deed {number}",
            occurred_at=NOW - timedelta(days=dice.randrange(700)),
            campaign=f"c{dice.randrange(30)}",
        )


def fill(count: int, members: int) -> None:
    chunk: list[Report] = []
    for report in reports(count, members):
        chunk.append(report)
        if len(chunk) == 2000:
            record(chunk, NOW, wake=False)
            chunk = []
    record(chunk, NOW, wake=False)
    db.session.commit()
    analyze()


def fill_considered(count: int, members: int, even: bool = False, first: int = 1, source: str = "bench") -> None:
    """A log that is considered already, written straight into its table. `even`: everybody has the same number of deeds;
    otherwise as in `reports`. Members are numbered from `first`."""
    table: Any = Activity.__table__
    chunk: list[dict[str, Any]] = []
    for number, report in enumerate(reports(count, members)):
        member_id = first + (number % members if even else report.member_id - 1)
        day = clock.day_number(report.occurred_at)
        chunk.append({"member_id": member_id, "kind": report.kind, "occurred_at": report.occurred_at, "occurred_day": day,
                      "reported_at": NOW, "text": report.text, "campaign": report.campaign, "source": source,
                      "source_key": report.source_key, "points": 5, "considered_at": NOW, "evidence": 0, "told_evidence": 0,
                      "visibility": "members"})  # fmt: skip
        if len(chunk) == 5000:
            insert_new(table, chunk)
            chunk = []
    insert_new(table, chunk)
    db.session.commit()
    analyze()


def analyze() -> None:
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def awards() -> set[tuple[str, int]]:
    return set(db.session.execute(sa.select(Badge.slug, Award.member_id).join(Badge, Badge.id == Award.badge_id)).tuples())
