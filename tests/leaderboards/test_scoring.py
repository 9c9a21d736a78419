"""What a deed pays, on every sort of board: against sums made in the simplest way there is, in any order of events."""

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import changes
from recognition.activities.changes import Change
from recognition.activities.drain import Batch, Fact, drain
from recognition.activities.models import Activity
from recognition.activities.services import record
from recognition.extensions import db as database
from recognition.leaderboards import counting, rebuild, services
from recognition.leaderboards.models import Board, Standing
from recognition.leaderboards.rules import current
from tests.activities.test_record import in_threads
from tests.factories.activities import REPORTED, make_activity, make_report
from tests.factories.identity import make_member

RULES: dict[str, dict[str, Any]] = {
    "points": {},
    "talks": {"kinds": ["talk", "help"]},
    "weighed": {"weights": {"talk": 3, "help": 0}},
    "deeds": {"measure": "deeds"},
    "capped": {"per_day": 2},
    "capped-deeds": {"measure": "deeds", "per_day": 1, "kinds": ["talk"]},
    "once": {"once_per_object": True},
    "both": {"measure": "deeds", "once_per_object": True, "per_day": 2, "weights": {}},
    "variety": {"measure": "variety"},
    "firsts": {"measure": "firsts"},
    "people": {"measure": "people"},
    "given": {"measure": "people", "kinds": ["thanks.given"]},
}
KINDS = ("talk", "help", "write", "thanks.received", "thanks.given", "quest.step")


def make_boards(db: Any, **rules: dict[str, Any]) -> dict[str, Board]:
    boards = {slug: Board(slug=slug, name=slug.title(), **values) for slug, values in (rules or RULES).items()}
    db.session.add_all(boards.values())
    db.session.commit()
    return boards


@dataclass
class Naive:
    """One board's standings of one member by walking over all deeds, straight from the words of docs/boards.md."""

    rules: dict[str, Any]
    found: dict[str, list[Any]] = field(default_factory=dict)

    def of(self, rows: list[Any]) -> dict[str, tuple[int, int, datetime]]:
        measure, kinds = self.rules.get("measure", "points"), self.rules.get("kinds", [])
        if measure == "people" and not kinds:
            kinds = ["thanks.received"]
        told: list[Any] = []
        for row in sorted(rows, key=lambda row: (row.occurred_day, row.id)):
            internal = row.kind.startswith(("thanks", "quest"))
            if row.repeat_of_id or row.visibility == "me" or (kinds and row.kind not in kinds):
                continue
            if measure != "points" and not kinds and internal:
                continue
            worth = self.rules.get("weights", {}).get(row.kind, row.points) if measure == "points" else 1
            if measure == "people" and not (row.object or "").startswith("member:"):
                continue
            if worth:
                told.append((row, worth))
        for sort in ("week", "month", "season", "all"):
            self._pay(sort, measure, told)
        return {period: (sum(p for p, _ in ones), len(ones), max(r for _, r in ones)) for period, ones in self.found.items()}

    def _pay(self, sort: str, measure: str, told: list[Any]) -> None:
        objects, days, seen = set(), defaultdict(int), set()
        for row, worth in told:
            period = current(sort, row.occurred_at.date())
            if measure in ("points", "deeds"):
                if self.rules.get("once_per_object") and row.object and row.object in objects:
                    continue
                objects.add(row.object)
                days[row.kind, row.occurred_day] += 1
                if (
                    row.kind != "quest.step"
                    and self.rules.get("per_day")
                    and days[row.kind, row.occurred_day] > self.rules["per_day"]
                ):
                    continue
            else:
                key = row.object if measure == "people" else row.kind
                scope = "" if measure == "firsts" else period
                if (scope, key) in seen:
                    continue
                seen.add((scope, key))
            self.found.setdefault(period, []).append((worth, row.reported_at))


def expected() -> dict[tuple[str, int, str], Any]:
    counted = sa.select(Activity).where(Activity.considered_at.is_not(None), Activity.withdrawn_at.is_(None))
    by_member = defaultdict(list)
    for row in database.session.scalars(counted):
        by_member[row.member_id].append(row)
    return {
        (slug, member, period): values
        for slug, rules in RULES.items()
        for member, rows in by_member.items()
        for period, values in Naive(rules).of(rows).items()
    }


def kept() -> dict[tuple[str, int, str], Any]:
    rows = database.session.execute(sa.select(Board.slug, Standing).join(Standing, Standing.board_id == Board.id))
    return {(slug, one.member_id, one.period): (one.score, one.deeds, one.reached_at) for slug, one in rows}


def a_log(dice: Random, people: list[int], number: int) -> list[tuple[Any, datetime]]:
    """Deeds and when each was told; few days, objects and people, so that all of them collide."""
    days = [datetime(2026, month, day, 12, tzinfo=UTC) for month, day in ((1, 1), (9, 30), (10, 1), (10, 4), (10, 5), (11, 2))]
    made = []
    for n in range(number):
        kind = dice.choice(KINDS)
        about = f"member:{dice.choice(people)}" if kind.startswith("thanks") else dice.choice((None, "bug:1", "bug:2", "page:3"))
        made.append((
            make_report(dice.choice(people), kind=kind, occurred_at=dice.choice(days), object=about, source_key=f"r{n}",
                        text=dice.choice("abc") if n % 7 == 0 else f"deed {n}", fingerprinted=not kind.startswith("thanks"),
                        visibility=dice.choice(("public", "members", "members", "me"))),
            REPORTED + timedelta(minutes=dice.randrange(500)),
        ))  # fmt: skip
    return made


