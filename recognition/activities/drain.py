"""Turns deeds into recognition, in batches: claim, hand to every reaction, mark as considered, commit (DESIGN 2)."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import OperationalError

from recognition import clock
from recognition.activities.models import PENDING, Activity
from recognition.activities.rules import INTERNAL_KINDS
from recognition.activities.services import DRAIN_BELL
from recognition.database import freshen_statistics, is_postgresql
from recognition.driver import as_stored, moment, run
from recognition.extensions import db
from recognition.jobs import ledger

BATCH_ROWS = 1000
MAX_TRIES = 5
SECONDS_A_BELL = 300
"""Well below the ten minutes after which the queue ends a job in the middle of a batch, whose rows are not to blame."""


class Fact(NamedTuple):
    """What reactions need of a row; what else they want they read by its id."""

    id: int
    member_id: int
    kind: str
    occurred_day: int
    reported_at: datetime
    points: int
    repeat_of_id: int | None
    object: str | None = None
    visibility: str = "members"


@dataclass(frozen=True)
class Batch:
    facts: Sequence[Fact]
    now: datetime

    def members_by_kind(self) -> dict[str, set[int]]:
        """Members with a new deed of each kind; `*` collects the deeds that are not the product's own."""
        found: dict[str, set[int]] = {}
        for fact in self.facts:
            found.setdefault(fact.kind, set()).add(fact.member_id)
            if fact.kind not in INTERNAL_KINDS:
                found.setdefault("*", set()).add(fact.member_id)
        return found


Reaction = Callable[[Batch], int]
"""Does its effects in the current transaction and says how many awards it made. Guarded by unique keys."""


@dataclass(frozen=True)
class Listening:
    """A reaction that most batches have nothing for. `condition`: SQL that says whether there is anything, of `:kinds`,
    `:members` and `:now`. All that listen are asked in one statement."""

    condition: str
    react: Reaction

    def __call__(self, batch: Batch) -> int:
        return self.react(batch)


def only_if(condition: str) -> Callable[[Reaction], Listening]:
    """See `Listening`."""
    return lambda react: Listening(condition, react)


@dataclass
class Drained:
    considered: int = 0
    awarded: int = 0
    set_aside: int = 0

    def add(self, other: "Drained") -> None:
        self.considered += other.considered
        self.awarded += other.awarded
        self.set_aside += other.set_aside


def drain(batch_rows: int = BATCH_ROWS, seconds: float = math.inf) -> Drained:
    """Consider all that waits, also what the reactions add. Any number may run at once: each claims rows of its own.
    After `seconds` no further batch is begun, and the bell rings for the rest."""
    total, until = Drained(), time.monotonic() + seconds
    while time.monotonic() < until:
        done, more = _one_batch(None, batch_rows)
        total.add(done)
        if not more:
            return total
    ledger.push(DRAIN_BELL, behind=True)  # So that a long backlog keeps no job waiting for ever.
    return total


def drain_a_while(batch_rows: int = BATCH_ROWS) -> Drained:
    """What the bell runs."""
    return drain(batch_rows, SECONDS_A_BELL)


def _one_batch(ids: Sequence[int] | None, batch_rows: int, tries: int = 1) -> tuple[Drained, bool]:
    """What was done, and whether more may wait: the batch was full, or reactions told something themselves. Whoever else
    tells something rings the bell. A batch that fails is halved until the bad row is alone."""
    claimed: list[Fact] = []
    try:
        claimed = _claim(ids, batch_rows)
        if not claimed:
            db.session.rollback()
            return Drained(), False
        if len(claimed) == BATCH_ROWS:
            # Many rows came at once, and reactions are about to ask for each of their members.
            freshen_statistics(Activity.__tablename__)
        awarded, more = _consider(claimed, len(claimed) == batch_rows)
        db.session.commit()
    except OperationalError:
        # A dead-lock, a lock that took too long, a database that went away: the rows are not to blame.
        db.session.rollback()
        if tries >= MAX_TRIES:
            raise
        return _one_batch(ids, batch_rows, tries + 1)
    except Exception as fault:  # a reaction stumbled over one of these rows
        db.session.rollback()
        if not claimed:
            raise
        return _halve(claimed, fault), True
    return Drained(considered=len(claimed), awarded=awarded), more


