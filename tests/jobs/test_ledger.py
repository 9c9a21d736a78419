"""The ledger: a job is asked for with the caller's change or not at all, and rung for after the outer commit only."""

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from redis import Redis, RedisError

from recognition.extensions import db as database
from recognition.jobs import ledger, worker
from recognition.jobs.models import DONE, FAILED, QUEUED, RUNNING, Job
from tests.activities.test_record import in_threads

LATER = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture
def rung(monkeypatch):
    """The bells that would have gone to the queue."""
    heard: list[str] = []
    monkeypatch.setattr(ledger, "push", lambda bell: bool(heard.append(bell)) or True)
    return heard


def names() -> list[str]:
    return list(database.session.scalars(sa.select(Job.name).order_by(Job.id)))


def test_a_job_is_kept_and_rung_after_the_commit(db, rung):
    job_id = ledger.defer("one", value=3, who="ada")
    assert rung == []
    db.session.commit()
    assert rung == [f"job:{job_id}"]
    job = db.session.get(Job, job_id)
    assert (job.name, job.args, job.state, job.attempts) == ("one", {"value": 3, "who": "ada"}, QUEUED, 0)
    db.session.commit()
    assert rung == [f"job:{job_id}"]


def test_a_rolled_back_caller_leaves_no_job_and_rings_nothing(db, rung):
    ledger.defer("one")
    ledger.ring("activities.drain")
    db.session.rollback()
    db.session.execute(sa.text("SELECT 1"))
    db.session.commit()
    assert (names(), rung) == ([], [])


def test_a_released_savepoint_rings_nothing_before_the_outer_commit(db, rung):
    with db.session.begin_nested():
        first = ledger.defer("inner")
        with db.session.begin_nested():
            ledger.ring("activities.drain")
    assert rung == []
    second = ledger.defer("outer")
    db.session.commit()
    assert rung == [f"job:{first}", "activities.drain", f"job:{second}"]


def test_after_a_savepoint_was_rolled_back_the_rest_is_rung(db, rung):
    kept = ledger.defer("kept")
    nested = db.session.begin_nested()
    ledger.defer("gone")
    nested.rollback()
    db.session.commit()
    assert names() == ["kept"]
    # A bell for a row that does not exist is harmless: nobody finds a job there.
    assert rung[0] == f"job:{kept}"


def test_a_savepoint_inside_a_rolled_back_transaction(db, rung):
    with db.session.begin_nested():
        ledger.defer("inner")
    db.session.rollback()
    db.session.execute(sa.text("SELECT 1"))
    db.session.commit()
    assert (names(), rung) == ([], [])


def test_one_bell_rings_once_a_commit(db, rung):
    for _ in range(3):
        ledger.ring("activities.drain")
    db.session.commit()
    assert rung == ["activities.drain"]


@pytest.mark.parametrize("state", [QUEUED, RUNNING, DONE, FAILED])
@pytest.mark.parametrize("attempts", [0, 1])
def test_a_dedupe_key_is_taken_until_its_job_begins(db, rung, state, attempts):
    first = ledger.defer("one", dedupe_key="k")
    db.session.execute(sa.update(Job).values(state=state, attempts=attempts))
    db.session.commit()
    again = ledger.defer("one", dedupe_key="k")
    db.session.commit()
    assert (again is None) == ((state, attempts) == (QUEUED, 0))
    assert rung == [f"job:{first}"] + ([] if again is None else [f"job:{again}"])
    assert ledger.defer("one", dedupe_key="k") is None


def test_a_job_does_not_begin_before_those_who_count_on_it_have_committed(app, db, rung):
    job_id = ledger.defer("one", dedupe_key="k")
    db.session.commit()
    asked, claimed = threading.Event(), threading.Event()
    found: list[bool] = []

    def ask() -> None:
        assert ledger.defer("one", dedupe_key="k") is None
        asked.set()
        found.append(claimed.wait(0.5))
        database.session.commit()

    def work() -> None:
        asked.wait(10)
        assert worker.claim(job_id) is not None
        claimed.set()

    in_threads(app, 2, lambda n: (ask, work)[n]())
    assert (found, claimed.is_set()) == ([False], True)


