"""What a batch's deeds add where a deed's pay depends on others: on boards with caps, and on those that count what is
different. Read from the few deeds that stand beside the new ones, never from a member's whole history; whose older deeds
pay something else now (a deed of an earlier day came late) is named, to be summed up anew."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from recognition.activities.drain import Fact
from recognition.activities.models import Activity
from recognition.database import is_postgresql
from recognition.extensions import db
from recognition.leaderboards.rules import days_of, periods_of
from recognition.leaderboards.scoring import Judged, Scoring, Sums, Told, Why, add_up, place
from recognition.leaderboards.truth import COLUMNS, considered, paid

Stretch = tuple[int, str, int, int]
"""(member, kind or object, first day, day after the last)"""
EVER = days_of("all")


def arrived(facts: Sequence[Fact], scoring: Scoring) -> tuple[Sums, set[int]]:
    """What to add, and the members whose sums must be made anew instead. All of them are locked."""
    new = sorted((fact for fact in facts if scoring.worth(fact)), key=place)
    if not new:
        return {}, set()
    judged, shifted = (_summed if scoring.measure in {"points", "deeds"} else _different)(scoring, new)
    sums: Sums = {}
    add_up(sums, scoring, (one for one in judged if one.deed.member_id not in shifted))
    return sums, shifted


def _summed(scoring: Scoring, new: Sequence[Fact]) -> tuple[list[Judged], set[int]]:
    shifted: set[int] = set()
    beside = _deeds_of_days(scoring, {(f.member_id, f.kind, f.occurred_day, f.occurred_day + 1) for f in new})
    if scoring.once_per_object:
        first = firsts_of_objects(scoring, [*new, *beside])
        beside = [one for one in beside if one.object is None or first[one.member_id, one.object] == place(one)]
        fresh = []
        for one in new:
            known = first.get((one.member_id, one.object or ""))
            if known is None or known > place(one):
                fresh.append(one)
            if known is not None and known > place(one):
                shifted.add(one.member_id)
            if one.object is not None:
                first[one.member_id, one.object] = min(known or place(one), place(one))
        new = fresh
    return _within_days(scoring, new, beside, shifted), shifted


def _within_days(scoring: Scoring, new: Sequence[Fact], beside: Iterable[Fact], shifted: set[int]) -> list[Judged]:
    cells: dict[tuple[int, str, int], list[Fact]] = defaultdict(list)
    paying = {}
    for one in sorted(beside, key=place):
        cells[one.member_id, one.kind, one.occurred_day].append(one)
    for cell, deeds in cells.items():
        paying[cell] = {one.id for one in deeds[: scoring.cap(cell[1])]}
    for one in new:
        cells[one.member_id, one.kind, one.occurred_day].append(one)
    added, judged = {one.id for one in new}, []
    for cell, deeds in cells.items():
        now = sorted(deeds, key=place)[: scoring.cap(cell[1])]
        if paying.get(cell, set()) - {one.id for one in now}:
            shifted.add(cell[0])
        paid_now = [one for one in now if one.id in added]
        judged += [Judged(one, scoring.worth(one), periods_of(one.occurred_day), Why.PAYS) for one in paid_now]
    return judged


def _different(scoring: Scoring, new: Sequence[Fact]) -> tuple[list[Judged], set[int]]:
    """Variety and people look at each period of a deed, firsts at all time."""
    ever = scoring.measure == "firsts"
    wanted = {
        (f.member_id, scoring.key(f), *(EVER if ever else days_of(period)))
        for f in new
        for period in (periods_of(f.occurred_day) if not ever else ("all",))
    }
    first = first_places(scoring, wanted)
    judged, shifted = [], set()
    for one in new:
        fresh = []
        for period in periods_of(one.occurred_day) if not ever else ("all",):
            stretch = (one.member_id, scoring.key(one), *days_of(period))
            known = first.get(stretch)
            if known is None:
                first[stretch] = place(one)
                fresh.append(period)
            elif known > place(one):
                shifted.add(one.member_id)
        periods = periods_of(one.occurred_day) if ever and fresh else tuple(fresh)
        judged.append(Judged(one, 1 if periods else 0, periods, Why.PAYS if periods else Why.KNOWN))
    return judged, shifted


def given_rows(rows: Iterable[Stretch]) -> Any:
    """The stretches as rows of `.c.member`, `.c.word`, `.c.since` and `.c.before`, in a single statement."""
    items = sorted(rows)
    if is_postgresql():
        types: tuple[Any, ...] = (sa.BigInteger, sa.Text, sa.BigInteger, sa.BigInteger)
        lists = [
            sa.bindparam(None, list(values), type_=postgresql.ARRAY(of), unique=True)
            for values, of in zip(zip(*items, strict=True), types, strict=True)
        ]
        columns = [sa.column(name, of) for name, of in zip(("member", "word", "since", "before"), types, strict=True)]
        return sa.func.unnest(*lists).table_valued(*columns, name="stretch").render_derived()
    given = sa.func.json_each(sa.bindparam(None, json.dumps(items), unique=True)).table_valued("value", name="given")
    parts = [
        sa.func.json_extract(given.c.value, f"$[{place}]", type_=of).label(name)
        for place, (name, of) in enumerate(
            (("member", sa.BigInteger()), ("word", sa.Text()), ("since", sa.BigInteger()), ("before", sa.BigInteger()))
        )
    ]
    return sa.select(*parts).subquery("stretch")


def _deeds_of_days(scoring: Scoring, days: set[Stretch]) -> list[Fact]:
    """The considered deeds of these kinds on these days."""
    given = given_rows(days)
    beside = (Activity.member_id == given.c.member) & (Activity.kind == given.c.word)
    asked = sa.select(*COLUMNS).select_from(given).join(Activity, beside & (Activity.occurred_day == given.c.since))
    return [Fact(*row) for row in db.session.execute(asked.where(considered(), paid(scoring)))]


def firsts_of_objects(scoring: Scoring, deeds: Iterable[Told]) -> dict[tuple[int, str], tuple[int, int]]:
    wanted = {(one.member_id, one.object, *EVER) for one in deeds if one.object is not None}
    found = first_places(scoring, wanted, of=Activity.object)
    return {(member, word): where for (member, word, _since, _before), where in found.items()}


def first_places(scoring: Scoring, wanted: set[Stretch], of: Any = None) -> dict[Stretch, tuple[int, int]]:
    """The first considered deed of each stretch, one step into an index each."""
    if not wanted:
        return {}
    given = given_rows(wanted)
    column = of if of is not None else Activity.object if scoring.measure == "people" else Activity.kind
    there = (
        Activity.member_id == given.c.member, column == given.c.word,
        Activity.occurred_day >= given.c.since, Activity.occurred_day < given.c.before,
    )  # fmt: skip
    first = (
        sa.select(Activity.id)
        .where(*there, considered(), paid(scoring))
        .order_by(Activity.occurred_day, Activity.id)
        .limit(1)
        .correlate(given)
        .scalar_subquery()
    )
    found = sa.select(given.c.member, given.c.word, given.c.since, given.c.before, first.label("id")).subquery("found")
    day = sa.select(Activity.occurred_day).where(Activity.id == found.c.id).scalar_subquery()
    rows = db.session.execute(sa.select(found, day).where(found.c.id.is_not(None)))
    return {(member, word, since, before): (on, number) for member, word, since, before, number, on in rows}
