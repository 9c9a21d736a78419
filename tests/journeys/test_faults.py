"""Nothing is lost and nothing is doubled: whatever is killed, emptied or cut off, one quiet drain ends the same."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from redis import Redis

from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.jobs.sweep import sweep
from recognition.processes import valkey
from tests.factories.activities import REPORTED
from tests.journeys import world
from tests.journeys.family import Family
from tests.journeys.world import DEEDS, Origin, Watch
from tests.processes.family import alive, descendants
from tests.servers.programs import wait
from tests.servers.waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
DRAIN = "activities.drain"
KILLS = 4
SLOWEST_SECONDS = 2.5
"""A server that accepts and then says nothing is given up after one; the rest is for a busy machine."""
ALL_TOGETHER_SECONDS = 10
"""Forty of them; had each waited, it would be forty."""
Process = subprocess.Popen[bytes]
Household = Callable[[str], Family]


class Program:
    """The installation's own code in this process: what scheduler and web do, without waiting for their clock."""

    def __init__(self, folder: Path, url: str, redis_url: str) -> None:
        self.app = world.program(folder, url, redis_url)

    def sweep(self) -> list[str]:
        ledger._quiet_until = 0.0
        with self.app.app_context():
            return sweep()

    def tell(self, reports: list[Report]) -> None:
        with self.app.app_context():
            record(reports, REPORTED)
            db.session.commit()

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        self.app.extensions["redis"].close()


@pytest.fixture
def program(tmp_path: Path, redis_url: str) -> Iterator[Callable[[str], Program]]:
    made: list[Program] = []

    def make(url: str) -> Program:
        made.append(Program(tmp_path, url, redis_url))
        return made[-1]

    yield make
    for one in made:
        one.close()


def kill_some(chance: random.Random, home: Family, worker: Process) -> bool:
    """SIGKILL for the child that drains, the worker above it, or both. Says whether the worker is still there."""
    children = sorted(descendants(worker.pid))
    victim = chance.choice(["child", "worker", "both"])
    if victim == "child" and children:
        os.kill(children[-1], signal.SIGKILL)
        return True
    if victim == "worker":
        os.kill(worker.pid, signal.SIGKILL)
        wait(worker, "a killed worker")
        until(lambda: not alive(set(children)), "the end of the child without its parent")
    home.kill(worker)
    return False