def test_a_job_that_failed_comes_again_beside_one_that_was_asked_for_meanwhile(app, db, rung, monkeypatch):
    def stumbles() -> None:
        ledger.defer("one", dedupe_key="k")
        database.session.commit()
        raise ValueError("seven legs")

    monkeypatch.setitem(app.extensions, "jobs", {"one": stumbles})
    job_id = ledger.defer("one", dedupe_key="k")
    db.session.commit()
    assert worker.run(job_id) is True
    assert db.session.execute(sa.select(Job.state, Job.attempts).order_by(Job.id)).all() == [(QUEUED, 1), (QUEUED, 0)]


def test_jobs_without_a_key_never_meet(db, rung):
    assert ledger.defer("one") != ledger.defer("one")
    assert ledger.waiting_count() == 2


def test_a_later_job_waits_for_its_time(db, rung):
    job_id = ledger.defer("one", run_after=LATER)
    db.session.commit()
    assert db.session.get(Job, job_id).run_after == LATER


class TestPush:
    @pytest.fixture
    def bells(self, app, redis_url, monkeypatch):
        monkeypatch.setattr(ledger, "_quiet_until", 0.0)
        with Redis.from_url(redis_url) as redis:
            redis.flushall()
            monkeypatch.setitem(app.extensions, "redis", redis)
            yield redis
            redis.flushall()

    def test_a_bell_that_hangs_already_is_not_hung_twice(self, bells):
        assert [ledger.push("activities.drain") for _ in range(3)] == [True, True, True]
        assert ledger.push("job:1") is True
        assert bells.llen("rq:queue:recognition") == 2
        assert 0 < bells.ttl(ledger.heard_key("activities.drain")) <= ledger.BELL_SECONDS

    def test_whoever_looks_at_a_page_does_not_wait_for_jobs(self, bells):
        for bell in ("job:1", "job:2", "activities.drain", "job:3"):
            ledger.push(bell)
        ledger.push("announcements.send", behind=True)
        hung = [job.args[0] for job in ledger.queue(bells).jobs]
        assert hung == ["activities.drain", "job:1", "job:2", "job:3", "announcements.send"]

    def test_a_bell_that_was_heard_may_ring_again(self, bells):
        ledger.push("activities.drain")
        bells.delete(ledger.heard_key("activities.drain"))
        ledger.push("activities.drain")
        assert bells.llen("rq:queue:recognition") == 2

    def test_a_bell_that_did_not_reach_the_queue_does_not_count_as_rung(self, bells, monkeypatch):
        def refuses(_redis):
            raise RedisError("full")

        with monkeypatch.context() as patch:
            patch.setattr(ledger, "queue", refuses)
            assert ledger.push("activities.drain") is False
        monkeypatch.setattr(ledger, "_quiet_until", 0.0)
        assert ledger.push("activities.drain") is True
        assert bells.llen("rq:queue:recognition") == 1


def test_without_a_queue_one_try_is_made_and_then_none_for_a_moment(app, monkeypatch):
    tries = []

    class Mute:
        def set(self, *_args, **_named):
            tries.append(1)
            raise ConnectionError("nobody there")

    monkeypatch.setattr(ledger, "_quiet_until", 0.0)
    monkeypatch.setitem(app.extensions, "redis", Mute())
    assert [ledger.push("activities.drain") for _ in range(5)] == [False] * 5
    assert len(tries) == 1
    monkeypatch.setattr(ledger, "_quiet_until", 0.0)
    ledger.push("activities.drain")
    assert len(tries) == 2


def test_arguments_may_hold_what_json_holds(db, rung):
    args = {"ids": [1, 2], "name": "Ada \u2603", "deep": {"yes": True, "no": None}}
    job_id = ledger.defer("one", **args)
    db.session.commit()
    db.session.expire_all()
    assert db.session.get(Job, job_id).args == args
