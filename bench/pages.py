"""P8: the public pages against a page with three selects and a template, on the same server and database."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from bench import servers
from bench.figure import figure
from bench.world import databases, program
from recognition import clock
from recognition.activities.models import Activity
from recognition.badges.models import Award, Badge
from recognition.campaigns.models import Campaign, CampaignMember
from recognition.demo import services as demo
from recognition.extensions import db
from recognition.identity.models import Member, Membership
from recognition.leaderboards.models import Standing

REQUESTS = 160
CONNECTIONS = 4
TURNS = 3
TIMES = 10
MOST_QUERIES = 12
MOST_BYTES = 60_000
ANEW = "anew"
"""A word in the address that no page asks for: a guest's page that was kept for one address is rendered for another."""
Pages = dict[str, str]


def run() -> Iterator[dict[str, Any]]:
    with databases() as new, servers.bell() as redis_url:
        for database, make in new.items():
            url = make()
            with program(url, redis_url) as app:
                demo.load(clock.utcnow())
                pages, handle = _pages(), busiest()
                few = {name: look(app, path) for name, path in pages.items()}
                _grow()
                many = {name: look(app, path) for name, path in pages.items()}
            yield from weights(database, few, many)
            yield from speeds(database, url, redis_url, pages, f"/{handle}")


def _pages() -> Pages:
    badge = db.session.scalars(sa.select(Badge.slug).order_by(Badge.holders_count.desc(), Badge.id)).first()
    campaign = db.session.scalars(
        sa.select(Campaign.slug).where(Campaign.state == "published").order_by(Campaign.starts_at.desc())
    ).first()
    return {"home": "/", "profile": f"/members/{busiest()}", "badge": f"/badges/{badge}", "board": "/boards/community",
            "campaign": f"/campaigns/{campaign}"}  # fmt: skip


def busiest() -> str:
    """Whoever wears most badges."""
    worn = sa.select(Award.member_id).group_by(Award.member_id).order_by(sa.func.count().desc(), Award.member_id)
    return str(db.session.scalar(sa.select(Member.handle).where(Member.id == worn.limit(1).scalar_subquery())))


def anew(path: str, number: object) -> str:
    """The same page at an address that nobody asked for yet."""
    return f"{path}{'&' if '?' in path else '?'}{ANEW}={number}"


def look(app: Flask, path: str) -> dict[str, Any]:
    """One visit of a stranger, and a second one with the tag that the first brought, if any."""
    db.session.remove()
    client = app.test_client()
    client.get(path)
    with _counted() as asked:
        first = client.get(anew(path, 0))
    if first.status_code != 200:
        raise SystemExit(f"P8: {path} answers {first.status}.")
    found: dict[str, Any] = {"queries": len(asked), "bytes": len(first.data), "again": None}
    if etag := first.headers.get("ETag"):
        with _counted() as asked:
            second = client.get(anew(path, 0), headers={"If-None-Match": etag})
        found["again"] = (second.status_code, len(asked))
    return found


@contextmanager
def _counted() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def _grow() -> None:
    """Ten times the people, each new one with the deeds, pins and standings of somebody who was there."""
    last = db.session.scalar(sa.select(sa.func.max(Member.id))) or 0
    for turn in range(1, TIMES):
        shift, mark = last * turn, f"-{turn}"
        _copy(Member, last, shift, id=lambda c, by=shift: c + by, handle=lambda c, m=mark: c + m)
        _copy(Activity, last, shift, source_key=lambda c, m=mark: c + m)
        _copy(Award, last, shift, key=lambda c, m=mark: sa.func.substr(c, 1, 20) + m)
        for table in (Standing, CampaignMember, Membership):
            _copy(table, last, shift)
    db.session.execute(sa.update(Badge).values(holders_count=Badge.holders_count * TIMES))
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def _copy(model: Any, last: int, shift: int, **changes: Callable[[Any], Any]) -> None:
    """The rows of people up to the id `last` once more, for people whose ids are `shift` higher."""
    table = model.__table__
    owner = table.c.id if model is Member else table.c.member_id
    changes = {"member_id": lambda c: c + shift} | changes
    names = [c.name for c in table.c if c.name != "id" or "id" in changes]
    values = [changes[name](table.c[name]) if name in changes else table.c[name] for name in names]
    first = sa.select(*values).where(owner <= last)
    db.session.execute(sa.insert(table).from_select(names, first))


def weights(database: str, few: dict[str, Any], many: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, small in few.items():
        large = many[name]
        size = f"{name}, rendered anew, {TIMES}x rows"
        yield figure("P8", database, size, large["queries"], "queries", "a tenth of the rows", small["queries"])
        yield figure("P8", database, size, large["queries"], "queries", "at most", MOST_QUERIES)
        yield figure("P8", database, size, large["bytes"], "bytes", "at most", MOST_BYTES)
        if large["again"]:
            status, queries = large["again"]
            yield figure("P8", database, f"{name}, unchanged ({status})", queries, "queries", "at most", 1)


def speeds(database: str, url: str, redis_url: str, pages: Pages, bare: str) -> Iterator[dict[str, Any]]:
    ours, theirs = servers.free_port(), servers.free_port()
    with tempfile.TemporaryDirectory(prefix="bench-") as state:
        env = servers.settings(url, redis_url, Path(state))
        with (
            servers.module("recognition", "web", "--port", str(ours), env=env) as web,
            servers.module("bench.references.page", url, str(theirs)) as reference,
        ):
            servers.wait_for(ours, web)
            servers.wait_for(theirs, reference)
            for name, path in pages.items():
                yield from compare(database, name, (ours, path), (theirs, bare))
                again = (ours, anew(path, "{n}"))
                yield from compare(database, f"{name}, rendered anew", again, (theirs, bare))


def compare(database: str, name: str, ours: tuple[int, str], theirs: tuple[int, str]) -> Iterator[dict[str, Any]]:
    """By turns; the best rate and the middle p99 of each."""
    for place in (ours, theirs):
        _load(*place, count=2 * CONNECTIONS)
    turns = [(_load(*ours), _load(*theirs)) for _turn in range(TURNS)]
    rates = [max(turn[side]["count"] / turn[side]["seconds"] for turn in turns) for side in (0, 1)]
    slow = [median(turn[side]["p99_ms"] for turn in turns) for side in (0, 1)]
    reference = "three selects and a template"
    yield figure("P8", database, name, rates[0], "requests/s", reference, rates[1], digits=1)
    yield figure("P8", database, name, slow[0], "ms p99", reference, slow[1], digits=1)


def _load(port: int, path: str, count: int = REQUESTS) -> dict[str, float]:
    """In a process of its own, so that asking does not slow down the one that measures."""
    command = [sys.executable, "-m", "bench.client", str(port), path, str(count), str(CONNECTIONS)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found
