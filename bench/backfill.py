"""P2: giving 20 badges for everybody's past, against one hand-written statement a badge."""

import time
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from bench.figure import figure
from bench.references import backfilling
from bench.references.awarding import Database
from bench.world import NOW, add_badges, add_members, awards, connect, databases, fill_considered, program, twenty_badges
from recognition.badges.models import Badge
from recognition.badges.services import considering
from recognition.extensions import db

MEMBERS = 10_000
SIZES = (100_000, 1_000_000)


def run() -> Iterator[dict[str, Any]]:
    with databases() as new:
        for database, make in new.items():
            costs = {}
            for size in SIZES:
                lines = list(_one_size(database, make(), size))
                costs[size] = lines[0]["value"] / size
                yield from lines
            growth = costs[SIZES[1]] / costs[SIZES[0]]
            yield figure("P2", database, f"{SIZES[0]} -> {SIZES[1]}", growth, "x cost a row", "as before", 1, digits=2)


def _one_size(database: str, url: str, size: int) -> Iterator[dict[str, Any]]:
    with program(url):
        add_members(MEMBERS)
        add_badges()
        fill_considered(size, MEMBERS)
        look(1)
        began = time.perf_counter()
        everybody()
        first = time.perf_counter() - began
        mine = awards()
        began = time.perf_counter()
        everybody()
        again = time.perf_counter() - began
        look(2)
        began = time.perf_counter()
        everybody()
        anew = time.perf_counter() - began
    bare = Database(connect(url), database == "postgresql")
    began = time.perf_counter()
    backfilling.by_statements(bare, twenty_badges())
    theirs = time.perf_counter() - began
    same = set(bare.run("SELECT badge, member FROM ref_award").fetchall())
    bare.connection.close()
    if mine != same:
        raise SystemExit(f"P2: the two ways award differently: {len(mine)} and {len(same)}, {len(mine ^ same)} apart.")
    yield figure("P2", database, size, first, "s", "a statement a badge", theirs, digits=3)
    yield figure("P2", database, size, again, "s, nothing new", "the first time", first, digits=5)
    yield figure("P2", database, size, anew, "s, everybody looked at again", "the first time", first, digits=3)


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