def tell(log: list[tuple[Any, datetime]]) -> None:
    for report, moment in log:
        record([report], moment, wake=False)
    # What the product writes has no points of its own here; give it some, so that it could be counted by mistake.
    database.session.execute(sa.update(Activity).where(Activity.kind == "quest.step").values(points=2))
    database.session.commit()


def drain_these(ids: list[int], committed: bool = True) -> None:
    """What the drain does with a batch, for deeds that come to be considered in an order of their own."""
    columns = [getattr(Activity, name) for name in Fact._fields]
    facts = [Fact(*row) for row in database.session.execute(sa.select(*columns).where(Activity.id.in_(ids)))]
    services.restate(Batch(facts, REPORTED))
    database.session.execute(sa.update(Activity).where(Activity.id.in_(ids)).values(considered_at=REPORTED))
    if committed:
        database.session.commit()


def withdraw_some(dice: Random) -> None:
    columns = [getattr(Activity, name) for name in Fact._fields]
    live = sa.select(*columns).where(Activity.considered_at.is_not(None), Activity.withdrawn_at.is_(None))
    gone = [Fact(*row) for row in database.session.execute(live.order_by(Activity.id)) if dice.random() < 0.15]
    database.session.execute(sa.update(Activity).where(Activity.id.in_([f.id for f in gone])).values(withdrawn_at=REPORTED))
    services.follow([Change(fact, None) for fact in gone], REPORTED)
    database.session.commit()


@pytest.mark.parametrize("seed", range(6))
def test_any_order_any_batch_and_withdrawals_end_in_the_same_standings(db: Any, monkeypatch: Any, seed: int) -> None:
    dice = Random(seed)
    boards = make_boards(db)
    people = [make_member(name, on_boards=name != "cid").id for name in ("ada", "bea", "cid")]
    if seed % 2:
        for board in boards.values():
            counting.count(board.id, "all")
            counting.count(board.id, "2026-S4")
        db.session.commit()
    tell(a_log(dice, people, 90))
    waiting = list(db.session.scalars(sa.select(Activity.id)))
    dice.shuffle(waiting)
    while waiting:
        size = dice.choice((1, 1, 2, 7, 20))
        batch, waiting = waiting[:size], waiting[size:]
        drain_these(batch)
        if dice.random() < 0.3:
            withdraw_some(dice)
        db.session.expire_all()
        assert kept() == expected()
    assert list(rebuild.check()) == []
    before = kept()
    rebuild.rebuild()
    db.session.commit()
    db.session.expire_all()
    assert kept() == before
    assert list(rebuild.check()) == []


def test_a_cap_holds_whoever_drains(app: Any, db: Any) -> None:
    """Eight threads tell and drain 200 deeds each on a board that pays for 1,000 a day: exactly 1,000."""
    make_boards(db, capped={"measure": "deeds", "per_day": 1000}, points={})
    ada = make_member("ada", on_boards=True).id
    db.session.commit()

    def report_and_drain(thread: int) -> None:
        for n in range(200):
            record([make_report(ada, kind="talk", source_key=f"{thread}-{n}", fingerprinted=False)], REPORTED, wake=False)
            database.session.commit()
            if n % 20 == 19:
                drain(batch_rows=30)

    in_threads(app, 8, report_and_drain)
    drain()
    scores = {slug: score for (slug, _m, period), (score, *_rest) in kept().items() if period == "all"}
    assert scores == {"capped": 1000, "points": 8000}
    assert list(rebuild.check()) == []


def test_deeds_are_withdrawn_while_others_drain(app: Any, db: Any) -> None:
    boards = make_boards(db)
    counting.count(boards["points"].id, "all")
    people = [make_member(f"m{n}", on_boards=True).id for n in range(6)]
    tell(a_log(Random(3), people, 300))
    ids = sorted(database.session.scalars(sa.select(Activity.id).where(Activity.kind.in_(KINDS[:3]))))
    database.session.rollback()

    def work(thread: int) -> None:
        if thread < 3:
            drain(batch_rows=25)
            return
        for one in ids[thread::12]:
            changes.withdraw([one], None, "by mistake", REPORTED)
            database.session.commit()

    in_threads(app, 6, work)
    drain()
    db.session.expire_all()
    assert kept() == expected()
    assert list(rebuild.check()) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="session")
def test_a_deed_is_withdrawn_while_another_one_is_on_its_way(app: Any, db: Any) -> None:
    """On a board where nothing is capped: who sums up waits for who only adds. SQLite lets one write at a time."""
    make_boards(db, points={})
    ada = make_member("ada", on_boards=True).id
    first, second = (make_activity(ada, kind="talk", fingerprinted=False).id for _turn in range(2))
    db.session.commit()
    drain_these([first])
    drain_these([second], committed=False)

    def withdraw() -> None:
        with app.app_context():
            changes.withdraw([first], None, "by mistake", REPORTED)
            database.session.commit()

    other = threading.Thread(target=withdraw)
    other.start()
    other.join(0.5)
    db.session.commit()
    other.join(20)
    db.session.expire_all()
    assert [row[:2] for row in kept().values()] == [(5, 1)] * 4
    assert list(rebuild.check()) == []
