"""P4: places among a million people, against a sorted set in Valkey and against counting. RECOGNITION_BENCH_MEMBERS makes
it smaller."""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa
from redis import Redis

from bench import servers
from bench.figure import figure
from bench.references.ranking import Row, SortedSet, counted_rank
from bench.world import NOW, connect, databases, program
from recognition.extensions import db
from recognition.leaderboards import counting, keeping, ranks
from recognition.leaderboards.models import Board
from recognition.leaderboards.rules import Place
from recognition.leaderboards.scoring import Sum

MEMBERS = int(os.environ.get("RECOGNITION_BENCH_MEMBERS", "1000000"))
ASKED = 400
COUNTED = 15
UPDATED = 200
BESIDE = 12
PAGE = 24
TOP = 100
Timing = float


def run() -> Iterator[dict[str, Any]]:
    with databases() as new, servers.bell() as redis_url:
        redis = Redis.from_url(redis_url)
        for database, make in new.items():
            small = _one_size(database, make(), redis, MEMBERS // 10)
            large = _one_size(database, make(), redis, MEMBERS)
            yield from small["lines"] + large["lines"]
            growth = large["rank"] / small["rank"]
            sizes = f"{MEMBERS // 10} -> {MEMBERS}"
            yield figure("P4 rank, 10x members", database, sizes, growth, "x a rank", "as before", 1, digits=2)


def people(number: int) -> list[Row]:
    """Most have little and some have much; scores and moments meet often."""
    dice = random.Random(7)
    return [
        (member, max(1, int(dice.lognormvariate(4, 1.2))), NOW - timedelta(minutes=dice.randrange(700 * 24 * 60)))
        for member in range(1, number + 1)
    ]


def _one_size(database: str, url: str, redis: Any, number: int) -> dict[str, Any]:
    rows = people(number)
    reference = SortedSet(redis)
    reference.fill(rows)
    with program(url):
        board = _fill(url, database, rows)
        dice = random.Random(3)
        asked = dice.sample(rows, ASKED)
        _compare(board, asked, reference)
        return _measure(database, url, board, rows, asked, reference)


def _measure(database: str, url: str, board: int, rows: list[Row], asked: list[Row], reference: SortedSet) -> dict[str, Any]:
    bare, mark = connect(url), "%s" if database == "postgresql" else "?"
    places = {row[0]: Place(row[1], row[2], row[0]) for row in rows}
    rank, their_rank = _by_turns(asked, lambda row: ranks.own_place(board, "all", row[0]), lambda row: reference.rank(row[0]))
    counted = _each(asked[:COUNTED], lambda row: counted_rank(bare, mark, board, row))
    around, their_around = _by_turns(
        asked, lambda row: ranks.around(board, "all", row[0], 0, BESIDE), lambda row: reference.around(row[0], BESIDE)
    )
    top, their_top = _by_turns(asked[:100], lambda _row: ranks.sides(board, "all", None, TOP, 0), lambda _row: reference.top(TOP))
    deep, first = _pages(board, places)
    bare.rollback() if database == "postgresql" else None
    db.session.rollback()
    update, plain = _updates(board, bare, mark, asked)
    bare.close()
    size = len(rows)
    lines = [
        _line("P4 rank", database, size, rank, "Valkey ZREVRANK", their_rank),
        _line("P4 rank", database, size, rank, "count(*) of who is ahead", counted),
        _line("P4 25 around, with ranks", database, size, around, "Valkey ZREVRANK and ZREVRANGE", their_around),
        _line("P4 top 100", database, size, top, "Valkey ZREVRANGE", their_top),
        _line("P4 page at the middle rank", database, size, deep, "the first page", first),
        _line("P4 update with its counts, committed", database, size, update, "the bare UPDATE, committed", plain),
    ]
    return {"rank": rank, "lines": lines}


def _line(name: str, database: str, size: int, ours: Timing, reference: str, theirs: Timing) -> dict[str, Any]:
    return figure(name, database, size, ours * 1e6, "µs", reference, theirs * 1e6, digits=1)


def _each(rows: Sequence[Row], work: Callable[[Row], object]) -> Timing:
    """Seconds a call, the median; a few before are not timed."""
    for row in rows[:5]:
        work(row)
    taken = []
    for row in rows:
        began = time.perf_counter()
        work(row)
        taken.append(time.perf_counter() - began)
    return median(taken)


def _by_turns(rows: Sequence[Row], ours: Callable[[Row], object], theirs: Callable[[Row], object]) -> tuple[Timing, Timing]:
    """Both at the same time of the day, or whatever else the machine does would be measured: a call of each in turn."""
    mine: list[float] = []
    others: list[float] = []
    for row in (*rows[:5], *rows):
        for work, taken in ((ours, mine), (theirs, others)):
            began = time.perf_counter()
            work(row)
            taken.append(time.perf_counter() - began)
    return median(mine[5:]), median(others[5:])


def _pages(board: int, places: dict[int, Place]) -> tuple[Timing, Timing]:
    order = sorted(places.values())
    middle = order[len(order) // 2 : len(order) // 2 + 50]

    def page(place: Place) -> object:
        below = ranks.sides(board, "all", place, 0, PAGE).below
        return ranks.own_place(board, "all", below[0].member_id)

    here = [(place.member_id, place.score, place.reached_at) for place in middle]
    return _by_turns(here, lambda row: page(places[row[0]]), lambda _row: page(order[0]))


def _updates(board: int, bare: Any, mark: str, asked: list[Row]) -> tuple[Timing, Timing]:
    """Each in a transaction of its own, committed to the disk."""

    def ours(row: Row) -> None:
        keeping.wait_for_rebuild()
        keeping.lock([row[0]])
        keeping.add({(board, row[0], "all"): Sum(5, 1, NOW)})
        db.session.commit()
        db.session.remove()

    def theirs(row: Row) -> None:
        if mark == "?":
            bare.execute("BEGIN IMMEDIATE")
        where = f"board_id = {mark} AND period = 'all' AND member_id = {mark}"
        bare.execute(f"UPDATE standing SET score = score + 5, deeds = deeds + 1 WHERE {where}", (board, row[0]))
        bare.execute("COMMIT")

    return _by_turns(asked[:UPDATED], ours, theirs)


def _compare(board: int, asked: list[Row], reference: SortedSet) -> None:
    """Both must say the same of everybody who is asked about."""
    for row in asked:
        own, found = ranks.around(board, "all", row[0], 0, BESIDE)
        ours, theirs = own.rank if own else None, reference.rank(row[0])
        around = [*(one.member_id for one in found.above), row[0], *(one.member_id for one in found.below)]
        if ours != theirs or around != reference.around(row[0], BESIDE):
            raise SystemExit(f"P4: member {row[0]} is {ours} here and {theirs} there.")
    top = [one.member_id for one in ranks.sides(board, "all", None, TOP, 0).top]
    if top != reference.top(TOP):
        raise SystemExit("P4: the two tops differ.")


def _fill(url: str, database: str, rows: list[Row]) -> int:
    board = Board(slug="community", name="Community", kinds=[])
    db.session.add(board)
    db.session.commit()
    board_id = board.id
    db.session.remove()
    connection = connect(url)
    cursor = connection.cursor()
    if database == "postgresql":
        cursor.execute(_MEMBERS.format(series=f"generate_series(1, {len(rows)}) AS series(n)", no="false", json="'[]'"))
        with cursor.copy(f"COPY standing ({_STANDING}) FROM STDIN") as copy:
            for member, score, reached in rows:
                copy.write_row((board_id, member, "all", score, 1, reached, True))
        cursor.execute("COMMIT")
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")
    else:
        cursor.execute("BEGIN IMMEDIATE")
        series = f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {len(rows)}) SELECT n FROM s)"
        cursor.execute(_MEMBERS.format(series=series, no="0", json="'[]'"))
        stored = ((board_id, m, "all", score, 1, at.strftime("%Y-%m-%d %H:%M:%S.%f"), 1) for m, score, at in rows)
        cursor.executemany(f"INSERT INTO standing ({_STANDING}) VALUES (?, ?, ?, ?, ?, ?, ?)", stored)
        cursor.execute("COMMIT")
        cursor.execute("ANALYZE")
    connection.close()
    counting.count(board_id, "all")
    db.session.commit()
    if database == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as own:
            own.execute(sa.text("ANALYZE standing_count"))
    return board_id


_STANDING = "board_id, member_id, period, score, deeds, reached_at, listed"
_MEMBERS = """INSERT INTO member (id, handle, name, pronouns, place, languages, areas, links, bio, ask_me_about, visibility,
state, on_boards, calm, joined_at, handle_look, sort_name, search_public, search_members)
SELECT n, 'm' || n, 'Member ' || n, '', '', {json}, {json}, {json}, '', '', '{{}}', 'active', NOT {no}, {no},
'2026-11-21 12:00:00.000000', 'm' || n, 'member ' || n, 'member ' || n, 'member ' || n FROM {series}"""
