"""The drain: every deed considered once, a bad row alone set aside, any number of drains like one."""

import itertools
import random
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from recognition.activities import drain as draining
from recognition.activities import set_aside
from recognition.activities.drain import Drained, drain, drain_a_while, waiting_count, waits
from recognition.activities.models import Activity
from recognition.activities.services import record
from recognition.badges.models import Award, Badge
from recognition.extensions import db as database
from recognition.jobs import ledger
from recognition.leaderboards.models import Board, Standing
from tests.activities.test_record import in_threads
from tests.factories.activities import REPORTED, make_activity, make_report
from tests.factories.badges import make_badge
from tests.factories.identity import make_member


@pytest.fixture
def reactions(app, monkeypatch):
    def use(*chosen):
        monkeypatch.setitem(app.extensions, "reactions", list(chosen))

    return use


def test_a_quiet_drain(db):
    ada = make_member("ada")
    make_badge("first", {"count": {}, "at_least": 1})
    make_badge("again", {"holds": "first"})
    make_activity(ada.id)
    make_activity(ada.id, kind="quest.step")
    db.session.commit()
    assert (waits(), waiting_count()) == (True, 2)
    # Two deeds, and the two awards that they brought one after the other.
    assert drain() == Drained(considered=4, awarded=2, set_aside=0)
    assert (waits(), waiting_count()) == (False, 0)
    assert drain() == Drained()
    assert db.session.scalars(sa.select(Badge.holders_count)).all() == [1, 1]


def test_a_bad_row_is_set_aside_alone_and_can_be_retried(db, reactions):
    ada = make_member("ada")
    ids = sorted(outcome.id for outcome in record([make_report(ada.id, text=f"{n}") for n in range(21)], REPORTED))
    db.session.commit()
    bad, seen = ids[13], []

    def stumbles(batch):
        if bad in {fact.id for fact in batch.facts}:
            raise ValueError("seven legs")
        seen.extend(fact.id for fact in batch.facts)
        return 0

    reactions(stumbles)
    assert drain() == Drained(considered=20, set_aside=1)
    assert sorted(seen) == [i for i in ids if i != bad]
    row = db.session.get(Activity, bad)
    assert (row.considered_at, row.set_aside_error) == (None, "ValueError: seven legs")
    assert drain() == Drained()
    reactions(lambda batch: 0)
    assert set_aside.retry() == 1
    db.session.commit()
    assert drain() == Drained(considered=1)
    db.session.expire_all()
    assert db.session.get(Activity, bad).set_aside_error is None


def test_a_fault_before_anything_is_claimed_is_no_rows_fault(db, reactions, monkeypatch):
    def nothing(*_args):
        raise RuntimeError("no claim today")

    monkeypatch.setattr(draining, "_claim", nothing)
    with pytest.raises(RuntimeError, match="no claim today"):
        drain()


def test_a_deadlock_is_tried_again(db, reactions):
    ada = make_member("ada")
    make_activity(ada.id)
    db.session.commit()
    tries = []

    def locked_twice(batch):
        tries.append(1)
        if len(tries) < 3:
            raise sa.exc.OperationalError("deadlock", {}, Exception())
        return 0

    reactions(locked_twice)
    assert drain() == Drained(considered=1)
    assert len(tries) == 3


def test_a_drain_ends_after_a_while_and_rings_for_the_rest(db, reactions, monkeypatch):
    """RQ ends a job after ten minutes with an exception in the middle of it; whatever row was its turn is innocent."""
    ada = make_member("ada")
    record([make_report(ada.id, text=f"{n}") for n in range(5)], REPORTED)
    db.session.commit()
    rung: list[tuple[str, bool]] = []
    monkeypatch.setattr(ledger, "push", lambda bell, behind=False: bool(rung.append((bell, behind))) or True)
    moments = itertools.count(0, draining.SECONDS_A_BELL * 0.6)
    monkeypatch.setattr(draining, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    reactions(lambda _batch: 0)
    assert [drain_a_while(batch_rows=2) for _ in range(3)] == [Drained(considered=n) for n in (2, 2, 1)]
    assert rung == [("activities.drain", True)] * 2
    assert draining.SECONDS_A_BELL < 600
    # Who asks for it on the command line gets all of it.
    record([make_report(ada.id, text=f"{n} more") for n in range(5)], REPORTED)
    db.session.commit()
    assert drain(batch_rows=2) == Drained(considered=5)


def a_community() -> None:
    chance = random.Random(7)
    people = [make_member(f"m{n:02}", on_boards=n % 3 == 0).id for n in range(12)]
    database.session.add_all([Board(slug="all", name="All"), Board(slug="talks", name="Talks", kinds=["talk"])])
    make_badge("rows", {"count": {"repeats": "all"}}, levels=[1, 5, 25])
    make_badge("kinds", {"distinct": "kind", "at_least": 3})
    make_badge("weeks", {"streak": "week", "at_least": 2})
    make_badge("keystone", {"all": [{"holds": "kinds"}, {"holds": "rows", "level": 5}]})
    days = [REPORTED.replace(day=day) for day in range(1, 21)]
    record(
        [
            make_report(
                chance.choice(people),
                kind=chance.choice(["talk", "help", "write"]),
                occurred_at=chance.choice(days),
                text=chance.choice("abcdef"),
                source_key=f"row-{n}",
            )
            for n in range(400)
        ],
        REPORTED,
    )
    database.session.commit()


def outcome_of_drains() -> tuple[list, list, list]:
    awards = sa.select(Award.badge_id, Award.member_id, Award.occasion).order_by(Award.badge_id, Award.member_id, Award.occasion)
    columns = ("board_id", "member_id", "period", "score", "deeds", "reached_at", "listed")
    standings = sa.select(*[getattr(Standing, name) for name in columns]).where(Standing.period.in_(["all", "2026-11"]))
    holders = sa.select(Badge.slug, Badge.holders_count).order_by(Badge.slug)
    return tuple(sorted(tuple(row) for row in database.session.execute(q)) for q in (awards, standings, holders))


def test_four_drains_at_once_end_like_one(app, db):
    from tests.conftest import empty_tables

    a_community()
    quiet = drain(batch_rows=40)
    expected = outcome_of_drains()
    assert expected[0]
    assert expected[1]
    db.session.rollback()
    empty_tables()
    a_community()
    done = in_threads(app, 4, lambda _n: drain(batch_rows=40))
    assert sum(d.considered for d in done) == quiet.considered
    assert sum(d.awarded for d in done) == quiet.awarded
    assert not waits()
    assert outcome_of_drains() == expected


def test_a_full_batch_has_the_statistics_looked_at_before_it_is_considered(reactions, make_member, monkeypatch):
    asked = []
    reactions(lambda batch: asked.append(len(batch.facts)) or 0)
    monkeypatch.setattr(draining, "BATCH_ROWS", 3)
    monkeypatch.setattr(draining, "freshen_statistics", asked.append)
    ada = make_member("ada")
    record([make_report(ada.id, source_key=str(number)) for number in range(4)], REPORTED)
    database.session.commit()
    assert (drain(3).considered, asked) == (4, ["activity", 3, 1])