def test_a_worker_killed_in_the_middle_again_and_again(
    origin: Origin, household: Household, program: Callable[[str], Program]
) -> None:
    url = origin.copy(origin.told)
    home, here, watch, chance = household(url), program(url), Watch(url), random.Random(3)
    worker, running, kills = home.start("worker"), True, 0
    while kills < KILLS:
        if not running:
            worker = home.start("worker")
        assert DRAIN in here.sweep()
        mark = watch.considered() + chance.randint(0, DEEDS // (KILLS + 4))
        until(lambda mark=mark: watch.considered() > mark, f"more than {mark} deeds considered", 40)
        running = kill_some(chance, home, worker)
        assert watch.waiting() > 0
        kills += 1
    if not running:
        home.start("worker")
    here.sweep()
    until(lambda: watch.waiting() == 0, "all deeds considered", 40)
    assert watch.outcome() == origin.quiet


def test_redis_emptied_between_report_and_award(
    origin: Origin, household: Household, program: Callable[[str], Program], bells: Redis
) -> None:
    url = origin.copy(origin.silent)
    home, here, watch = household(url), program(url), Watch(url)
    world.tell(here.app)
    assert bells.llen("rq:queue:recognition") == 1
    bells.flushall()
    assert (bells.dbsize(), watch.considered(), watch.waiting()) == (0, 0, DEEDS)
    # Nobody needs to do anything: the scheduler finds the deeds, the worker that is already there considers them.
    home.start("worker")
    home.start("scheduler")
    until(lambda: watch.waiting() == 0, "all deeds considered", 40)
    assert watch.outcome() == origin.quiet


def test_redis_emptied_again_and_again_while_deeds_are_told(
    origin: Origin, household: Household, program: Callable[[str], Program], bells: Redis
) -> None:
    url = origin.copy(origin.silent)
    home, here, watch, chance = household(url), program(url), Watch(url), random.Random(5)
    home.start("worker")
    for chunk in world.reports():
        here.tell(chunk)
        mark = watch.considered() + chance.randint(0, len(chunk) // 2)
        bells.flushall()
        here.sweep()
        until(lambda mark=mark: watch.considered() > mark, f"more than {mark} deeds considered", 40)
        bells.flushall()
    here.sweep()
    until(lambda: watch.waiting() == 0, "all deeds considered", 40)
    assert watch.outcome() == origin.quiet


def test_four_drains_at_once(origin: Origin, household: Household) -> None:
    url = origin.copy(origin.told)
    home, watch = household(url), Watch(url)
    with watch.engine.connect() as gate:
        # Behind this lock all four wait until the last of them is there.
        lock = "LOCK TABLE activity IN ACCESS EXCLUSIVE MODE" if origin.is_postgresql else "BEGIN IMMEDIATE"
        gate.exec_driver_sql(lock)
        drains = [home.start("drain", stdout=subprocess.PIPE) for _ in range(4)]
        until(lambda: count_waiting(watch, url, drains) == 4, "four drains at the gate", 40)
        gate.rollback()
    told = [home.answer(drain) for drain in drains]
    assert sum(answer["considered"] for answer in told) == origin.quiet.considered
    assert sum(answer["awarded"] for answer in told) == len(origin.quiet.awards)
    if origin.is_postgresql:
        assert min(answer["considered"] for answer in told) > 0
    assert watch.outcome() == origin.quiet


def count_waiting(watch: Watch, url: str, drains: list[Process]) -> int:
    """How many stand in front of the lock; of SQLite's waiting only the open file can be seen from outside."""
    if url.startswith("postgresql"):
        here = "FROM pg_stat_activity WHERE datname = current_database()"
        return watch.number(f"SELECT count(*) {here} AND wait_event_type = 'Lock'")
    file = Path(url.removeprefix("sqlite:///"))
    return sum(file in open_files(drain) for drain in drains)


def open_files(process: Process) -> set[Path]:
    """What it holds open at a glance; a file that it closes while we look is none."""
    files = set()
    for entry in Path(f"/proc/{process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            files.add(entry.readlink())
    return files


@pytest.mark.parametrize("origin", ["postgresql"], indirect=True, scope="session")  # SQLite has no connection to cut
def test_the_databases_connection_cut_in_the_middle_of_a_drain(
    origin: Origin, household: Household, program: Callable[[str], Program]
) -> None:
    url = origin.copy(origin.told)
    home, here, watch, chance = household(url), program(url), Watch(url), random.Random(7)
    home.start("worker")
    cut = 0
    for _ in range(6):
        here.sweep()
        mark = watch.considered() + chance.randint(0, DEEDS // 9)
        until(lambda mark=mark: watch.considered() > mark, f"more than {mark} deeds considered", 40)
        cut += watch.number(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        assert watch.waiting() > 0
    assert cut >= 3
    here.sweep()
    until(lambda: watch.waiting() == 0, "all deeds considered", 40)
    assert watch.outcome() == origin.quiet


@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL])
def test_reports_go_on_while_redis_is_away(origin: Origin, tmp_path: Path, how: signal.Signals) -> None:
    url = origin.copy(origin.silent)
    folder = Path(tempfile.mkdtemp(prefix="valkey-"))
    server = valkey.start(folder, folder / "sock")
    here = Program(tmp_path, url, server.url)
    try:
        server.process.send_signal(how)
        if how == signal.SIGKILL:
            wait(server.process, "a killed server")
        slowest = max(timed(here.tell, [report]) for report in world.reports()[0][:20])
        total = timed(lambda: [here.tell([report]) for report in world.reports()[0][20:60]])
        assert Watch(url).waiting() == 60
        # One of them found out, and the others did not wait for a bell that hangs nowhere.
        assert slowest < SLOWEST_SECONDS
        assert total < ALL_TOGETHER_SECONDS
        if how == signal.SIGSTOP:
            server.process.send_signal(signal.SIGCONT)
        else:
            server = valkey.start(folder, folder / "sock")
        assert DRAIN in here.sweep()
        with Redis.from_url(server.url) as redis:
            assert redis.llen("rq:queue:recognition") == 1
    finally:
        here.close()
        server.stop()
        shutil.rmtree(folder)


def timed(work: Callable[..., object], *values: object) -> float:
    start = time.monotonic()
    work(*values)
    return time.monotonic() - start
