"""P7, the storing: ballots cast by eight clients at once, a transaction each, beside bare inserts of the same rows.
RECOGNITION_BENCH_CASTS makes it smaller."""

import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bench.figure import figure
from bench.references.voting import insert_each
from bench.world import add_members, connect, databases, program
from recognition import clock
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.entry import Entry
from recognition.contests.models.vote import Ballot, Candidate, Voter
from recognition.contests.secret import voter_key
from recognition.contests.services.voting import cast
from recognition.extensions import db

CLIENTS = 8
CASTS = int(os.environ.get("RECOGNITION_BENCH_CASTS", "4000"))
CANDIDATES, CHOICES = 20, 5
SALT = "ab" * 32
TURNS = 3
SAME = "SELECT entry_id, value, count(*) FROM contest_mark GROUP BY entry_id, value ORDER BY entry_id, value"
Votes = list[tuple[int, list[int]]]
"""Of each voter, by id: the entries they approve of."""


def run() -> Iterator[dict[str, Any]]:
    with databases() as new:
        for database, make in new.items():
            ours, theirs = [], []
            for _turn in range(TURNS):
                mine, seconds = _ours(make())
                ours.append(seconds)
                bare, seconds = _theirs(database == "postgresql", make())
                theirs.append(seconds)
                if mine != bare:
                    raise SystemExit(f"P7: the stored ballots differ on {database}.")
            size = f"{CASTS} by {CLIENTS} clients"
            yield figure("P7 storing", database, size, CASTS / min(ours), "ballots/s", "bare inserts", CASTS / min(theirs))


def _ours(url: str) -> tuple[Any, float]:
    with program(url):
        round_id, votes = _an_open_round()

        def client(number: int, wait: Callable[[], Any]) -> None:
            db.engine.dispose(close=False)
            db.session.scalar(sa.select(Round.id))
            db.session.rollback()
            wait()
            for voter, entries in votes[number::CLIENTS]:
                cast(round_id, voter, dict.fromkeys(entries, 1))
                db.session.commit()

        seconds = _at_once(client)
        stored = db.session.execute(sa.text(SAME)).all()
        receipts = db.session.scalar(sa.select(sa.func.count(sa.distinct(Ballot.receipt_hash))))
        if receipts != CASTS:
            raise SystemExit(f"P7: {receipts} receipts for {CASTS} ballots.")
        return [tuple(row) for row in stored], seconds


def _theirs(postgresql: bool, url: str) -> tuple[Any, float]:
    with program(url):
        round_id, votes = _an_open_round()
        keys = {voter: voter_key(SALT, voter) for voter, _entries in votes}

    def client(number: int, wait: Callable[[], Any]) -> None:
        connection = connect(url)
        if not postgresql:
            connection.execute("PRAGMA busy_timeout=20000")
        mine = [((voter << 32) + 1, keys[voter], entries) for voter, entries in votes[number::CLIENTS]]
        wait()
        insert_each(connection, postgresql, round_id, mine)

    seconds = _at_once(client)
    connection = connect(url)
    stored = [tuple(row) for row in connection.execute(SAME).fetchall()]
    connection.close()
    return stored, seconds


def _at_once(client: Callable[[int, Callable[[], Any]], None]) -> float:
    """Each client is a process of its own; the clock runs from when all are ready until the last one is done."""
    fork = multiprocessing.get_context("fork")
    ready, done = fork.Barrier(CLIENTS + 1), fork.Barrier(CLIENTS + 1)

    def one(number: int) -> None:
        client(number, ready.wait)
        done.wait()
        os._exit(0)

    processes = [fork.Process(target=one, args=(number,)) for number in range(CLIENTS)]
    for process in processes:
        process.start()
    ready.wait(timeout=120)
    began = time.perf_counter()
    done.wait(timeout=600)
    seconds = time.perf_counter() - began
    for process in processes:
        process.join()
    return seconds


def _an_open_round() -> tuple[int, Votes]:
    """With a roll of as many members as there are ballots to cast."""
    add_members(CASTS)
    now = clock.utcnow()
    contest = Contest(slug="bench", title="b", brief="b", takes="text", entries_from=now - timedelta(days=9),
                      entries_until=now - timedelta(days=2), state="published", created_at=now)  # fmt: skip
    db.session.add(contest)
    db.session.flush()
    one = Round(contest_id=contest.id, position=1, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1),
                state="open", salt=SALT, roll_count=CASTS)  # fmt: skip
    made = [Entry(contest_id=contest.id, key=f"e{n}", member_id=1 + n, state="in", created_at=now, changed_at=now)
            for n in range(CANDIDATES)]  # fmt: skip
    db.session.add_all([one, *made])
    db.session.flush()
    db.session.add_all(Candidate(round_id=one.id, entry_id=entry.id) for entry in made)
    db.session.execute(sa.insert(Voter), [{"round_id": one.id, "member_id": n, "voted": False} for n in range(1, CASTS + 1)])
    dice = random.Random(3)
    ids = {entry.id: entry.member_id for entry in made}
    votes = []
    for voter in range(1, CASTS + 1):
        free = [entry_id for entry_id, maker in ids.items() if maker != voter]
        votes.append((voter, sorted(dice.sample(free, CHOICES))))
    round_id = one.id
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    return round_id, votes