def _halve(claimed: Sequence[Fact], fault: Exception) -> Drained:
    ids = [fact.id for fact in claimed]
    if len(ids) == 1:
        return _set_aside(ids[0], fault)
    total = Drained()
    middle = len(ids) // 2
    for half in (ids[:middle], ids[middle:]):
        total.add(_one_batch(half, len(half))[0])
    return total


def _set_aside(activity_id: int, fault: Exception) -> Drained:
    error = f"{type(fault).__name__}: {fault}"[:2000]
    still = sa.update(Activity).where(Activity.id == activity_id, Activity.considered_at.is_(None))
    db.session.execute(still.values(set_aside_at=clock.utcnow(), set_aside_error=error))
    db.session.commit()
    current_app.logger.error("Activity %s is set aside: %s", activity_id, error)
    return Drained(set_aside=1)


def _claim(ids: Sequence[int] | None, batch_rows: int) -> list[Fact]:
    values: dict[str, Any] = {"rows": batch_rows} if ids is None else {"rows": batch_rows, "ids": list(ids)}
    sql = (_WAITING if ids is None else _WAITING_AMONG) + (_CLAIM if is_postgresql() else "")
    facts = (Fact(*row) for row in run(sql, values))
    return [fact._replace(reported_at=moment(fact.reported_at)) for fact in facts]


_WAITING_ROWS = f"SELECT {', '.join(Fact._fields)} FROM activity WHERE {PENDING}"  # noqa: S608 - nothing but our own names
_WAITING = f"{_WAITING_ROWS} ORDER BY id LIMIT :rows"
_WAITING_AMONG = f"{_WAITING_ROWS} AND id IN LIST(:ids) ORDER BY id LIMIT :rows"
_CLAIM = " FOR UPDATE SKIP LOCKED"
"""Not on SQLite, where the transaction is alone."""
_MARK = "UPDATE activity SET considered_at = :now WHERE id IN LIST(:ids)"
_MARK_AND_LOOK = f"""WITH marked AS ({_MARK})
SELECT EXISTS (SELECT 1 FROM activity WHERE {PENDING} AND NOT id IN LIST(:ids))"""  # noqa: S608
"""Saves a trip to the server. A statement does not see what it changes itself."""
_WAITS = f"SELECT EXISTS (SELECT 1 FROM activity WHERE {PENDING})"  # noqa: S608


def _consider(claimed: Sequence[Fact], more: bool = False) -> tuple[int, bool]:
    """How many awards it made, and whether more may wait; `more`: it is known that it may."""
    now = clock.utcnow()
    batch = Batch(claimed, now)
    awarded = sum(reaction(batch) for reaction in _woken(batch))
    values = {"now": as_stored(now), "ids": [fact.id for fact in claimed]}
    if is_postgresql() and not more:
        return awarded, bool(run(_MARK_AND_LOOK, values).scalar())
    run(_MARK, values)
    return awarded, more or waits()


def _woken(batch: Batch) -> list[Reaction]:
    """The reactions that this batch may have something for."""
    reactions: Sequence[Reaction] = current_app.extensions["reactions"]
    asked = [one.condition for one in reactions if isinstance(one, Listening)]
    if not asked:
        return list(reactions)
    members = {fact.member_id for fact in batch.facts}
    values = {"kinds": list(batch.members_by_kind()), "members": list(members), "now": as_stored(batch.now)}
    answers = iter(run(f"SELECT {', '.join(asked)}", values).one())
    return [one for one in reactions if not isinstance(one, Listening) or next(answers)]


def waits() -> bool:
    """Is anything unconsidered? One look at the partial index."""
    return bool(run(_WAITS, {}).scalar())


def waiting_count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Activity).where(sa.text(PENDING))) or 0
