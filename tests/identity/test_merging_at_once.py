"""While two rows of one person become one, others tell, award and count: nothing is left with the empty row."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities import drain
from recognition.activities.models import Activity
from recognition.activities.services import record
from recognition.badges.models import Award
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.identity.services.merging import merge
from recognition.jobs import worker
from recognition.jobs.models import QUEUED, Job
from tests.factories.activities import make_activity, make_report
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="session")
"""On SQLite each transaction is alone."""


@pytest.fixture
def ids(db) -> tuple[int, int]:
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1})
    make_activity(make_member("kim").id, kind="talk")  # the kind is known
    both = make_member("old").id, make_member("new").id
    db.session.commit()
    drain.drain()
    return both


@contextmanager
def meanwhile(app: Any, work: Callable[[], Any], *, waits: bool) -> Iterator[None]:
    """`work` begins now in a transaction of its own; `waits`: it must not end before the block's commit."""
    faults: list[BaseException] = []

    def run() -> None:
        with app.app_context(), app.test_request_context():
            try:
                work()
                database.session.commit()
            except Exception as fault:  # told below
                faults.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(0.3 if waits else 20)
    assert thread.is_alive() == waits, faults
    yield
    database.session.commit()
    thread.join(20)
    assert faults == []


def become_one(ids: tuple[int, int]) -> None:
    old, new = (database.session.get_one(Member, one) for one in ids)
    merge(old, new, None, "One person", clock.utcnow())


def owners() -> list[tuple[str, int]]:
    told = sa.select(Activity.kind, Activity.member_id).where(Activity.source == "tests", Activity.member_id != 1)
    return [tuple(row) for row in database.session.execute(told.order_by(Activity.id))]


def assert_nothing_differs(app: Any) -> None:
    drain.drain()
    later = clock.utcnow() + timedelta(minutes=2)
    with clock.as_of(later):
        due = database.session.scalars(sa.select(Job.id).where(Job.state == QUEUED, Job.run_after <= later)).all()
        database.session.commit()
        assert all(worker.run(job_id) for job_id in due)
        drain.drain()
        found = [(name, one) for name, find, _mend in app.extensions["checks"] for one in find()]
    database.session.rollback()
    assert found == []


def test_a_report_that_waited_is_the_others(app, ids):
    become_one(ids)
    late = make_report(ids[0], kind="talk", text="Late", reporter_id=ids[0])
    with meanwhile(app, lambda: record([late], clock.utcnow()), waits=True):
        pass
    assert owners() == [("talk", ids[1])]
    assert database.session.scalar(sa.select(Activity.reporter_id).where(Activity.text == "Late")) == ids[1]
    assert_nothing_differs(app)
    assert [one.member_id for one in database.session.scalars(sa.select(Award).where(Award.member_id != 1))] == [ids[1]]


def test_a_fact_of_the_product_that_nobody_saw_yet_follows(app, ids):
    record([make_report(ids[0], kind="talk", fingerprinted=False)], clock.utcnow())
    with meanwhile(app, lambda: become_one(ids), waits=False):
        pass
    assert_nothing_differs(app)
    assert owners() == [("talk", ids[1])]
    assert database.session.scalars(sa.select(Award.member_id).where(Award.member_id != 1)).all() == [ids[1]]


@pytest.mark.parametrize("whose", [0, 1])
def test_a_badge_that_is_on_its_way_is_had_once(app, ids, whose):
    make_activity(ids[whose], kind="talk", text="A talk")
    make_activity(ids[1 - whose], kind="talk", text="Another talk")
    database.session.commit()
    drain._consider(drain._claim(None, 1000))
    with meanwhile(app, lambda: become_one(ids), waits=True):
        pass
    drain.drain()
    live = sa.select(Award.member_id).where(Award.revoked_at.is_(None), Award.member_id != 1)
    assert database.session.scalars(live).all() == [ids[1]]
    assert owners() == [("talk", ids[1])] * 2
    assert_nothing_differs(app)
