"""P2: giving 20 badges for everybody's past, against one hand-written statement a badge: bare rows, and the same rows."""

import time
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from bench.figure import figure
from bench.references import backfilling
from bench.references.awarding import Database
from bench.world import NOW, add_badges, add_members, awards, connect, databases, fill_considered, program, twenty_badges
from recognition import clock
from recognition.badges.models import Badge
from recognition.badges.services import considering
from recognition.extensions import db
from tests.servers.postgres import NewDatabase

MEMBERS = 10_000
SIZES = (100_000, 1_000_000)
ROWS = """SELECT award.badge_id, award.member_id, occasion, version, how, reason, CAST(awarded_at AS text), answer, shown,
fact.kind, CAST(fact.occurred_at AS text), fact.occurred_day, CAST(fact.reported_at AS text), fact.text, fact.object,
fact.evidence, fact.told_evidence, fact.visibility, fact.points, fact.considered_at
FROM award JOIN activity AS fact ON fact.source = 'badges' AND fact.source_key = badge_id || ':' || award.member_id || ':'"""
"""Each award with the fact that the log has of it, but for what numbers them."""
Rows = set[Any]


def run() -> Iterator[dict[str, Any]]:
    with databases() as new:
        for database, make in new.items():
            costs = {}
            for size in SIZES:
                lines = list(_one_size(database, make, size))
                costs[size] = lines[0]["value"] / size
                yield from lines
            growth = costs[SIZES[1]] / costs[SIZES[0]]
            yield figure("P2", database, f"{SIZES[0]} -> {SIZES[1]}", growth, "x cost a row", "as before", 1, digits=2)


def _one_size(database: str, make: NewDatabase, size: int) -> Iterator[dict[str, Any]]:
    """Everybody begins with a copy of one log."""
    log = make()
    with program(log):
        add_members(MEMBERS)
        add_badges()
        fill_considered(size, MEMBERS)
    (first, again, anew), given, rows = _ours(make(log))
    bare, bare_given = _bare(database, make(log))
    full, full_rows = _with_facts(database, make(log))
    if given != bare_given or rows != full_rows:
        raise SystemExit(f"P2: awards differ: {len(given)} and {len(bare_given)}; or rows: {len(rows ^ full_rows)} are apart.")
    yield figure("P2", database, size, first, "s", "a statement a badge", bare, digits=3)
    yield figure("P2", database, size, first, "s", "statements that leave the same rows", full, digits=3)
    yield figure("P2", database, size, again, "s, nothing new", "the first time", first, digits=5)
    yield figure("P2", database, size, anew, "s, everybody looked at again", "the first time", first, digits=3)


def _ours(url: str) -> tuple[list[float], set[tuple[str, int]], Rows]:
    """Seconds for everybody's past, with nothing new, and with everybody to be looked at again; what it left behind."""
    with program(url):
        took = []
        for number in (1, 1, 2):
            look(number)
            began = time.perf_counter()
            everybody()
            took.append(time.perf_counter() - began)
        return took, awards(), set(db.session.execute(sa.text(ROWS)).tuples())


def _bare(database: str, url: str) -> tuple[float, set[Any]]:
    bare = Database(connect(url), database == "postgresql")
    began = time.perf_counter()
    backfilling.by_statements(bare, twenty_badges())
    took = time.perf_counter() - began
    given = set(bare.run("SELECT badge, member FROM ref_award").fetchall())
    bare.connection.close()
    return took, given


def _with_facts(database: str, url: str) -> tuple[float, Rows]:
    bare = Database(connect(url), database == "postgresql")
    began = time.perf_counter()
    backfilling.with_facts(bare, twenty_badges(), f"{NOW:%Y-%m-%d %H:%M:%S.%f}", clock.day_number(NOW))
    took = time.perf_counter() - began
    rows = set(bare.run(ROWS).fetchall())
    bare.connection.close()
    return took, rows


def look(number: int) -> None:
    """As publishing a badge or changing its rule asks for: everybody is to be looked at."""
    db.session.execute(sa.update(Badge).values(look=number))
    db.session.commit()


def everybody() -> None:
    """What the job `badges.backfill` does, slice after slice, each in its own transaction."""
    for badge_id, number in db.session.execute(sa.select(Badge.id, Badge.look).order_by(Badge.id)).all():
        place: int | None = 0
        while place is not None:
            _made, place = considering.backfill_slice(badge_id, number, place, NOW)
            db.session.commit()
