"""A year by its quarters: which objectives run in each, and which milestones are due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.extensions import db
from recognition.objectives.models import Milestone, Objective
from recognition.objectives.rules import BEFORE

MOST = 400


@dataclass(frozen=True)
class Aim:
    """An objective in one quarter. `begins`, `ends`: its first or last day is in this one."""

    slug: str
    title: str
    state: str
    starts_on: date
    ends_on: date
    begins: bool
    ends: bool


@dataclass(frozen=True)
class Due:
    slug: str
    title: str
    of: str
    due_on: date
    is_done: bool
    is_late: bool


@dataclass(frozen=True)
class Quarter:
    """[first, last]."""

    first: date
    last: date
    is_now: bool
    aims: list[Aim] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)


def quarters(year: int, today: date) -> list[Quarter]:
    firsts = [date(year, month, 1) for month in (1, 4, 7, 10)]
    lasts = [one - timedelta(days=1) for one in (*firsts[1:], date(year + 1, 1, 1))]
    return [Quarter(first, last, first <= today <= last) for first, last in zip(firsts, lasts, strict=True)]


def roadmap(year: int, today: date, hidden: Collection[str] = BEFORE) -> list[Quarter]:
    """Without those in these states. Two statements, so many rows at most."""
    found = quarters(year, today)
    first, last = found[0].first, found[-1].last
    shown = Objective.state.not_in(hidden)
    runs = sa.select(Objective.slug, Objective.title, Objective.state, Objective.starts_on, Objective.ends_on).where(
        shown, Objective.starts_on <= last, Objective.ends_on >= first
    )
    for row in db.session.execute(runs.order_by(Objective.starts_on, Objective.id).limit(MOST)):
        for one in found:
            if row.starts_on <= one.last and row.ends_on >= one.first:
                one.aims.append(Aim(*row, begins=row.starts_on >= one.first, ends=row.ends_on <= one.last))
    due = sa.select(Objective.slug, Milestone.title, Objective.title.label("of"), Milestone.due_on, Milestone.done_at).join(
        Objective, Objective.id == Milestone.objective_id
    )
    due = due.where(shown, Milestone.due_on.between(first, last)).order_by(Milestone.due_on, Milestone.id)
    for slug, title, of, on, done_at in db.session.execute(due.limit(MOST)):
        if on is not None:
            found[(on.month - 1) // 3].due.append(Due(slug, title, of, on, done_at is not None, done_at is None and on < today))
    return found


def years(hidden: Collection[str] = BEFORE) -> Sequence[int]:
    """From the first to the last in which there is anything."""
    shown = Objective.state.not_in(hidden)
    ends: Any = sa.select(sa.func.min(Objective.starts_on), sa.func.max(Objective.ends_on), sa.func.max(Milestone.due_on))
    first, *lasts = db.session.execute(ends.select_from(Objective).outerjoin(Milestone).where(shown)).one()
    return range(first.year, max(one for one in lasts if one is not None).year + 1) if first is not None else ()
