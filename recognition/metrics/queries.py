"""Reads of figures: few rows each, whatever the size of the community."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from recognition.database import among
from recognition.extensions import db
from recognition.metrics.models import Area, Figure

AREAS_MAX = 100
SLOTS_MAX = 1000


@dataclass(frozen=True)
class Number:
    """One figure, without its day."""

    span: int
    slot: str
    value: int
    people: int


Found = Mapping[tuple[str, str], Sequence[Number]]
"""Figures of one day by name and by what they are told apart by."""


def areas() -> Sequence[Area]:
    return db.session.scalars(sa.select(Area).order_by(Area.position, Area.id).limit(AREAS_MAX)).all()


def area_by_slug(slug: str, for_update: bool = False) -> Area | None:
    asked = sa.select(Area).where(Area.slug == slug)
    return db.session.scalar(asked.with_for_update().execution_options(populate_existing=True) if for_update else asked)


def known_days(wanted: Iterable[int]) -> set[int]:
    """Those of the days on which everything was counted."""
    asked = sa.select(Figure.day).where(Figure.name == "members", Figure.span == 0, Figure.by == "", among(Figure.day, wanted))
    return set(db.session.scalars(asked))


def figures(names: Iterable[str], by: Collection[str], day: int) -> Found:
    """By name and by what they are told apart by, the largest first."""
    asked = sa.select(Figure).where(among(Figure.name, names), among(Figure.by, sorted(by)), Figure.day == day)
    found: dict[tuple[str, str], list[Number]] = {}
    for row in db.session.scalars(asked.order_by(Figure.value.desc(), Figure.slot, Figure.span).limit(SLOTS_MAX * 10)):
        found.setdefault((row.name, row.by), []).append(Number(row.span, row.slot, row.value, row.people))
    return found


def series(
    name: str, spans: Collection[int], days_wanted: Iterable[int], by: str = "", slot: str = ""
) -> dict[int, dict[int, int]]:
    """By day and span: the whole's numbers, or those of one slot."""
    asked = sa.select(Figure.day, Figure.span, Figure.value).where(
        Figure.name == name, Figure.by == by, among(Figure.day, sorted(days_wanted)), among(Figure.span, sorted(spans)),
        Figure.slot == slot if by else sa.true(),
    )  # fmt: skip
    found: dict[int, dict[int, int]] = {}
    for day, span, value in db.session.execute(asked):
        found.setdefault(day, {})[span] = value
    return found


def latest(names: Sequence[str], day: int) -> dict[str, int]:
    """What stood on the last day up to `day` on which the first of these was counted."""
    newest = sa.select(sa.func.max(Figure.day)).where(Figure.name == names[0], Figure.by == "", Figure.day <= day)
    asked = sa.select(Figure.name, Figure.value).where(
        among(Figure.name, names), Figure.by == "", Figure.span == 0, Figure.day == newest.scalar_subquery()
    )
    return {row.name: row.value for row in db.session.execute(asked)}


def newest_day() -> int | None:
    """The last one on which everything was counted."""
    found: int | None = db.session.scalar(sa.select(sa.func.max(Figure.day)).where(Figure.name == "members", Figure.by == ""))
    return found
