"""P10: considering one new deed in a transaction of its own: after a long history, and among many badges."""

import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from bench import backfill
from bench.figure import figure
from bench.world import (
    KINDS,
    NOW,
    add_badges,
    add_members,
    databases,
    fill_considered,
    program,
    twenty_badges,
)
from recognition.activities.drain import drain
from recognition.activities.models import Activity
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.extensions import db

ROUNDS = 300
BUSY, CALM = 10_000, 10
"""Deeds in the history of a busy member and of a calm one."""
BUSY_MEMBERS = 3
UNREACHED = [("count", KINDS[0], 50_000), ("distinct", KINDS[0], 40), ("streak", KINDS[0], 300)]
"""Goals that nobody has met, so that nobody is passed over for holding the badge already. A count of 50,000 has to be
counted; no rule language spares that, so it is measured apart."""


def run() -> Iterator[dict[str, Any]]:
    with databases() as new:
        for database, make in new.items():
            yield from _histories(database, make)
            yield from _many_badges(database, make)
            yield _insert(database, make)


def _histories(database: str, make: Any) -> Iterator[dict[str, Any]]:
    for words, badges in (("20 badges", twenty_badges()), ("unreached weeks and campaigns", UNREACHED[1:]),
                          ("an unreached count of 50,000", UNREACHED[:1])):  # fmt: skip
        with program(make()):
            _people(badges)
            busy, calm = _by_turns(list(range(1, BUSY_MEMBERS + 1)), list(range(BUSY_MEMBERS + 1, BUSY_MEMBERS + 1 + ROUNDS)))
        yield figure("P10", database, f"{BUSY} deeds, {words}", busy, "ms a deed", f"{CALM} deeds", calm, digits=3)


def _many_badges(database: str, make: Any) -> Iterator[dict[str, Any]]:
    """Ten times the badges: as many listen, or the same share of them."""
    listening = [(measure, kind, goal + 1000) for measure, kind, goal in twenty_badges()]
    deaf = [(measure, f"unheard-{n}", goal) for n in range(9) for measure, kind, goal in listening]
    choices = {"20": listening, "200, as many listen": listening + deaf, "200, the same share": listening * 10}
    took: dict[str, list[float]] = {words: [] for words in choices}
    with ExitStack() as programs:
        apps = {words: programs.enter_context(program(make())) for words in choices}
        for words, app in apps.items():
            with app.app_context():
                _people(choices[words])
        for number in range(ROUNDS):
            for words, app in apps.items():
                with app.app_context():
                    took[words].append(_deed("new", number, 10 + number))
    costs = {words: statistics.median(all_of_them) * 1000 for words, all_of_them in took.items()}
    for words in list(costs)[1:]:
        yield figure("P10", database, f"{words} badges", costs[words], "ms a deed", "20 badges", costs["20"], digits=3)


def _insert(database: str, make: Any) -> dict[str, Any]:
    """Deeds considered a second, beside rows inserted and committed a second into the same table with its indexes, in turn."""
    with program(make()):
        _people(twenty_badges())
        ours, theirs = [], []
        for number in range(ROUNDS):
            ours.append(_deed("new", number, 10 + number))
            theirs.append(_bare(number))
    rates = [1 / statistics.median(took) for took in (ours, theirs)]
    return figure("P10", database, "one deed", rates[0], "deeds/s", "committed inserts", rates[1])


def _bare(number: int) -> float:
    row = {"member_id": number + 10, "kind": KINDS[0], "occurred_at": NOW, "occurred_day": 20_000, "reported_at": NOW,
           "source": "bare", "source_key": str(number), "considered_at": NOW}  # fmt: skip
    began = time.perf_counter()
    db.session.connection().execute(Activity.__table__.insert(), row)
    db.session.commit()
    return time.perf_counter() - began


def _people(badges: list[tuple[str, str, int]]) -> None:
    """Busy members, calm ones, everything so far considered and given."""
    add_members(1000)
    add_badges(badges)
    fill_considered(BUSY * BUSY_MEMBERS, BUSY_MEMBERS, even=True)
    fill_considered(CALM * 997, 997, even=True, first=BUSY_MEMBERS + 1, source="calm")
    backfill.look(1)
    backfill.everybody()
    drain()


def _by_turns(one: list[int], other: list[int]) -> tuple[float, float]:
    """Median milliseconds from a committed deed to its considered mark, one of these and one of those in turn."""
    took: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS):
        for side, members in enumerate((one, other)):
            took[side].append(_deed(str(side), number, members[number % len(members)]))
    return statistics.median(took[0]) * 1000, statistics.median(took[1]) * 1000


def _deed(side: str, number: int, member_id: int) -> float:
    """Seconds from a committed deed to its considered mark."""
    deed = Report(member_id=member_id, source="new", source_key=f"{side}-{number}", kind=KINDS[0], occurred_at=NOW,
                  campaign=f"c{number % 30}", text=f"new {side} {number}")  # fmt: skip
    record([deed], NOW, wake=False)
    db.session.commit()
    began = time.perf_counter()
    drain()
    return time.perf_counter() - began
