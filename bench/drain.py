"""P1: the drain against hand-written batches and against a COUNT for each deed."""

import time
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from bench.figure import figure
from bench.references import awarding
from bench.world import add_badges, add_members, awards, connect, databases, fill, program, twenty_badges
from recognition.activities.drain import drain
from recognition.extensions import db

MEMBERS = 10_000
SIZES = (10_000, 100_000)
COUNTED = 1_000
Given = set[tuple[str, int]]
"""Who got which badge."""


def run() -> Iterator[dict[str, Any]]:
    with databases() as new:
        for database, make in new.items():
            speeds = {}
            for size in SIZES:
                for line in _one_size(database, make(), size):
                    speeds[size, line["reference"]] = line["value"]
                    yield line
            growth = speeds[SIZES[0], "batches of counters"] / speeds[SIZES[1], "batches of counters"]
            yield figure("P1", database, f"{SIZES[0]} -> {SIZES[1]}", growth, "x cost a row", "as before", 1, digits=2)


def _one_size(database: str, url: str, size: int) -> Iterator[dict[str, Any]]:
    ours, mine, set_aside = _ours(url, size)
    bare = awarding.Database(connect(url), database == "postgresql")
    if bare.postgresql:
        bare.connection.execute("COMMIT")
        bare.connection.autocommit = True
        bare.connection.execute("VACUUM ANALYZE activity")
        bare.connection.autocommit = False
    yield figure("P1", database, size, ours, "deeds/s", "batches of counters", _by_counters(bare, mine, set_aside))
    yield figure("P1", database, size, ours, "deeds/s", "a COUNT for each deed and badge", _by_count_each(bare, mine, size))
    bare.connection.close()


def _ours(url: str, size: int) -> tuple[float, Given, int]:
    """Deeds a second, who got which badge, and how many deeds were set aside. All wait again afterwards."""
    with program(url):
        add_members(MEMBERS)
        add_badges()
        fill(size, MEMBERS)
        db.session.remove()
        began = time.perf_counter()
        drained = drain()
        ours = size / (time.perf_counter() - began)
        mine = awards()
        db.session.execute(sa.text("UPDATE activity SET considered_at = NULL WHERE kind <> 'badge.awarded'"))
        db.session.commit()
    return ours, mine, drained.set_aside


def _by_counters(bare: awarding.Database, mine: Given, set_aside: int) -> float:
    began = time.perf_counter()
    considered = awarding.by_counters(bare, twenty_badges())
    theirs = considered / (time.perf_counter() - began)
    same = {(row[0], row[1]) for row in bare.run("SELECT badge, member FROM ref_award")}
    apart = bare.run(
        "SELECT member_id, period, score, deeds FROM standing EXCEPT SELECT member, period, score, deeds FROM ref_standing"
    ).fetchall()
    bare.commit()
    if apart:
        raise SystemExit(f"P1: {len(apart)} standings differ, such as {apart[0]}.")
    if mine != same or set_aside:
        raise SystemExit(f"P1: the two ways award differently: {len(mine)} and {len(same)}, {len(mine ^ same)} apart.")
    return theirs


def _by_count_each(bare: awarding.Database, mine: Given, size: int) -> float:
    awarding.forget_awards(bare)
    began = time.perf_counter()
    number, members = awarding.by_count_each(bare, twenty_badges(), min(size, COUNTED))
    each = number / (time.perf_counter() - began)
    same = set(bare.run("SELECT badge, member FROM ref_award").fetchall())
    bare.commit()
    if same != {award for award in mine if award[1] in members}:
        raise SystemExit("P1: a COUNT for each deed awards differently.")
    return each
