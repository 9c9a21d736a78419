"""P11: the drain rung through RQ in a worker of its own, against the drain called directly, and RQ's own no-op jobs."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from redis import Redis

from bench import servers
from bench.figure import figure
from bench.world import add_badges, add_members, awards, connect, databases, fill, program
from recognition.activities.drain import drain
from recognition.activities.models import PENDING
from recognition.activities.services import DRAIN_BELL
from recognition.jobs import ledger
from tests.servers.waiting import until

MEMBERS = 10_000
DEEDS = 20_000
JOBS = 100
TURNS = 2
LOOK_SECONDS = 0.02
Given = set[tuple[str, int]]


def run() -> Iterator[dict[str, Any]]:
    with databases() as new, servers.bell() as redis_url:
        for database, make in new.items():
            full = _prepare(make(), redis_url)
            turns = [(_direct(make(full), redis_url), _rung(make(full), redis_url)) for _turn in range(TURNS)]
            if any(direct[1] != rung[1] for direct, rung in turns):
                raise SystemExit(f"P11: the two ways award differently on {database}.")
            direct, rung = (max(turn[way][0] for turn in turns) for way in (0, 1))
            yield figure("P11", database, DEEDS, rung, "deeds/s", "drain() called directly", direct)
            yield figure(
                "P11",
                database,
                DEEDS,
                rung,
                "deeds/s against jobs/s",
                "RQ's own jobs that do nothing",
                _noop(redis_url),
            )


def _prepare(url: str, redis_url: str) -> str:
    with program(url, redis_url):
        add_members(MEMBERS)
        add_badges()
        fill(DEEDS, MEMBERS)
    return url


def _direct(url: str, redis_url: str) -> tuple[float, Given]:
    with program(url, redis_url):
        return _rate(drain), awards()


def _rung(url: str, redis_url: str) -> tuple[float, Given]:
    """The worker is there and idle, as in use; the clock runs from the bell until nothing waits any more."""
    with (
        program(url, redis_url),
        tempfile.TemporaryDirectory(prefix="bench-") as state,
        Redis.from_url(redis_url) as redis,
    ):
        redis.flushall()
        with servers.module("recognition", "worker", env=servers.settings(url, redis_url, Path(state))) as worker:
            until(lambda: worker.poll() is not None or redis.scard("rq:workers"), "the worker", 60)
            with closing(_reader(url)) as reader:
                rate = _rate(lambda: _ring(reader))
        return rate, awards()


def _ring(reader: Any) -> None:
    ledger.push(DRAIN_BELL)
    deadline = time.monotonic() + 120
    while reader.execute(f"SELECT 1 FROM activity WHERE {PENDING} LIMIT 1").fetchone():
        if time.monotonic() > deadline:
            raise SystemExit("P11: the bell was not heard.")
        time.sleep(LOOK_SECONDS)


def _reader(url: str) -> Any:
    """Looks without a transaction of its own: the product's would queue up for the one writer's place on SQLite."""
    connection = connect(url)
    if url.startswith("postgresql"):
        connection.autocommit = True
    return connection


def _rate(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return DEEDS / (time.perf_counter() - began)


def _noop(redis_url: str) -> float:
    command = [sys.executable, "-m", "bench.references.noop", redis_url, str(JOBS)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
