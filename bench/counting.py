"""P7, the counting: Schulze against numpy, and a million approvals against one GROUP BY. RECOGNITION_BENCH_BALLOTS makes the
latter smaller."""

import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from bench.figure import figure
from bench.references import pairwise
from bench.world import NOW, add_members, connect, databases, program
from recognition.contests import counting
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.entry import Entry
from recognition.contests.tally.ballots import from_marks
from recognition.contests.tally.count import tally
from recognition.extensions import db

RANKED = 100_000
CANDIDATES = 20
APPROVING = int(os.environ.get("RECOGNITION_BENCH_BALLOTS", "1000000"))
TURNS = 11
FEWER_TURNS = 5
Work = Callable[[], object]


def run() -> Iterator[dict[str, Any]]:
    yield from _schulze()
    with databases() as new:
        for database, make in new.items():
            yield from _approvals(database, make())


def _schulze() -> Iterator[dict[str, Any]]:
    """Ours is the whole count, from the columns to the order; theirs is the matrix of pairs alone."""
    names = [f"entry {number}" for number in range(CANDIDATES)]
    cost = {}
    for size in (RANKED, 10 * RANKED):
        ours, theirs = _one_size(names, ranked_columns(size))
        cost[size] = ours / size
        label = f"{size} x {CANDIDATES}"
        yield figure("P7 Schulze", "none", label, size / ours, "ballots/s", "numpy, pairs alone", size / theirs)
    growth = cost[10 * RANKED] / cost[RANKED]
    yield figure("P7 Schulze, 10x ballots", "none", f"{RANKED} -> {10 * RANKED}", growth, "x a ballot", "as before", 1, digits=2)


def _one_size(names: list[str], columns: list[bytes]) -> tuple[float, float]:
    if tally("schulze", names, columns).pairwise != pairwise.matrix(columns):
        raise SystemExit("P7: the two matrices differ.")
    ours, theirs = (lambda: tally("schulze", names, columns)), (lambda: pairwise.matrix(columns))
    return _by_turns(ours, theirs, TURNS, time.thread_time)  # both only reckon, in one thread


def ranked_columns(ballots: int) -> list[bytes]:
    """Each voter has a taste of their own around a common one, knows most candidates, and ranks some equally."""
    dice = random.Random(5)
    columns = [bytearray(ballots) for _candidate in range(CANDIDATES)]
    for ballot in range(ballots):
        unknown = dice.random() * 0.4
        for place, column in enumerate(columns):
            rank = min(CANDIDATES, max(1, round(dice.gauss(place + 1, 5))))
            column[ballot] = 0 if dice.random() < unknown else rank
    return [bytes(column) for column in columns]


def _approvals(database: str, url: str) -> Iterator[dict[str, Any]]:
    with program(url):
        round_id, marks = _fill(url, database)
        bare = connect(url)
        joined = _JOINED.format(round_id=round_id, no="false" if database == "postgresql" else "0")
        if counting.approvals(round_id) != dict(bare.execute(joined).fetchall()):
            raise SystemExit("P7: the two counts of approvals differ.")
        yield _from_columns(database, bare, round_id, marks)
        for name, statement in ((_PLAIN, _ALL), ("the same GROUP BY, by hand", joined)):
            ours, theirs = _by_turns(
                lambda: counting.approvals(round_id), lambda wanted=statement: bare.execute(wanted).fetchall(), FEWER_TURNS
            )
            size = f"{APPROVING} ballots, {marks} marks"
            yield figure("P7 approval", database, size, ours * 1000, "ms", name, theirs * 1000, digits=1)
        bare.close()


def _from_columns(database: str, bare: Any, round_id: int, marks: int) -> dict[str, Any]:
    """The count of a file, once its columns are in memory, against the plainest question to a database."""
    entries = [entry for (entry,) in bare.execute("SELECT id FROM contest_entry ORDER BY id").fetchall()]
    rows = bare.execute("SELECT ballot_id - 1, entry_id, value FROM contest_mark").fetchall()
    columns = from_marks("approval", {entry: place for place, entry in enumerate(entries)}, APPROVING, rows)
    names = [str(entry) for entry in entries]
    if {int(name): number for name, number in tally("approval", names, columns).numbers.items()} != counting.approvals(round_id):
        raise SystemExit("P7: the file and the database differ.")
    ours, theirs = _by_turns(lambda: tally("approval", names, columns), lambda: bare.execute(_ALL).fetchall(), FEWER_TURNS)
    size = f"{APPROVING} ballots, {marks} marks"
    return figure("P7 approval, from columns", database, size, ours * 1000, "ms", _PLAIN, theirs * 1000, digits=1)


_PLAIN = "one GROUP BY over all marks"
_ALL = "SELECT entry_id, count(*) FROM contest_mark GROUP BY entry_id"
_JOINED = """SELECT m.entry_id, count(*) FROM contest_mark m JOIN contest_ballot b ON b.id = m.ballot_id
WHERE b.round_id = {round_id} AND b.replaced = {no} GROUP BY m.entry_id"""


def _fill(url: str, database: str) -> tuple[int, int]:
    """A round in which everybody approves of one to four entries."""
    add_members(1)
    round_id, entries = _contest()
    dice = random.Random(9)
    ballots = ((n, round_id, f"{n:064x}", 1, f"{n:064x}", False, False) for n in range(1, APPROVING + 1))
    chosen = [dice.sample(entries, dice.randint(1, 4)) for _ballot in range(APPROVING)]
    marks = [(n, entry, 1) for n, few in enumerate(chosen, start=1) for entry in few]
    connection = connect(url)
    _store(connection, database, _BALLOT, ballots)
    _store(connection, database, _MARK, marks)
    if database == "postgresql":
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    else:
        connection.execute("ANALYZE")
    connection.close()
    return round_id, len(marks)


def _contest() -> tuple[int, list[int]]:
    contest = Contest(slug="c", title="C", brief="", takes="text", entries_from=NOW, entries_until=NOW + timedelta(days=1),
                      state="published", created_at=NOW)  # fmt: skip
    one = Round(position=1, starts_at=NOW, ends_at=NOW + timedelta(days=1), state="open")
    contest.rounds.append(one)
    entries = [Entry(contest=contest, key=f"e{n}", member_id=1, created_at=NOW, changed_at=NOW) for n in range(CANDIDATES)]
    db.session.add_all([contest, *entries])
    db.session.commit()
    ids = one.id, [entry.id for entry in entries]
    db.session.remove()
    return ids


_BALLOT = ("contest_ballot", "id, round_id, voter_key, number, receipt_hash, abstains, replaced", 7)
_MARK = ("contest_mark", "ballot_id, entry_id, value", 3)


def _store(connection: Any, database: str, table: tuple[str, str, int], rows: Any) -> None:
    name, columns, width = table
    cursor = connection.cursor()
    if database == "postgresql":
        with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        cursor.execute("BEGIN IMMEDIATE")
        cursor.executemany(f"INSERT INTO {name} ({columns}) VALUES ({', '.join('?' * width)})", rows)
    cursor.execute("COMMIT")


def _by_turns(ours: Work, theirs: Work, turns: int, clock: Callable[[], float] = time.perf_counter) -> tuple[float, float]:
    """Seconds, the fastest of each: what else the machine does can only add."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _turn in range(turns):
        for work, seconds in zip((ours, theirs), taken, strict=True):
            began = clock()
            work()
            seconds.append(clock() - began)
    return min(taken[0]), min(taken[1])
